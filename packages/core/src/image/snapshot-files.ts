import { runDocker } from '../engine/run-docker.js'
import { DevenvError } from '../problem/problem.js'

/** Files and folders of an image's code, by path; a folder has no content. */
export type SnapshotFiles = ReadonlyMap<string, Buffer | undefined>

/** Docker's code for an entrypoint that is not in the image. */
const NOT_FOUND = 127

/**
 * What globs match below a directory of an image (`container/bin/show-files`); more where a glob of ours says what Python's cannot.
 * @throws DevenvError `engine-refused`, `snapshot-foreign`
 */
export async function readSnapshotFiles(
  image: string,
  directory: string,
  globs: readonly string[],
): Promise<SnapshotFiles> {
  const patterns = globs.flatMap(widenedGlobs)
  const entrypoint = ['--entrypoint', '/opt/devenv/bin/show-files']
  const args = ['run', '--rm', '--network', 'none', ...entrypoint, image, directory, ...patterns]
  const { exitCode, stdout, stderr } = await runDocker({ args, seconds: 300 })
  const refused = (detail: string) =>
    new DevenvError({ code: 'engine-refused', doing: `read the code of ${image}`, detail })
  // One of a devenv that had no such program.
  if (exitCode === NOT_FOUND) throw new DevenvError({ code: 'snapshot-foreign', image })
  if (exitCode !== 0) throw refused(stderr.trim())
  const found = Object.entries(JSON.parse(stdout) as Record<string, string | null>)
  if (found.some(([path]) => !isBelow(path))) throw refused('it names files outside its code')
  return new Map(found.map(([path, content]) => [path, content === null ? undefined : Buffer.from(content, 'base64')]))
}

const isBelow = (path: string): boolean => !path.startsWith('/') && !path.split('/').includes('..')

/** Globs of Python's that match what one of ours does, and maybe more: braces are written out, `@(a|b)` is any name. Pure. */
export function widenedGlobs(glob: string): string[] {
  const [, before = '', choice, after = ''] = /^(.*?)\{([^{}]*)\}(.*)$/.exec(glob) ?? []
  if (choice === undefined) return [glob.replace(/[!@?+*]\([^()]*\)/g, '*')]
  return choice.split(',').flatMap((each) => widenedGlobs(`${before}${each}${after}`))
}
