import { engineVersion } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { runDocker } from '../engine/run-docker.js'
import { DevenvError } from '../problem/problem.js'

/** `start_interval` came with 25; `up --wait` and named contexts as we use them with 2.24. */
export const WANTED = { engine: '25.0.0', compose: '2.24.0' }

/**
 * @throws DevenvError `engine-missing`, `engine-forbidden`, `engine-old`, `compose-missing`, `compose-old`,
 *   all that apply to a client that is there
 */
export async function requireVersions(engine: Engine): Promise<{ engine: string; compose: string }> {
  const { default: semver } = await import('semver')
  const [{ Version }, compose] = await Promise.all([engineVersion(engine), readComposeVersion()])
  const problems = []
  const below = (found: string, wanted: string) => semver.lt(semver.coerce(found) ?? '0.0.0', wanted)
  if (below(Version, WANTED.engine))
    problems.push({ code: 'engine-old' as const, found: Version, wanted: WANTED.engine })
  if (below(compose, WANTED.compose))
    problems.push({ code: 'compose-old' as const, found: compose, wanted: WANTED.compose })
  if (problems.length > 0) throw new DevenvError(...problems)
  return { engine: Version, compose }
}

async function readComposeVersion(): Promise<string> {
  const { exitCode, stdout, stderr } = await runDocker({ args: ['compose', 'version', '--short'], seconds: 60 })
  if (exitCode !== 0) throw new DevenvError({ code: 'compose-missing', detail: stderr.trim().split('\n')[0] ?? '' })
  return stdout.trim()
}
