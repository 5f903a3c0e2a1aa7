import { DevenvError } from '../../problem/problem.js'
import type { Asking } from '../context.js'
import { readRecord } from '../data/record.js'
import { containersOf } from '../inside/containers-of.js'
import { placesOf } from '../project/addresses.js'

/**
 * Where a running environment answers, or the address of it that has this name.
 * @throws DevenvError `not-running`, `address-unknown`
 */
export async function findAddress(asking: Asking, name: string | undefined): Promise<string> {
  const { service, project } = asking.environment
  const running = (await containersOf(asking)).filter(({ state }) => state === 'running')
  if (running.length === 0) throw new DevenvError({ code: 'not-running', service, project })
  const bound = Object.fromEntries(running.map((container) => [container.service, container.ports]))
  const record = readRecord(asking.environment)
  const places = placesOf(record?.addresses ?? [], bound, record?.settings.programs)
  const found = name === undefined ? places[0] : places.find((place) => place.name === name)
  if (found === undefined)
    throw new DevenvError({ code: 'address-unknown', service, name, known: places.map((place) => place.name) })
  return found.url
}
