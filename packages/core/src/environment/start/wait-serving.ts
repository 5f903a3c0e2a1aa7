import { tellsOf } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { distrust, noteProven } from '../data/ledger.js'
import type { StartRecord } from '../data/record.js'
import { waitHealthy } from './wait-healthy.js'

/**
 * Waits until all services of ours answer. Data that came from an archive are proven then. If they do not answer, the archive may
 * have told more than it holds: the next start carries out every step itself.
 * @throws DevenvError as `waitHealthy`
 */
export async function waitServing(
  context: Pick<Context, 'engine' | 'environment' | 'report'>,
  { ours, steps }: Pick<StartRecord, 'ours' | 'steps'>,
  signal?: AbortSignal,
): Promise<void> {
  const { paths } = context.environment
  const stores = new Set(Object.values(steps).flatMap((step) => step.stores))
  try {
    await waitHealthy(context, Object.keys(ours), 'ours', signal)
    if (!signal?.aborted) for (const store of stores) noteProven(paths, store)
  } catch (error) {
    if (tellsOf(error, 'not-healthy', 'container-exited')) for (const store of stores) distrust(paths, store)
    throw error
  }
}
