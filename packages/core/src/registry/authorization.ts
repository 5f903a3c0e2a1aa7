import { forbidden, type Intent, parseJson, refused, requireSuccess } from './answers.js'
import { type Credentials, readCredentials } from './credentials.js'
import { isLoopback, type Repository } from './repository.js'
import { type Answer, baseOf, type Call, resolveUrl, send } from './transport.js'

// Authorization, as Docker's own client does it (https://distribution.github.io/distribution/spec/auth/)

/** What is sent to the registry, and as whom, in words. */
type Authorization = { header: string; as: string }

/** For the life of the process, by host and scope. */
const authorizations = new Map<string, Promise<Authorization>>()

const scopeOf = ({ path }: Repository, { doing }: Intent): string =>
  `repository:${path}:${doing === 'read' ? 'pull' : 'pull,push'}`
const keyOf = (repository: Repository, intent: Intent): string => `${repository.host} ${scopeOf(repository, intent)}`

/** What was granted before for this repository and intent, if anything was. */
export const knownAuthorization = async (repository: Repository, intent: Intent): Promise<string | undefined> =>
  (await authorizations.get(keyOf(repository, intent)))?.header

/** Asks with what is known, and once more with new authorization where that is refused: a token lasts for minutes. */
export async function askAuthorized(repository: Repository, intent: Intent, call: Call): Promise<Answer> {
  const key = keyOf(repository, intent)
  const known = authorizations.get(key)
  const first = await askAs(repository, call, await known)
  // Where a redirect led, our credentials are nobody's business.
  if (first.status !== 401 || first.url.origin !== (await baseOf(repository)).origin) return first
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
  const base = await baseOf(repository)
  const realm = resolveUrl(challenge.realm, base)
  if (realm === undefined) throw refused(repository, login, 'It does not name the server that gives tokens.')
  if (credentials.by !== 'nothing' && !mayHear(realm, base)) {
    throw refused(repository, login, `It asks for the password over an unencrypted connection, to ${realm.origin}.`)
  }
  const wanted = { ...(challenge.service && { service: challenge.service }), scope: scopeOf(repository, intent) }
  const as = renderIdentity(credentials)
  const answer = { ...(await send(repository, renderTokenCall(realm, wanted, credentials))), as }
  // OAuth 2 calls a refresh token that has expired a bad request.
  if (answer.status === 400 && credentials.by === 'identity-token') throw forbidden(repository, intent, answer)
  requireSuccess(repository, { ...login, doing: intent.doing }, answer)
  const { token, access_token } = parseJson(answer.body) ?? {}
  const found = token || access_token
  if (typeof found !== 'string') throw refused(repository, login, 'Its answer contains no token.')
  return { header: `Bearer ${found}`, as }
}

/** A password goes in the clear only where it did before: to the host of a registry that is asked so, or to this machine. */
const mayHear = (realm: URL, base: URL): boolean =>
  realm.protocol === 'https:' ||
  (base.protocol === 'http:' && (realm.hostname === base.hostname || isLoopback(realm.hostname)))

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
