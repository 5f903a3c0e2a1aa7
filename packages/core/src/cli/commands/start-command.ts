import type { Command } from 'commander'
import { type Add, onCommands, open, say, sayJson, withNow, withPrograms, withWhere } from '../opening.js'
import { startAll } from '../start-all.js'

export const startCommand: Add = (program) =>
  withNow(withPrograms(withWhere(program.command('start'))))
    .summary('start the service, wait until it answers, print its address')
    .option('--dry-run', 'print what it would do, each step with its cause, and do nothing')
    .option('--json', 'with --dry-run: print JSON')
    .action(async (options: { dryRun?: boolean; json?: boolean; now?: boolean }, command: Command) => {
      const context = await open(command)
      const commands = onCommands(options)
      if (!options.dryRun) return await startAll(context, { again: 'none', commands })
      const { readStartPlan } = await import('../../environment/start/start.js')
      const { renderStartPlan, stepsOf } = await import('../render-start-plan.js')
      const plan = await readStartPlan(context, { all: true }, commands)
      if (options.json) sayJson(stepsOf(plan))
      else for (const line of renderStartPlan(plan)) say(line)
    })
