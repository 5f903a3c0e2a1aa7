import { engineFrom } from '../../engine/engine.js'
import { type Add, say, sayJson } from '../opening.js'

export const listCommand: Add = (program) =>
  program
    .command('list')
    .summary('list all environments on this machine, with their addresses')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { listEnvironments } = await import('../../environment/verbs/list.js')
      const { renderList } = await import('../render-environments.js')
      const found = await listEnvironments(engineFrom(process.env))
      if (json) sayJson(found)
      else if (found.length === 0) say('There are no environments on this machine.')
      else for (const line of renderList(found)) say(line)
    })
