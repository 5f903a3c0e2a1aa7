import type { Command } from 'commander'
import { type Add, openRunning, say, sayJson, withWhere } from '../opening.js'

export const statusCommand: Add = (program) =>
  withWhere(program.command('status'))
    .summary('show containers and programs, with their addresses, images and memory')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { readStatus } = await import('../../environment/verbs/status.js')
      const { renderStatus } = await import('../render-status.js')
      const found = await readStatus(await openRunning(command))
      if (json) sayJson(found)
      else for (const line of renderStatus(found)) say(line)
    })
