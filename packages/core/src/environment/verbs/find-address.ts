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
  const { addresses = [], settings } = readRecord(asking.environment) ?? {}
  const running = settings?.programs ?? 'all'
  const places = placesOf(addresses, bound)
  const findIn = (among: typeof places) => (name === undefined ? among[0] : among.find((place) => place.name === name))
  const found = findIn(placesOf(addresses, bound, running))
  if (found !== undefined) return found.url
  const silent = findIn(places)
  if (silent?.program !== undefined && running !== 'all')
    throw new DevenvError({ code: 'program-left-out', name: silent.program, running })
  throw new DevenvError({ code: 'address-unknown', service, name, known: places.map((place) => place.name) })
}
