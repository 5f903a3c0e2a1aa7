import type { Command } from 'commander'
import { type Add, open, say, sayJson, withPrograms, withWhere } from '../opening.js'
import { startAll } from '../start-all.js'

export const startCommand: Add = (program) =>
  withPrograms(withWhere(program.command('start')))
    .summary('start the service, wait until it answers, print its address')
    .option('--dry-run', 'print what it would do, each step with its cause, and do nothing')
    .option('--json', 'with --dry-run: print JSON')
    .option('--now', 'do not wait for commands that run in a container which has to be replaced')
    .action(async ({ dryRun, json, now }: { dryRun?: boolean; json?: boolean; now?: boolean }, command: Command) => {
      const context = await open(command)
      if (!dryRun) return await startAll(context, { again: 'none', commands: now ? 'ended' : 'awaited' })
      const { readStartPlan } = await import('../../environment/start/start.js')
      const { renderStartPlan, stepsOf } = await import('../render-start-plan.js')
      const plan = await readStartPlan(context, { all: true }, now ? 'ended' : 'awaited')
      if (json) sayJson(stepsOf(plan))
      else for (const line of renderStartPlan(plan)) say(line)
    })
