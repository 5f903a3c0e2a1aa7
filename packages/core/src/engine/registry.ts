import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { Dispatcher } from 'undici'
import { DevenvError } from '../problem/problem.js'
import { type Credentials, readCredentials } from './registry-credentials.js'

/**
 * A registry's own API, the OCI distribution specification
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md). Spoken directly where `docker buildx
 * imagetools` shows too little or changes bytes; pushing and pulling stay Docker's.
 */

/** How a registry is reached: the host's bundle of certificate authorities (a PEM file) and its proxies (HTTP_PROXY …). */
export type RegistryAccess = { caBundle: string | undefined; proxies: Readonly<Record<string, string>> }

/** One repository of a registry, `ghcr.io` and `openedx/devenv/discovery`. */
export type Repository = { host: string; path: string; access: RegistryAccess }

/** The bytes, as they were pushed. `digest` is their sha256, computed here. */
export type Manifest = { digest: string; mediaType: string; body: Buffer }

/** `createdBy` is the instruction of the Dockerfile, as the builder noted it; empty where it noted none. */
export type PublishedLayer = { digest: string; bytes: number; createdBy: string }
/** `platform` is `linux/amd64`, with a variant where that says something: `linux/arm/v7`. */
export type PublishedPlatform = {
  platform: string
  labels: Readonly<Record<string, string>>
  layers: readonly PublishedLayer[]
}
/** An image as a registry holds it: of an index, each platform; attestations are left out. */
export type PublishedImage = { digest: string; manifest: Manifest; platforms: readonly PublishedPlatform[] }

/** What is asked for, and in the words of a refusal: the registry “would not” `what`. */
type Intent = { doing: 'read' | 'write'; what: string }

const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]
const IMAGE_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
const ACCEPT = [...INDEX_TYPES, ...IMAGE_TYPES].join(', ')

/** Loads the client while something else is waited for: it takes a tenth of a second. */
export const prepareRegistryClient = (): void => void import('undici')

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

/**
 * A manifest or index by tag or digest; `undefined` where the registry has none. A repository that is not there may
 * also be forbidden: GHCR and Docker Hub do not tell the difference from a private one.
 * @throws DevenvError `registry-unreachable`, `registry-forbidden`, `registry-refused`, `docker-config-unreadable`
 */
export async function findManifest(repository: Repository, reference: string): Promise<Manifest | undefined> {
  const byDigest = reference.includes(':')
  const intent: Intent = {
    doing: 'read',
    what: `give ${repository.path}${byDigest ? '@' : ':'}${reference}`,
  }
  const answer = await ask(repository, intent, {
    method: 'GET',
    url: new URL(`manifests/${reference}`, baseOf(repository)),
    headers: { accept: ACCEPT },
  })
  if (answer.status === 404) return undefined
  requireSuccess(repository, intent, answer)
  const { body } = answer
  if (byDigest) requireDigest(repository, intent, body, reference)
  const content = parseJson(body)
  // The body's own word first: proxies and buckets make up a Content-Type.
  const mediaType = content?.mediaType ?? headerOf(answer, 'content-type')?.split(';')[0]?.trim()
  if (typeof content !== 'object' || content === null || typeof mediaType !== 'string') {
    throw refused(repository, intent, `What came is no manifest, but ${mediaType ?? 'of no known type'}.`)
  }
  return { digest: digestOf(body, 'sha256'), mediaType, body }
}

/**
 * A blob's bytes, which have that digest.
 * @throws DevenvError as `findManifest`; `registry-refused` also where it is missing or its bytes are others
 */
export async function readBlob(repository: Repository, digest: string): Promise<Buffer> {
  const intent: Intent = { doing: 'read', what: `give the blob ${digest} of ${repository.path}` }
  const answer = await ask(repository, intent, { method: 'GET', url: new URL(`blobs/${digest}`, baseOf(repository)) })
  requireSuccess(repository, intent, answer)
  requireDigest(repository, intent, answer.body, digest)
  return answer.body
}

