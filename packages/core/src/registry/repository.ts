/**
 * How a registry is reached: the host's bundle of certificate authorities (a PEM file) and its proxies (HTTP_PROXY …).
 * `isInsecure`: whether the engine takes a registry without TLS, or whatever its certificate says. `patience`: seconds for an
 * answer, where less than usual is enough.
 */
export type RegistryAccess = {
  caBundle: string | undefined
  proxies: Readonly<Record<string, string>>
  isInsecure?: (host: string) => Promise<boolean>
  patience?: number
}

/** One repository of a registry, `ghcr.io` and `openedx/devenv/discovery`. */
export type Repository = { host: string; path: string; access: RegistryAccess }

/**
 * `ghcr.io/openedx/devenv/discovery`: host and path, by Docker's rule. The first part is a host if it has a dot, a
 * colon or is localhost; otherwise the host is docker.io, where a path of one part lies in library/. Pure.
 */
export function repositoryOf(name: string, access: RegistryAccess): Repository {
  const [first = '', ...rest] = name.split('/')
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const host = !named || first === 'index.docker.io' ? 'docker.io' : first
  const path = named ? rest.join('/') : name
  return { host, path: host === 'docker.io' && !path.includes('/') ? `library/${path}` : path, access }
}

/** Where a registry is asked: that of docker.io has another name. Pure. */
export const serverOf = (host: string): string => (host === 'docker.io' ? 'registry-1.docker.io' : host)

/** As Docker takes it: http without asking, and no proxy. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

/** The parts of an image's reference: `name:tag@sha256:…`, as it is written; a port is no tag. Pure. */
export function parseReference(reference: string): {
  name: string
  tag: string | undefined
  digest: string | undefined
} {
  const [, name = reference, tag, digest] = /^([^@]*?)(?::([^:/@]+))?(?:@(.+))?$/.exec(reference) ?? []
  return { name, tag, digest }
}
