import type { Context, OnCommands } from '../environment/context.js'
import type { Started } from '../environment/start/find-running.js'
import type { How } from '../environment/start/observe.js'
import { say } from './opening.js'

/** Starts an environment, waits until it answers, and prints its addresses. */
export async function startAll(context: Context, how: How): Promise<void> {
  const { start } = await import('../environment/start/start.js')
  await followIfWished(context, how.commands)
  await tellRunning(context, await start(context, { all: true }, how))
}

/** Before a start: where the person wants that, has the data that belong to the branch that is checked out. */
export async function followIfWished(context: Context, commands: OnCommands): Promise<void> {
  if (!context.settings.followsBranch) return
  const { followBranch } = await import('../environment/verbs/follow-branch.js')
  await followBranch(context, commands)
}

/** Waits until an environment that was started answers, and prints its addresses. */
export async function tellRunning(context: Context, { record }: Started): Promise<void> {
  const { waitServing } = await import('../environment/start/wait-serving.js')
  const { askAddress } = await import('../environment/verbs/ask-address.js')
  const { renderAddresses } = await import('./render-addresses.js')
  await waitServing(context, record)
  await askAddress(record)
  for (const line of renderAddresses(context.environment.service, record)) say(line)
}