/** All tags, in the registry's order; none of a repository that is not there. @throws DevenvError as `findManifest` */
export async function listTags(repository: Repository): Promise<string[]> {
  const intent: Intent = { doing: 'read', what: `list the tags of ${repository.path}` }
  const tags: string[] = []
  const asked = new Set<string>()
  let url: URL | undefined = new URL('tags/list?n=1000', baseOf(repository))
  while (url !== undefined && !asked.has(url.href)) {
    asked.add(url.href)
    const answer = await ask(repository, intent, { method: 'GET', url })
    if (answer.status === 404) return tags
    requireSuccess(repository, intent, answer)
    const page = parseJson(answer.body)
    if (typeof page !== 'object' || page === null) throw refused(repository, intent, 'Its answer is no JSON.')
    // `null` is how some say that there are none.
    tags.push(...(Array.isArray(page.tags) ? page.tags : []))
    url = parseNextLink(headerOf(answer, 'link'), url)
  }
  return tags
}

/**
 * Gives a manifest that the repository holds another name: the same bytes and media type, so the same digest.
 * @throws DevenvError `registry-read-only`, and as `findManifest`
 */
export async function putManifest(repository: Repository, tag: string, manifest: Manifest): Promise<void> {
  const intent: Intent = { doing: 'write', what: `take ${repository.path}:${tag}` }
  const answer = await ask(repository, intent, {
    method: 'PUT',
    url: new URL(`manifests/${tag}`, baseOf(repository)),
    headers: { 'content-type': manifest.mediaType },
    body: manifest.body,
  })
  requireSuccess(repository, intent, answer)
}

/**
 * Starts an upload and cancels it, so that wrong credentials and a read-only registry are met before anything is built.
 * (The idea is go-containerregistry's CheckPushPermission.)
 * @throws DevenvError `registry-read-only`, and as `findManifest`
 */
export async function requireWritable(repository: Repository): Promise<void> {
  const intent: Intent = { doing: 'write', what: `begin an upload to ${repository.path}` }
  const url = new URL('blobs/uploads/', baseOf(repository))
  const answer = await ask(repository, intent, { method: 'POST', url, headers: { 'content-length': '0' } })
  requireSuccess(repository, intent, answer)
  const upload = resolveUrl(headerOf(answer, 'location'), url)
  if (upload === undefined) return
  const known = upload.origin === url.origin ? await authorizations.get(keyOf(repository, intent)) : undefined
  const authorization = known?.header
  // Not every registry lets an upload be cancelled. What is left is empty, and expires.
  await send(repository, { method: 'DELETE', url: upload, authorization }).catch(() => undefined)
}

/**
 * An image with what its configuration says; `undefined` where the registry has none.
 * @throws DevenvError as `findManifest`; `registry-refused` also for what is no image, or lacks a part
 */
export async function findPublishedImage(
  repository: Repository,
  reference: string,
): Promise<PublishedImage | undefined> {
  const manifest = await findManifest(repository, reference)
  if (manifest === undefined) return undefined
  const platforms = INDEX_TYPES.includes(manifest.mediaType)
    ? await Promise.all(imagesOf(manifest).map((child) => readChild(repository, child)))
    : [await readPlatform(repository, manifest, undefined)]
  return {
    digest: manifest.digest,
    manifest,
    platforms: platforms.filter(({ platform }) => !platform.startsWith('unknown/')),
  }
}

type OciPlatform = { os?: string; architecture?: string; variant?: string }
type Descriptor = { digest: string; platform?: OciPlatform; annotations?: Record<string, string> }

/** The images of an index: without attestations, which Buildx adds as images of no platform. */
function imagesOf(index: Manifest): readonly Descriptor[] {
  const { manifests }: { manifests?: Descriptor[] } = parseJson(index.body)
  return (Array.isArray(manifests) ? manifests : []).filter(
    ({ platform, annotations }) =>
      annotations?.['vnd.docker.reference.type'] === undefined && platform?.os !== 'unknown',
  )
}

