import type { Context } from '../environment/context.js'
import type { Started } from '../environment/start/find-running.js'
import type { How } from '../environment/start/observe.js'
import { say } from './opening.js'
import { tellBeside } from './tell-beside.js'

/** Starts an environment, waits until it answers, and prints its addresses; of a library, those of the services that have it, too. */
export async function startAll(context: Context, how: How): Promise<void> {
  const { startFollowing } = await import('../environment/verbs/follow-branch.js')
  const { findServed } = await import('../environment/start/find-served.js')
  const { readRecord } = await import('../environment/data/record.js')
  const { containersOf } = await import('../environment/inside/containers-of.js')
  await tellRunning(context, await startFollowing(context, { all: true }, how))
  for (const served of await findServed(context)) {
    const record = readRecord(served.environment)
    // Of one that could not start, that was told.
    if (record !== undefined && (await containersOf(served)).length > 0) await tellRunning(served, { record })
  }
}

/** Waits until an environment that was started answers, and prints its addresses. */
export async function tellRunning(context: Context, { record }: Pick<Started, 'record'>): Promise<void> {
  const { waitServing } = await import('../environment/start/wait-serving.js')
  const { reachAddress } = await import('../environment/verbs/reach-address.js')
  const { renderAddresses } = await import('./render-addresses.js')
  await waitServing(context, record)
  await reachAddress(context, record)
  for (const line of renderAddresses(context.environment.service, record)) say(line)
  for (const line of await tellBeside(context, record.neighbours)) say(line)
}
