import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { sha256Of } from '../hash/sha256.js'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { isLoopback } from '../registry/repository.js'

const CONVENTIONAL = 'unix:///var/run/docker.sock'

/**
 * Where the engine listens, by the rules of Docker's own client: DOCKER_HOST, then DOCKER_CONTEXT, then the
 * current context of `config.json`, then the conventional socket
 * (https://docs.docker.com/engine/manage-resources/contexts/).
 * @throws DevenvError `engine-missing` for a context that is not there
 */
export function readEndpoint(env: NodeJS.ProcessEnv): string {
  if (env.DOCKER_HOST) return env.DOCKER_HOST
  const directory = env.DOCKER_CONFIG || join(homedir(), '.docker')
  const context = env.DOCKER_CONTEXT || readJson(join(directory, 'config.json'))?.currentContext
  if (typeof context !== 'string' || context === '' || context === 'default') return CONVENTIONAL
  const id = sha256Of(context)
  const host = readJson(join(directory, 'contexts', 'meta', id, 'meta.json'))?.Endpoints?.docker?.Host
  if (typeof host === 'string' && host !== '') return host
  throw new DevenvError({
    code: 'engine-missing',
    endpoint: `the context ${context}`,
    detail: 'Docker has no context of that name',
  })
}

/** Where a request to the engine goes. */
export type EngineAddress = { socketPath: string } | { host: string; port: number }

/** What Docker's client takes where none is named. */
const PORT = 2375

const SOCKET = /^(unix|npipe):\/\//

/** Pure. */
export const isSocket = (endpoint: string): boolean => SOCKET.test(endpoint)

/**
 * The address of an engine on this machine.
 * @throws DevenvError `engine-remote` when the engine is on another machine, which does not have the checkout;
 *   `endpoint-invalid`, `engine-encrypted`
 */
export function addressOf(endpoint: string, env: NodeJS.ProcessEnv): EngineAddress {
  const socketPath = endpoint.replace(SOCKET, '')
  const url = /^(tcp|ssh|https?):\/\//.test(endpoint) && URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (socketPath === '' || (!isSocket(endpoint) && !url?.hostname))
    throw new DevenvError({ code: 'endpoint-invalid', endpoint })
  if (url === undefined) return { socketPath }
  if (url.protocol !== 'tcp:' || !isLoopback(url.hostname)) throw new DevenvError({ code: 'engine-remote', endpoint })
  if (env.DOCKER_TLS || env.DOCKER_TLS_VERIFY) throw new DevenvError({ code: 'engine-encrypted', endpoint })
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || PORT) }
}

// biome-ignore lint/suspicious/noExplicitAny: somebody else's file; every use is checked
function readJson(file: string): any {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readTextFile(file))
  } catch {
    return undefined
  }
}
