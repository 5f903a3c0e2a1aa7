import { homedir } from 'node:os'
import { join } from 'node:path'
import { DevenvError, tellsOf } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { runCommand } from '../process/run-command.js'

/** What Docker's client keeps for a registry after `docker login`; for nothing, the reason. */
export type Credentials =
  | { by: 'password'; username: string; password: string }
  /** Exchanged for access tokens: an OAuth 2 refresh token. */
  | { by: 'identity-token'; token: string }
  | { by: 'nothing'; because: string }

const DOCKER_HUB = ['docker.io', 'index.docker.io', 'registry-1.docker.io']
/** How Docker's client writes docker.io, in its file and to its helpers. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/'

/**
 * The credentials for a registry's host, from where Docker's client keeps them: the helper that `credHelpers` names for
 * the host, or else `credsStore`, then `auths`, in `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`
 * (https://docs.docker.com/reference/cli/docker/login/). A helper that fails gives nothing, and the reason: a public
 * image needs none.
 * @throws DevenvError `docker-config-unreadable`
 */
export async function readCredentials(host: string, env: NodeJS.ProcessEnv): Promise<Credentials> {
  const file = join(env.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json')
  const config = readConfig(file)
  const helper = entryOf(config.credHelpers, host) ?? config.credsStore
  const helped = typeof helper === 'string' && helper !== '' ? await askHelper(helper, host) : undefined
  if (helped !== undefined && helped.by !== 'nothing') return helped
  return parseAuth(entryOf(config.auths, host), file, host) ?? helped ?? nothing(`${file} has none for ${host}`)
}

const nothing = (because: string): Credentials => ({ by: 'nothing', because })

// biome-ignore lint/suspicious/noExplicitAny: somebody else's file; every use is checked
function readConfig(file: string): any {
  let text: string
  try {
    text = readTextFile(file)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return {}
    throw unreadable(file, message)
  }
  try {
    const config = JSON.parse(text)
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config
  } catch (error) {
    // The parser quotes what it stumbled over, which may be part of a password.
    const position = /position \d+/.exec((error as Error).message)?.[0]
    throw unreadable(file, `It is not JSON${position === undefined ? '' : `, from ${position} on`}.`)
  }
  throw unreadable(file, 'It is not a JSON object.')
}

/** By the key that Docker writes, or else the first of the same host: with or without https:// and a path. */
function entryOf(entries: unknown, host: string): unknown {
  if (typeof entries !== 'object' || entries === null) return undefined
  const pairs = Object.entries(entries)
  const exact = pairs.find(([key]) => key === keyOf(host))
  return (exact ?? pairs.find(([key]) => canonical(key) === canonical(host)))?.[1]
}

const keyOf = (host: string): string => (DOCKER_HUB.includes(host) ? DOCKER_HUB_KEY : host)

function canonical(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  return DOCKER_HUB.includes(host) ? 'docker.io' : host
}

/** An entry of `auths`: `{ auth }`, base64 of user:password, `{ username, password }`, or `{ identitytoken }`. */
function parseAuth(entry: unknown, file: string, host: string): Credentials | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { auth, username, password, identitytoken } = entry as Record<string, unknown>
  if (typeof identitytoken === 'string' && identitytoken !== '') return { by: 'identity-token', token: identitytoken }
  if (typeof auth === 'string' && auth !== '') {
    const [, name, secret] = /^([^:]+):(.*)$/s.exec(Buffer.from(auth, 'base64').toString()) ?? []
    if (name === undefined || secret === undefined) {
      throw unreadable(file, `Its auth for ${host} is not the base64 of user:password.`)
    }
    // Old clients padded it.
    return { by: 'password', username: name, password: secret.replace(/\0+$/, '') }
  }
  if (typeof username !== 'string' || username === '' || typeof password !== 'string') return undefined
  return { by: 'password', username, password }
}

/** The protocol of https://github.com/docker/docker-credential-helpers: the host in, JSON or a message out. */
async function askHelper(name: string, host: string): Promise<Credentials> {
  const program = `docker-credential-${name}`
  try {
    const { exitCode, stdout, stderr } = await runCommand({ argv: [program, 'get'], input: keyOf(host), seconds: 60 })
    if (exitCode === 0) return parseHelped(program, host, stdout)
    const said = (stdout.trim() || stderr.trim()).split('\n')[0] || `exit code ${exitCode}`
    return nothing(said.startsWith('credentials not found') ? `${program} has none for ${host}` : `${program}: ${said}`)
  } catch (error) {
    if (!(error instanceof DevenvError)) throw error
    return nothing(tellsOf(error, 'program-missing') ? `${program} is not installed` : `${program} does not answer`)
  }
}

function parseHelped(program: string, host: string, stdout: string): Credentials {
  try {
    const { Username, Secret } = JSON.parse(stdout)
    if (typeof Secret !== 'string' || Secret === '') return nothing(`${program} has none for ${host}`)
    if (Username === '<token>') return { by: 'identity-token', token: Secret }
    return { by: 'password', username: String(Username), password: Secret }
  } catch {
    return nothing(`${program} does not answer in JSON`)
  }
}

const unreadable = (file: string, detail: string): DevenvError =>
  new DevenvError({ code: 'docker-config-unreadable', file, detail })
