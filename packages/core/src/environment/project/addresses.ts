import { type Address, type Definition, portsOf } from '../../definition/definition.js'

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
