import type { Command } from 'commander'
import type { Context, OnCommands } from '../../environment/context.js'
import { type Add, onCommands, open, say, sayJson, withBeside, withNow, withPrograms, withWhere } from '../opening.js'
import { startAll } from '../start-all.js'

export const startCommand: Add = (program) =>
  withNow(withBeside(withPrograms(withWhere(program.command('start')))))
    .summary('start the service, wait until it answers, print its address')
    .option('--dry-run', 'print what it would do, each step with its cause, and do nothing')
    .option('--json', 'with --dry-run: print JSON')
    .action(async (options: { dryRun?: boolean; json?: boolean; now?: boolean }, command: Command) => {
      const context = await open(command)
      const commands = onCommands(options)
      if (!options.dryRun) return await startAll(context, { again: 'none', commands })
      const { renderStartPlan } = await import('../render-start-plan.js')
      const { notes, steps } = await readPlanned(context, commands)
      if (options.json) sayJson(steps)
      else for (const line of renderStartPlan(notes, steps)) say(line)
    })

async function readPlanned(context: Context, commands: OnCommands) {
  const { readPlansTogether } = await import('../../environment/start/start-together.js')
  const { readBranchSwitch } = await import('../../environment/verbs/follow-branch.js')
  const { followingSteps, stepsOf } = await import('../render-start-plan.js')
  const follow = await readBranchSwitch(context)
  const following = follow === undefined ? [] : followingSteps(follow)
  if (follow?.back !== undefined) return { notes: [], steps: following }
  const plans = await readPlansTogether(context, commands)
  const steps = plans.flatMap(({ environment: { service, checkout }, plan }) =>
    stepsOf(plan).map((step) => (checkout === context.environment.checkout ? step : { ...step, of: service })),
  )
  return {
    notes: plans.flatMap(({ plan: { update, notes } }) => [...(update === undefined ? [] : [update]), ...notes]),
    steps: [...following, ...steps],
  }
}