async function readChild(repository: Repository, { digest, platform }: Descriptor): Promise<PublishedPlatform> {
  const manifest = await findManifest(repository, digest)
  if (manifest !== undefined) return await readPlatform(repository, manifest, platform)
  const intent: Intent = { doing: 'read', what: `give ${repository.path}@${digest}` }
  throw refused(repository, intent, 'An index names it, and it is not there.')
}

async function readPlatform(
  repository: Repository,
  manifest: Manifest,
  platform: OciPlatform | undefined,
): Promise<PublishedPlatform> {
  const { config, layers }: { config?: Descriptor; layers?: { digest: string; size: number }[] } = parseJson(
    manifest.body,
  )
  const intent: Intent = { doing: 'read', what: `give an image as ${repository.path}@${manifest.digest}` }
  if (!IMAGE_TYPES.includes(manifest.mediaType) || typeof config?.digest !== 'string' || !Array.isArray(layers)) {
    throw refused(repository, intent, `It is ${manifest.mediaType}.`)
  }
  const image = parseJson(await readBlob(repository, config.digest))
  if (typeof image !== 'object' || image === null) throw refused(repository, intent, 'Its configuration is no JSON.')
  const history: { created_by?: string; empty_layer?: boolean }[] = Array.isArray(image.history) ? image.history : []
  const steps = history.filter((step) => step.empty_layer !== true)
  return {
    platform: renderPlatform(platform ?? image),
    labels: image.config?.Labels ?? {},
    layers: layers.map(({ digest, size }, at) => ({ digest, bytes: size, createdBy: steps[at]?.created_by ?? '' })),
  }
}

