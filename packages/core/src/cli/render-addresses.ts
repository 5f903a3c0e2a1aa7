import type { StartRecord } from '../environment/data/record.js'
import { placesOf } from '../environment/project/addresses.js'
import { wordsOf } from '../environment/start/choose-programs.js'

/** Where an environment answers, and who can sign in there. Pure. */
export function renderAddresses(
  service: string,
  {
    ports,
    addresses,
    accounts,
    settings: { programs = 'all' },
  }: Pick<StartRecord, 'ports' | 'addresses' | 'accounts'> & { settings: Pick<StartRecord['settings'], 'programs'> },
): string[] {
  const places = placesOf(addresses, ports, programs)
  const [first, second] = places
  const others = Object.entries(ports).filter(([name]) => !addresses.some((address) => address.service === name))
  return [
    first === undefined
      ? `${service} runs`
      : second === undefined
        ? `${service} answers at ${first.url}`
        : `${service} answers at`,
    ...(second === undefined ? [] : renderPlaces(places)),
    ...accounts.flatMap(({ what, user, password, path, port = addresses[0]?.port }) => {
      const at = places.find((place) => place.port === port)
      if (at === undefined) return []
      return [`  ${what}: ${user} / ${password}${path === undefined ? '' : `  ${at.url}${path}`}`]
    }),
    ...(programs === 'all'
      ? []
      : [`  running only ${wordsOf(programs)}; to run all programs again: devenv start --programs all`]),
    ...others.flatMap(([name, published]) => Object.values(published).map((port) => `  ${name}: localhost:${port}`)),
  ]
}

/** A line each, aligned. Pure. */
export function renderPlaces(places: readonly { name: string; url: string }[]): string[] {
  const width = Math.max(8, ...places.map(({ name }) => name.length))
  return places.map(({ name, url }) => `  ${name.padEnd(width)}  ${url}`)
}
