import { type Address, type Definition, portsOf, thirdPartyOf } from '../../definition/definition.js'
import { DevenvError } from '../../problem/problem.js'
import type { ProgramChoice } from '../../settings/settings.js'

/** Container port to host port, for each service that publishes any. */
export type Ports = Readonly<Record<string, Readonly<Record<number, number>>>>

/** A port of an environment, container port and host port, and how the names of its variables end. */
type NamedPort = { ending: string; target: number; published: number }

/** Its address, whose variables end with nothing more, and each port of it: `_8000`. Pure. */
export function namePorts(ports: Readonly<Record<number, number>> | undefined, address?: number): NamedPort[] {
  const all = Object.entries(ports ?? {}).map(([target, published]) => ({ target: Number(target), published }))
  const first = all.find(({ target }) => target === address) ?? all[0]
  return [
    ...(first === undefined ? [] : [{ ending: '', ...first }]),
    ...all.map((port) => ({ ending: `_${port.target}`, ...port })),
  ]
}

/**
 * `DEVENV_URL` is where the container port `address` answers, `DEVENV_URL_<container port>` where each does. Pure.
 */
export const urlsOf = (ports: Readonly<Record<number, number>> | undefined, address?: number): Record<string, string> =>
  Object.fromEntries(
    namePorts(ports, address).map(({ ending, published }) => [`DEVENV_URL${ending}`, `http://localhost:${published}`]),
  )

/** An address of an environment, as a person opens it. A port without a name is called by its number in the container. */
type Place = { name: string; port: number; url: string; program?: string }

/** Addresses whose ports are bound, and whose programs are among those that run. Pure. */
export const placesOf = (addresses: readonly Address[], ports: Ports, programs: ProgramChoice = 'all'): Place[] =>
  addresses.flatMap(({ service, port, name, program }) => {
    const bound = ports[service]?.[port]
    const isLeftOut = program !== undefined && programs !== 'all' && !programs.includes(program)
    if (bound === undefined || isLeftOut) return []
    return [
      {
        name: name ?? String(port),
        port,
        url: `http://localhost:${bound}`,
        ...(program !== undefined && { program }),
      },
    ]
  })

/** @throws DevenvError `publish-unknown` for what is no third-party service, or has no port */
export function requirePublishable(definition: Definition, names: readonly string[]): void {
  const { services } = definition.project
  const hasPort = (name: string) => [...(services[name]?.ports ?? []), ...(services[name]?.expose ?? [])].length > 0
  const known = thirdPartyOf(definition).filter(hasPort)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new DevenvError({ code: 'publish-unknown', names: unknown, known })
}

/** The ports that want a host port: all that are written, of other services what somebody asked for. Pure. */
export function wantedPorts(
  definition: Definition,
  publish: readonly string[],
): { service: string; target: number; fixed: number | undefined }[] {
  return Object.entries(definition.project.services).flatMap(([service, described]) => {
    const written = portsOf(described).map(({ target, published }) => ({
      service,
      target,
      fixed: published ? Number(published) : undefined,
    }))
    if (written.length > 0 || !publish.includes(service)) return written
    return (described.expose ?? []).map((port) => ({ service, target: Number(port), fixed: undefined }))
  })
}
