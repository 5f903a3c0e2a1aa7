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
  const [, network = '', prefix] = /^(.*)\/(\d+)$/.exec(exception) ?? []
  if (isIP(network) > 0) return isIP(hostname) === isIP(network) && contains(network, Number(prefix), hostname)
  const [, host = '', port] =
    isIP(exception) > 0 ? [exception, exception] : (/^(.*?)(?::(\d+))?$/.exec(exception) ?? [])
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false
  const domain = bare(host.toLowerCase()).replace(/^\*\./, '.')
  if (domain === '') return false
  return hostname === domain || hostname.endsWith(domain.startsWith('.') ? domain : `.${domain}`)
}

/** Without the brackets of IPv6. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

function contains(network: string, prefix: number, address: string): boolean {
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6'
  if (prefix > (family === 'ipv4' ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(network, prefix, family)
  return list.check(address, family)
}
