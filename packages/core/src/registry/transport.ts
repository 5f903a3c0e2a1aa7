import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { Dispatcher } from 'undici'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { within } from '../progress/patience.js'
import { proxyFor } from './proxy.js'
import { isLoopback, type RegistryAccess, type Repository, serverOf } from './repository.js'

/** Loads the client while something else is waited for: it takes a tenth of a second. */
export const prepareRegistryClient = (): void => void import('undici')

/** A part of an image or of data on the disk. */
export type BlobFile = { path: string; bytes: number }

export type Call = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  url: URL
  headers?: Readonly<Record<string, string>>
  body?: Buffer | string | BlobFile
  /** Where the body of a good answer goes, instead of into memory. */
  into?: BlobFile
  /** Sent to the origin of `url`, never to another that it redirects to. */
  authorization?: string | undefined
}
/** `url` is where redirects led; `as`, who asked. */
export type Answer = {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
  url: URL
  as?: string | undefined
}

/** Milliseconds: to connect, without a byte, before each further try. */
const CONNECT_TIMEOUT = 10_000
const SILENCE = { headersTimeout: 30_000, bodyTimeout: 30_000 }
const PAUSES = [500, 1000, 2000]
/** Seconds for a whole answer, with all tries: one that drips has no end of its own. */
const LIMIT = 60
/** Bytes a second of a file, at least, beyond that. */
const LEAST_SPEED = 20_000
const MAX_REDIRECTS = 5

/** By host. */
const origins = new Map<string, Promise<string>>()
/** Where any certificate will do. */
const unverified = new Set<string>()

/** The folder of the API that is the repository's, at the scheme that its registry speaks. */
export async function baseOf({ host, path, access }: Repository): Promise<URL> {
  const origin = origins.get(host) ?? readOrigin(host, access)
  origins.set(host, origin)
  return new URL(`${await origin}/v2/${path}/`)
}

/** By Docker's rule: http on loopback; an insecure registry is asked by https, whoever has signed, and then by http. */
async function readOrigin(host: string, access: RegistryAccess): Promise<string> {
  const { origin } = new URL(`https://${serverOf(host)}`)
  const plain = origin.replace('https:', 'http:')
  if (isLoopback(new URL(plain).hostname)) return plain
  if (!(await access.isInsecure?.(host))) return origin
  unverified.add(origin)
  const outcome = await attempt(access, { method: 'GET', url: new URL('/v2/', origin) })
  return 'answer' in outcome ? origin : plain
}

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

/** Further tries for what may pass and does no harm twice. */
function persist(repository: Repository, call: Call): Promise<Answer> {
  const began = performance.now()
  const file = call.into ?? (isFile(call.body) ? call.body : undefined)
  const limit = repository.access.patience ?? LIMIT + Math.ceil((file?.bytes ?? 0) / LEAST_SPEED)
  const late = () => unreachable(repository, call.url, new Error(`it gave no whole answer within ${limit} s`))
  const of = `the registry ${repository.host} has not ${file === undefined ? 'answered' : 'done with a file'}`
  return within({ of, seconds: limit, late }, async (signal) => {
    for (let tries = 0; ; tries++) {
      const outcome = await attempt(repository.access, call, signal)
      const pause = planPause(outcome, call.method, tries)
      if (pause !== undefined && performance.now() - began + pause < limit * 1000) {
        await setTimeout(pause, undefined, { signal })
      } else if ('answer' in outcome) return outcome.answer
      else throw unreachable(repository, call.url, outcome.error)
    }
  })
}

/**
 * Milliseconds before the next try; `undefined` where there is none. One that is overloaded says itself when it wants to
 * be asked again, or is given more time each time; what else may pass is tried once more. An upload is begun only once.
 */
function planPause(outcome: Outcome, method: Call['method'], tries: number): number | undefined {
  const status = 'answer' in outcome ? outcome.answer.status : undefined
  const again = method === 'POST' ? status === 429 : status === 429 || status === 503
  const wished = 'answer' in outcome ? retryAfter(outcome.answer) : undefined
  if (again && wished !== undefined) return Math.max(wished * 1000, PAUSES[0] ?? 0)
  if (again) return PAUSES[tries]
  const passes = status === undefined ? 'error' in outcome && isReset(outcome.error) : status >= 500
  return passes && method !== 'POST' && tries === 0 ? PAUSES[0] : undefined
}

/** Seconds until a registry wants to be asked again, if it says so: a number, or a date. */
export function retryAfter(answer: Answer): number | undefined {
  const text = headerOf(answer, 'retry-after') ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, Math.ceil(seconds))
}

/** UND_ERR_SOCKET: the other side ended the connection in the middle, or just before. */
const isReset = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET'

/** Why a server gives no answer at all within some milliseconds; `undefined` where it gives any. */
export async function findSilence(url: URL, access: RegistryAccess, limit: number): Promise<string | undefined> {
  const call: Call = { method: 'HEAD', url, headers: { 'user-agent': 'devenv' } }
  const first = await attempt(access, call, AbortSignal.timeout(limit))
  const last =
    'error' in first && isReset(first.error) ? await attempt(access, call, AbortSignal.timeout(limit)) : first
  if ('answer' in last) return undefined
  const reason = last.error.name === 'TimeoutError' ? `it gave no answer in ${limit / 1000} s` : reasonOf(last.error)
  return `${reason}${throughProxy(url, access)}`
}

