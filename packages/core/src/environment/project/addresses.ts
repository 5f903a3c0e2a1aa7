import { type Address, type Definition, portsOf, thirdPartyOf } from '../../definition/definition.js'
import { DevenvError } from '../../problem/problem.js'

/** Container port to host port, for each service that publishes any. */
export type Ports = Readonly<Record<string, Readonly<Record<number, number>>>>

/**
 * `DEVENV_URL` is where the container port `address` answers, `DEVENV_URL_<container port>` where each does. Pure.
 */
export function urlsOf(ports: Readonly<Record<number, number>> | undefined, address?: number): Record<string, string> {
  const urls = Object.entries(ports ?? {}).map(
    ([target, published]) => [target, `http://localhost:${published}`] as const,
  )
  const first = urls.find(([target]) => Number(target) === address) ?? urls[0]
  return {
    ...(first && { DEVENV_URL: first[1] }),
    ...Object.fromEntries(urls.map(([target, url]) => [`DEVENV_URL_${target}`, url])),
  }
}

/** An address of an environment, as a person opens it. A port without a name is called by its number in the container. */
type Place = { name: string; port: number; url: string }

/** Addresses whose ports are bound. Pure. */
export const placesOf = (addresses: readonly Address[], ports: Ports): Place[] =>
  addresses.flatMap(({ service, port, name }) => {
    const bound = ports[service]?.[port]
    return bound === undefined ? [] : [{ name: name ?? String(port), port, url: `http://localhost:${bound}` }]
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
