import { findImage } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { runDocker } from '../engine/run-docker.js'
import { DevenvError } from '../problem/problem.js'

/** Which files an image holds that globs match, once they were looked for: by the image's own id and the globs. */
export type KnownInstalled = { [key: string]: readonly string[] }

/**
 * The names of what globs match in an image (`container/bin/installed`); `undefined` where the engine does not have the image.
 * @param known what was found before; what is found is added
 * @throws DevenvError `engine-refused`
 */
export async function readInstalled(
  engine: Engine,
  image: string,
  globs: readonly string[],
  known: KnownInstalled,
): Promise<readonly string[] | undefined> {
  const found = await findImage(engine, image)
  if (found === undefined) return undefined
  const key = `${found.Id} ${globs.join(' ')}`
  const before = known[key]
  if (before !== undefined) return before
  const args = ['run', '--rm', '--network', 'none', '--entrypoint', '/opt/devenv/bin/installed', found.Id, ...globs]
  const { exitCode, stdout, stderr } = await runDocker({ args, seconds: 300 })
  if (exitCode !== 0)
    throw new DevenvError({ code: 'engine-refused', doing: `list what ${image} has installed`, detail: stderr.trim() })
  const names = stdout.split('\n').filter(Boolean)
  known[key] = names
  return names
}
