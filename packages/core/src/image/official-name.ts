/**
 * An image's full name whatever registry it is asked of: `library/mysql:8.4.9`, `docker.io/library/mysql:8.4.9` and
 * `<mirror>/library/mysql:8.4.9` are `docker.io/library/mysql:8.4.9`; what is no image of Docker Hub keeps its host. A
 * digest is left out. Pure.
 */
export function officialName(reference: string, mirror: string | undefined): string {
  const name = reference.replace(/@sha256:[0-9a-f]+$/, '')
  const path = [mirror, 'docker.io'].map((host) => below(name, host)).find((found) => found !== undefined)
  const [first = '', ...rest] = name.split('/')
  if (path === undefined && rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return name
  const named = path ?? name
  return named.includes('/') ? `docker.io/${named}` : `docker.io/library/${named}`
}

const below = (name: string, host: string | undefined): string | undefined =>
  host !== undefined && name.startsWith(`${host}/`) ? name.slice(host.length + 1) : undefined
