import { engineVersion } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { DevenvError } from '../problem/problem.js'

/** `start_interval` came with it. */
export const OLDEST_ENGINE = '25.0.0'

/** @throws DevenvError `engine-missing`, `engine-forbidden`, `engine-old` */
export async function requireEngine(engine: Engine): Promise<string> {
  const { default: semver } = await import('semver')
  const { Version } = await engineVersion(engine)
  if (semver.lt(semver.coerce(Version) ?? '0.0.0', OLDEST_ENGINE))
    throw new DevenvError({ code: 'engine-old', found: Version, wanted: OLDEST_ENGINE })
  return Version
}
