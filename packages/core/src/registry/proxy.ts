import { BlockList, isIP } from 'node:net'
import { isLoopback } from './repository.js'

/**
 * The proxy to ask through, by the rules of Go's http clients and so of Docker: HTTPS_PROXY or HTTP_PROXY by the scheme
 * that is asked for; none for loopback, nor for what NO_PROXY lists: hosts and those below them, addresses, networks,
 * each with a port or without (https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config). Pure.
 */
export function proxyFor(url: URL, proxies: Readonly<Record<string, string>>): string | undefined {
  const read = (name: string) => proxies[name] || proxies[name.toLowerCase()] || ''
  const proxy = read(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  const exceptions = read('NO_PROXY').split(/[\s,]+/)
  if (proxy === '' || isLoopback(url.hostname) || exceptions.some((each) => covers(each, url))) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function covers(exception: string, url: URL): boolean {
  if (exception === '*') return true
  const hostname = bare(url.hostname)
  const network = parseNetwork(exception)
  if (network !== undefined) return isWithin(network, hostname)
  const [, host = '', port] =
    isIP(exception) > 0 ? [exception, exception] : (/^(.*?)(?::(\d+))?$/.exec(exception) ?? [])
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false
  const domain = bare(host.toLowerCase()).replace(/^\*\./, '.')
  if (domain === '') return false
  return hostname === domain || hostname.endsWith(domain.startsWith('.') ? domain : `.${domain}`)
}

/** Without the brackets of IPv6. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** `10.0.0.0/8`; `undefined` for what is none. Pure. */
function parseNetwork(text: string): { address: string; prefix: number } | undefined {
  const [, address = '', prefix] = /^(.*)\/(\d+)$/.exec(text) ?? []
  return isIP(address) > 0 ? { address, prefix: Number(prefix) } : undefined
}

/** Whether an address, without brackets, lies in a network: `10.0.0.0/8`. Pure. */
export function liesIn(text: string, address: string): boolean {
  const network = parseNetwork(text)
  return network !== undefined && isWithin(network, address)
}

function isWithin({ address, prefix }: { address: string; prefix: number }, other: string): boolean {
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
  if (isIP(other) !== isIP(address) || prefix > (family === 'ipv4' ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(address, prefix, family)
  return list.check(other, family)
}
