import { existsSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { Dispatcher } from 'undici'
import { DevenvError } from '../problem/problem.js'
import { proxyFor } from './proxy.js'
import { baseOf, type RegistryAccess, type Repository } from './repository.js'

/** Loads the client while something else is waited for: it takes a tenth of a second. */
export const prepareRegistryClient = (): void => void import('undici')

export type Call = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  url: URL
  headers?: Readonly<Record<string, string>>
  body?: Buffer | string
  /** Sent to the origin of `url`, never to another that it redirects to. */
  authorization?: string | undefined
  signal?: AbortSignal
}
/** `url` is where redirects led; `as`, who asked. */
export type Answer = {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
  url: URL
  as?: string | undefined
}

/** Milliseconds: to connect, without a byte, before the second try. */
const CONNECT_TIMEOUT = 10_000
const SILENCE = { headersTimeout: 30_000, bodyTimeout: 30_000 }
const PAUSE = 500
const MAX_REDIRECTS = 5

/** Follows what redirects a GET. @throws DevenvError `registry-unreachable` */
export async function send(repository: Repository, call: Call): Promise<Answer> {
  const { authorization, headers, ...rest } = call
  let { url } = call
  for (let redirects = 0; ; redirects++) {
    const own = authorization !== undefined && url.origin === call.url.origin
    const answer = await persist(repository, {
      ...rest,
      url,
      headers: { 'user-agent': 'devenv', ...headers, ...(own && { authorization }) },
    })
    const next = [301, 302, 303, 307, 308].includes(answer.status)
      ? resolveUrl(headerOf(answer, 'location'), url)
      : undefined
    if (call.method !== 'GET' || next === undefined || redirects === MAX_REDIRECTS) return answer
    url = next
  }
}

/** One more try for what may pass and does no harm twice. */
async function persist(repository: Repository, call: Call): Promise<Answer> {
  const outcome = await attempt(repository, call)
  const passing = 'answer' in outcome ? isPassing(outcome.answer) : isReset(outcome.error)
  const last =
    passing && call.method !== 'POST' ? await setTimeout(PAUSE).then(() => attempt(repository, call)) : outcome
  if ('answer' in last) return last.answer
  throw unreachable(repository, call.url, last.error)
}

const isPassing = ({ status }: Answer): boolean => status >= 500 || status === 429
/** UND_ERR_SOCKET: the other side ended the connection in the middle, or just before. */
const isReset = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET'

/** Why a server gives no answer at all within some milliseconds; `undefined` where it gives any. */
export async function findSilence(url: URL, access: RegistryAccess, limit: number): Promise<string | undefined> {
  const call: Call = { method: 'HEAD', url, headers: { 'user-agent': 'devenv' }, signal: AbortSignal.timeout(limit) }
  const first = await attempt({ access }, call)
  const last = 'error' in first && isReset(first.error) ? await attempt({ access }, call) : first
  if ('answer' in last) return undefined
  const reason = last.error.name === 'TimeoutError' ? `it gave no answer in ${limit / 1000} s` : reasonOf(last.error)
  return `${reason}${throughProxy(url, access)}`
}

async function attempt(
  { access }: Pick<Repository, 'access'>,
  { method, url, headers, body: content, signal }: Call,
): Promise<{ answer: Answer } | { error: NodeJS.ErrnoException }> {
  try {
    const dispatcher = await dispatcherFor(access, url)
    const { request } = await import('undici')
    const { statusCode, body, ...answer } = await request(url, {
      method,
      dispatcher,
      ...SILENCE,
      ...(headers && { headers }),
      ...(content !== undefined && { body: content }),
      ...(signal && { signal }),
    })
    const bytes = Buffer.from(await body.arrayBuffer())
    return { answer: { status: statusCode, headers: answer.headers, body: bytes, url } }
  } catch (error) {
    return { error: error as NodeJS.ErrnoException }
  }
}

export function headerOf({ headers }: Answer, name: string): string | undefined {
  return [headers[name]].flat()[0]
}

function unreachable(repository: Repository, url: URL, error: NodeJS.ErrnoException): DevenvError {
  const elsewhere = url.host === baseOf(repository).host ? '' : `${url.host}: `
  const detail = `${elsewhere}${reasonOf(error)}${throughProxy(url, repository.access)}`
  return new DevenvError({ code: 'registry-unreachable', registry: repository.host, detail })
}

function throughProxy(url: URL, { proxies }: RegistryAccess): string {
  const proxy = proxyFor(url, proxies)
  return proxy === undefined ? '' : `, through the proxy ${proxy.replace(/^.*:\/\/(.*@)?/, '')}`
}

/** With the code, by which TLS errors are told apart. */
function reasonOf(error: NodeJS.ErrnoException): string {
  // One for each address that was tried.
  const first = error instanceof AggregateError ? error.errors[0] : error
  const cause = error.cause instanceof Error ? `: ${reasonOf(error.cause)}` : ''
  const { code, message } = first
  return `${message}${code === undefined || message.includes(code) ? '' : ` (${code})`}${cause}`
}

/** One for each way out. They keep connections for later calls, which do not keep the process. */
const dispatchers = new Map<string, Promise<Dispatcher>>()

function dispatcherFor({ caBundle, proxies }: RegistryAccess, url: URL): Promise<Dispatcher> {
  const proxy = proxyFor(url, proxies)
  const encrypted = url.protocol === 'https:' || proxy?.startsWith('https:')
  const bundle = encrypted ? caBundle : undefined
  const key = JSON.stringify([bundle, proxy])
  const known = dispatchers.get(key) ?? openDispatcher(bundle, proxy)
  dispatchers.set(key, known)
  return known
}

async function openDispatcher(caBundle: string | undefined, proxy: string | undefined): Promise<Dispatcher> {
  const { Agent, Pool, ProxyAgent } = await import('undici')
  const connect = {
    timeout: CONNECT_TIMEOUT,
    ...(caBundle !== undefined && { secureContext: trusting(caBundle) }),
  }
  if (proxy === undefined) return new Agent({ connect })
  return new ProxyAgent({
    uri: proxy,
    // What is not encrypted is asked of the proxy itself: many tunnel to port 443 only.
    proxyTunnel: false,
    requestTls: connect,
    proxyTls: connect,
    // Without, the wait for a proxy's own answer is five minutes.
    clientFactory: (origin, options) => new Pool(origin, { ...options, ...SILENCE }),
  })
}

/** Node's own roots and those of the bundle, read once for all connections: it is hundreds. */
function trusting(caBundle: string): SecureContext {
  // Node forgets these as soon as any are named.
  const extra = [process.env.NODE_EXTRA_CA_CERTS].filter((file): file is string => !!file && existsSync(file))
  return createSecureContext({ ca: [...rootCertificates, ...[caBundle, ...extra].map((file) => readFileSync(file))] })
}

export function resolveUrl(location: string | undefined, base: URL): URL | undefined {
  return location !== undefined && URL.canParse(location, base.href) ? new URL(location, base) : undefined
}
