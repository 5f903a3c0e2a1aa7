import { type Container, hasProcesses } from '../../engine/containers.js'
import { DevenvError } from '../../problem/problem.js'
import type { Environment } from '../environment.js'
import type { Ports } from './addresses.js'
import { holderOf, isFree } from './free-ports.js'
import { PORT_RANGE, portCandidates } from './port-candidates.js'

type Wish = { service: string; target: number; fixed: number | undefined }

/**
 * A free loopback port for each wish: the one it had, else the first free one of its candidates. A port that
 * a package or a checkout fixes is taken as it is.
 * @param own this environment's containers: the ports that they hold count as free
 * @param refused ports that the engine could not bind although they looked free
 * @returns the ports, and what was moved: `what` had `from` and cannot have it
 * @throws DevenvError `port-taken` for a fixed one, `ports-exhausted`
 */
export async function assignPorts(
  environment: Environment,
  wishes: readonly Wish[],
  before: Ports,
  own: readonly Container[],
  refused: ReadonlySet<number>,
): Promise<{ ports: Ports; moved: { port: number; holder: string | undefined }[] }> {
  const held = new Set(own.filter(hasProcesses).flatMap(({ ports }) => Object.values(ports)))
  const given = new Set<number>()
  const free = async (port: number) =>
    !refused.has(port) && !given.has(port) && (held.has(port) || (await isFree(port)))
  const ports: { [service: string]: { [target: number]: number } } = {}
  const moved: { port: number; holder: string | undefined }[] = []

  for (const [index, { service, target, fixed }] of wishes.entries()) {
    const remembered = before[service]?.[target]
    const wanted = fixed ?? remembered ?? first(portCandidates(environment.service, environment.checkout, index))
    let port: number | undefined = (await free(wanted)) ? wanted : undefined
    if (port === undefined && fixed !== undefined)
      throw new DevenvError({ code: 'port-taken', port: fixed, holder: await holderOf(fixed) })
    if (port === undefined) {
      moved.push({ port: wanted, holder: await holderOf(wanted) })
      for (const candidate of portCandidates(environment.service, environment.checkout, index)) {
        if (await free(candidate)) {
          port = candidate
          break
        }
      }
    }
    if (port === undefined) throw new DevenvError({ code: 'ports-exhausted', ...PORT_RANGE })
    given.add(port)
    ports[service] = { ...ports[service], [target]: port }
  }
  return { ports, moved }
}

const first = (candidates: Generator<number>): number => candidates.next().value as number
