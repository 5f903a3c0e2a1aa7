import type { Container } from '../../engine/containers.js'
import type { StartRecord } from '../data/record.js'

/** `waiting`: a program waits for its code to be mended. */
export type State = 'running' | 'starting' | 'waiting' | 'unhealthy' | 'partly running' | 'stopped' | 'not created'

/** Pure. */
export function stateOf(containers: readonly Container[], record: Pick<StartRecord, 'configs'> | undefined): State {
  if (containers.length === 0) return 'not created'
  const running = containers.filter(({ state }) => state === 'running')
  if (running.length === 0) return 'stopped'
  if (running.length < Object.keys(record?.configs ?? {}).length) return 'partly running'
  if (running.some(({ health }) => health === 'unhealthy')) return 'unhealthy'
  return running.some(({ health }) => health === 'starting') ? 'starting' : 'running'
}
