import type { Context } from '../environment/context.js'
import type { How } from '../environment/start/observe.js'
import { say } from './opening.js'

/** Starts an environment, waits until it answers, and prints its addresses. */
export async function startAll(context: Context, how: How): Promise<void> {
  const { start } = await import('../environment/start/start.js')
  const { waitHealthy } = await import('../environment/start/wait-healthy.js')
  const { askAddress } = await import('../environment/verbs/ask-address.js')
  const { renderAddresses } = await import('./render-addresses.js')
  const { record } = await start(context, { all: true }, how)
  await waitHealthy(context, Object.keys(record.ours), 'ours')
  await askAddress(record)
  for (const line of renderAddresses(context.environment.service, record)) say(line)
}
