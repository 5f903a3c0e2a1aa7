import { DevenvError } from '../../problem/problem.js'
import type { Asking } from '../context.js'
import { readRecord } from '../data/record.js'
import { containersOf } from '../inside/containers-of.js'
import { placesOf } from '../project/addresses.js'

/**
 * Where a running environment answers, or the address of it that has this name.
 * @throws DevenvError `not-running`, `address-unknown`, `program-left-out`
 */
export async function findAddress(asking: Asking, name: string | undefined): Promise<string> {
  const { service, project } = asking.environment
  const containers = (await containersOf(asking)).filter(({ state }) => state === 'running')
  if (containers.length === 0) throw new DevenvError({ code: 'not-running', service, project })
  const bound = Object.fromEntries(containers.map((container) => [container.service, container.ports]))
  const record = readRecord(asking.environment)
  const addresses = record?.addresses ?? []
  const running = record?.settings.programs ?? 'all'
  const places = placesOf(addresses, bound)
  const answering = placesOf(addresses, bound, running)
  const found = name === undefined ? (answering[0] ?? places[0]) : places.find((place) => place.name === name)
  if (found === undefined)
    throw new DevenvError({ code: 'address-unknown', service, name, known: places.map((place) => place.name) })
  if (running !== 'all' && found.program !== undefined && !answering.some(({ url }) => url === found.url))
    throw new DevenvError({ code: 'program-left-out', name: found.program, running })
  return found.url
}
