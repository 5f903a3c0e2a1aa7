import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { sha256Of } from '../hash/sha256.js'
import { DevenvError } from '../problem/problem.js'

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

/**
 * The path of the engine's socket.
 * @throws DevenvError `engine-remote` when the engine is on another machine, which does not have the checkout
 */
export function socketPath(endpoint: string): string {
  if (endpoint.startsWith('unix://')) return endpoint.slice('unix://'.length)
  if (endpoint.startsWith('npipe://')) return endpoint.slice('npipe://'.length)
  throw new DevenvError({ code: 'engine-remote', endpoint })
}

// biome-ignore lint/suspicious/noExplicitAny: somebody else's file; every use is checked
function readJson(file: string): any {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
