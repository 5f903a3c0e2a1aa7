import { isLoopback } from '../registry/repository.js'

type Proxies = Readonly<Record<string, string>>

/** Of the proxies those that a container can reach: on this machine’s loopback it would look inside itself. Pure. */
export const containerProxies = (proxies: Proxies): Record<string, string> =>
  Object.fromEntries(Object.entries(proxies).filter(([name]) => !loopbackProxies(proxies).includes(name)))

/** The names of the other ones. Pure. */
export const loopbackProxies = (proxies: Proxies): string[] =>
  Object.keys(proxies).filter((name) => !/^no_proxy$/i.test(name) && isOnLoopback(proxies[name] ?? ''))

function isOnLoopback(proxy: string): boolean {
  const url = proxy.includes('://') ? proxy : `http://${proxy}`
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
}