/** As containerd writes it, for which arm64 is v8 anyway. */
function renderPlatform({ os = 'unknown', architecture = 'unknown', variant = '' }: OciPlatform): string {
  const plain = variant === '' || (architecture === 'arm64' && variant === 'v8')
  return plain ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`
}

// Digests and answers

const digestOf = (bytes: Buffer, algorithm: 'sha256' | 'sha512'): string =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`

function requireDigest(repository: Repository, intent: Intent, bytes: Buffer, digest: string): void {
  const found = digestOf(bytes, digest.startsWith('sha512:') ? 'sha512' : 'sha256')
  if (found !== digest) throw refused(repository, intent, `The bytes that came are another: ${found}.`)
}

function requireSuccess(repository: Repository, intent: Intent, answer: Answer): void {
  const { status } = answer
  if (status >= 200 && status < 300) return
  if (status === 401 || status === 403) throw forbidden(repository, intent, answer)
  if (status === 405 && intent.doing === 'write') {
    throw new DevenvError({ code: 'registry-read-only', registry: repository.host, detail: messageOf(answer) })
  }
  throw refused(repository, intent, messageOf(answer))
}

function refused({ host: registry }: Repository, { what: doing }: Intent, detail: string): DevenvError {
  return new DevenvError({ code: 'registry-refused', registry, doing, detail })
}

function forbidden({ host: registry, path }: Repository, { doing }: Intent, answer: Answer): DevenvError {
  const detail = `${messageOf(answer)} (asked ${answer.as ?? 'without credentials'})`
  return new DevenvError({ code: 'registry-forbidden', registry, repository: path, doing, detail })
}

/** The status, and what the registry says of it: `{ errors }` by the specification, the rest by servers of tokens. */
function messageOf({ status, body }: Answer): string {
  const { errors, details, error_description, message, error } = parseJson(body) ?? {}
  const said: unknown[] = Array.isArray(errors)
    ? errors.map((each) => each?.message || each?.code)
    : [details ?? error_description ?? message ?? error]
  const text = said.filter((each) => typeof each === 'string' && each !== '').join('; ')
  return [`${status} ${STATUS_CODES[status] ?? ''}`.trim(), ...(text === '' ? [] : [text])].join(': ')
}

// biome-ignore lint/suspicious/noExplicitAny: somebody else's answer; every use is checked
function parseJson(body: Buffer): any {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/** The next page of a list: `</v2/a/tags/list?last=x>; rel="next"`. */
function parseNextLink(link: string | undefined, base: URL): URL | undefined {
  return resolveUrl(/<([^>]*)>[^,]*;\s*rel="?next"?/i.exec(link ?? '')?.[1], base)
}

function resolveUrl(location: string | undefined, base: URL): URL | undefined {
  return location !== undefined && URL.canParse(location, base.href) ? new URL(location, base) : undefined
}

// Authorization, as Docker's own client does it (https://distribution.github.io/distribution/spec/auth/)

/** What is sent to the registry, and as whom, in words. */
type Authorization = { header: string; as: string }

/** For the life of the process, by host and scope. */
const authorizations = new Map<string, Promise<Authorization>>()

const scopeOf = ({ path }: Repository, { doing }: Intent): string =>
  `repository:${path}:${doing === 'read' ? 'pull' : 'pull,push'}`
const keyOf = (repository: Repository, intent: Intent): string => `${repository.host} ${scopeOf(repository, intent)}`

/** Asks with what is known, and once more with new authorization where that is refused: a token lasts for minutes. */
async function ask(repository: Repository, intent: Intent, call: Call): Promise<Answer> {
  const key = keyOf(repository, intent)
  const known = authorizations.get(key)
  const first = await askAs(repository, call, await known)
  // Where a redirect led, our credentials are nobody's business.
  if (first.status !== 401 || first.url.origin !== baseOf(repository).origin) return first
  // Of several at once, the first asks for all.
  if (authorizations.get(key) === known) {
    const wanted = authorize(repository, intent, first)
    authorizations.set(key, wanted)
    wanted.catch(() => authorizations.delete(key))
  }
  return await askAs(repository, call, await authorizations.get(key))
}

async function askAs(repository: Repository, call: Call, authorization: Authorization | undefined): Promise<Answer> {
  const answer = await send(repository, { ...call, authorization: authorization?.header })
  return { ...answer, as: authorization?.as }
}

async function authorize(repository: Repository, intent: Intent, answer: Answer): Promise<Authorization> {
  const credentials = await readCredentials(repository.host, process.env)
  const challenges = parseChallenges([answer.headers['www-authenticate'] ?? []].flat())
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
  const as = renderIdentity(credentials)
  if (bearer !== undefined) return await askToken(repository, intent, bearer, credentials)
  if (credentials.by === 'password' && challenges.some(({ scheme }) => scheme === 'basic')) {
    return { header: renderBasic(credentials), as }
  }
  throw forbidden(repository, intent, { ...answer, as })
}

async function askToken(
  repository: Repository,
  intent: Intent,
  challenge: Challenge,
  credentials: Credentials,
): Promise<Authorization> {
  const login: Intent = { ...intent, what: 'give a token' }
  const realm = resolveUrl(challenge.realm, baseOf(repository))
  if (realm === undefined) throw refused(repository, login, 'It does not say where to ask for one.')
  const secure = realm.protocol === 'https:' || baseOf(repository).protocol === 'http:'
  if (credentials.by !== 'nothing' && !secure) {
    throw refused(repository, login, `It wants the password sent in the clear, to ${realm.origin}.`)
  }
  const wanted = { ...(challenge.service && { service: challenge.service }), scope: scopeOf(repository, intent) }
  const as = renderIdentity(credentials)
  const answer = { ...(await send(repository, renderTokenCall(realm, wanted, credentials))), as }
  // OAuth 2 calls a refresh token that has expired a bad request.
  if (answer.status === 400 && credentials.by === 'identity-token') throw forbidden(repository, intent, answer)
  requireSuccess(repository, { ...login, doing: intent.doing }, answer)
  const { token, access_token } = parseJson(answer.body) ?? {}
  const found = token || access_token
  if (typeof found !== 'string') throw refused(repository, login, 'Its answer holds none.')
  return { header: `Bearer ${found}`, as }
}

/** Pure. */
function renderTokenCall(realm: URL, wanted: Record<string, string>, credentials: Credentials): Call {
  if (credentials.by === 'identity-token') {
    const form = { grant_type: 'refresh_token', refresh_token: credentials.token, client_id: 'devenv', ...wanted }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return { method: 'POST', url: realm, headers, body: new URLSearchParams(form).toString() }
  }
  const known = credentials.by === 'password' ? credentials : undefined
  const url = new URL(realm)
  const query = { ...(known && { account: known.username }), ...wanted }
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  return { method: 'GET', url, authorization: known && renderBasic(known) }
}

const renderBasic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

function renderIdentity(credentials: Credentials): string {
  if (credentials.by === 'password') return `as ${credentials.username}`
  return credentials.by === 'identity-token' ? 'with an identity token' : `without credentials: ${credentials.because}`
}

export type Challenge = { scheme: string; realm: string | undefined; service: string | undefined }

/** `WWW-Authenticate: Bearer realm="https://…",service="…"`, each that is offered. Pure. */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] {
  const parameter = String.raw`[\w-]+\s*=\s*(?:"[^"]*"|[^\s",]+)`
  const each = new RegExp(String.raw`([A-Za-z]+)\s+(${parameter}(?:\s*,\s*${parameter})*)`, 'g')
  return [...headers.join(', ').matchAll(each)].map(([, scheme = '', parameters = '']) => {
    const read = (name: string) => {
      const [, quoted, plain] = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|([^\\s",]+))`, 'i').exec(parameters) ?? []
      return quoted ?? plain
    }
    return { scheme: scheme.toLowerCase(), realm: read('realm'), service: read('service') }
  })
}

// The transport

type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: URL
  headers?: Readonly<Record<string, string>>
  body?: Buffer | string
  /** Sent to the origin of `url`, never to another that it redirects to. */
  authorization?: string | undefined
}
/** `url` is where redirects led; `as`, who asked. */
type Answer = {
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

/** The folder of the API that is the repository's. */
function baseOf({ host, path }: Repository): URL {
  const scheme = isLoopback(new URL(`http://${host}`).hostname) ? 'http' : 'https'
  return new URL(`${scheme}://${host === 'docker.io' ? 'registry-1.docker.io' : host}/v2/${path}/`)
}

/** As Docker takes it: http without asking, and no proxy. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

/** Follows what redirects a GET. @throws DevenvError `registry-unreachable` */
async function send(repository: Repository, call: Call): Promise<Answer> {
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

async function attempt(
  { access }: Repository,
  { method, url, headers, body: content }: Call,
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
    })
    const bytes = Buffer.from(await body.arrayBuffer())
    return { answer: { status: statusCode, headers: answer.headers, body: bytes, url } }
  } catch (error) {
    return { error: error as NodeJS.ErrnoException }
  }
}

function headerOf({ headers }: Answer, name: string): string | undefined {
  return [headers[name]].flat()[0]
}

function unreachable(repository: Repository, url: URL, error: NodeJS.ErrnoException): DevenvError {
  const elsewhere = url.host === baseOf(repository).host ? '' : `${url.host}: `
  const proxy = proxyFor(url, repository.access.proxies)
  const through = proxy === undefined ? '' : `, through the proxy ${proxy.replace(/^.*:\/\/(.*@)?/, '')}`
  const detail = `${elsewhere}${reasonOf(error)}${through}`
  return new DevenvError({ code: 'registry-unreachable', registry: repository.host, detail })
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