type Outcome = { answer: Answer } | { error: NodeJS.ErrnoException }

async function attempt(
  access: RegistryAccess,
  { method, url, headers, body: content, into }: Call,
  signal?: AbortSignal,
): Promise<Outcome> {
  try {
    const dispatcher = await dispatcherFor(access, url)
    const { request } = await import('undici')
    const { statusCode, body, ...answer } = await request(url, {
      method,
      dispatcher,
      ...SILENCE,
      ...(signal && { signal }),
      ...(headers && { headers }),
      ...(content !== undefined && { body: isFile(content) ? createReadStream(content.path) : content }),
    })
    if (into !== undefined && statusCode >= 200 && statusCode < 300) {
      await pipeline(body, createWriteStream(into.path), { signal })
      return { answer: { status: statusCode, headers: answer.headers, body: Buffer.alloc(0), url } }
    }
    const bytes = Buffer.from(await body.arrayBuffer())
    return { answer: { status: statusCode, headers: answer.headers, body: bytes, url } }
  } catch (error) {
    return { error: error as NodeJS.ErrnoException }
  }
}

const isFile = (body: Call['body']): body is BlobFile =>
  typeof body === 'object' && !Buffer.isBuffer(body) && 'path' in body

export function headerOf({ headers }: Answer, name: string): string | undefined {
  return [headers[name]].flat()[0]
}

function unreachable(repository: Repository, url: URL, error: NodeJS.ErrnoException): DevenvError {
  const elsewhere = url.host === serverOf(repository.host) ? '' : `${url.host}: `
  const detail = `${elsewhere}${reasonOf(error)}${throughProxy(url, repository.access)}`
  return new DevenvError({ code: 'registry-unreachable', registry: repository.host, detail })
}

function throughProxy(url: URL, { proxies }: RegistryAccess): string {
  const proxy = proxyFor(url, proxies)
  return proxy === undefined ? '' : `, through the proxy ${proxy.replace(/^.*:\/\/(.*@)?/, '')}`
}

const NOT_HTTPS = 'it does not speak https, and the engine does not list it in insecure-registries'
/** How OpenSSL calls what is no answer in TLS. */
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|wrong version number|packet length too long/

/** With the code, by which TLS errors are told apart. */
function reasonOf(error: NodeJS.ErrnoException): string {
  // One for each address that was tried.
  const first = error instanceof AggregateError ? error.errors[0] : error
  const cause = error.cause instanceof Error ? `: ${reasonOf(error.cause)}` : ''
  const { code, message: whole } = first
  if (code !== undefined && NO_TLS.test(`${code} ${whole}`)) return NOT_HTTPS
  // OpenSSL puts its own source file around what it has to say.
  const message = 'reason' in first && typeof first.reason === 'string' ? first.reason : whole
  return `${message}${code === undefined || message.includes(code) ? '' : ` (${code})`}${cause}`
}

/** One for each way out. They keep connections for later calls, which do not keep the process. */
const dispatchers = new Map<string, Promise<Dispatcher>>()

function dispatcherFor({ caBundle, proxies }: RegistryAccess, url: URL): Promise<Dispatcher> {
  const proxy = proxyFor(url, proxies)
  const encrypted = url.protocol === 'https:' || proxy?.startsWith('https:')
  const bundle = encrypted ? caBundle : undefined
  const verified = !unverified.has(url.origin)
  const key = JSON.stringify([bundle, proxy, verified])
  const known = dispatchers.get(key) ?? openDispatcher(bundle, proxy, verified)
  dispatchers.set(key, known)
  return known
}

async function openDispatcher(
  caBundle: string | undefined,
  proxy: string | undefined,
  verified: boolean,
): Promise<Dispatcher> {
  const { Agent, Pool, ProxyAgent } = await import('undici')
  const connect = {
    timeout: CONNECT_TIMEOUT,
    ...(caBundle !== undefined && { secureContext: trusting(caBundle) }),
  }
  const toRegistry = { ...connect, rejectUnauthorized: verified }
  if (proxy === undefined) return new Agent({ connect: toRegistry })
  return new ProxyAgent({
    uri: proxy,
    // What is not encrypted is asked of the proxy itself: many tunnel to port 443 only.
    proxyTunnel: false,
    requestTls: toRegistry,
    proxyTls: connect,
    // Without, the wait for a proxy's own answer is five minutes.
    clientFactory: (origin, options) => new Pool(origin, { ...options, ...SILENCE }),
  })
}

/** Node's own roots and those of the bundle, read once for all connections: it is hundreds. */
function trusting(caBundle: string): SecureContext {
  // Node forgets these as soon as any are named.
  const extra = [process.env.NODE_EXTRA_CA_CERTS].filter((file): file is string => !!file && existsSync(file))
  return createSecureContext({ ca: [...rootCertificates, ...[caBundle, ...extra].map(readTextFile)] })
}

export function resolveUrl(location: string | undefined, base: URL): URL | undefined {
  return location !== undefined && URL.canParse(location, base.href) ? new URL(location, base) : undefined
}
