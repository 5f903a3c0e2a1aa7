import { DevenvError } from '../problem/problem.js'
import { parseRefusal } from './parse-refusal.js'
import { runDocker } from './run-docker.js'

/** One target of a bake file, in Buildx's own words (https://docs.docker.com/build/bake/reference/). Folders are absolute. */
export type BakeTarget = {
  context: string
  contexts: Readonly<Record<string, string>>
  dockerfile: string
  target?: string
  args: Readonly<Record<string, string>>
  labels: Readonly<Record<string, string>>
  tags: readonly string[]
  /** `id=…,src=…`: seen while building, never part of the image. */
  secret: readonly string[]
  /** `default`: the agent of whoever builds. */
  ssh?: readonly string[]
  platforms?: readonly string[]
  attest?: readonly string[]
}
export type BakeFile = {
  group: { default: { targets: readonly string[] } }
  target: { readonly [name: string]: BakeTarget }
}

/** What becomes of what was built: the engine's store, a registry, or nothing but the builder's cache. */
export type BuildOutput = 'load' | 'push' | 'cache'

const OUTPUT: { readonly [output in BuildOutput]: readonly string[] } = {
  load: ['--load'],
  push: ['--push'],
  cache: ['--set', '*.output=type=cacheonly'],
}

/** Pure. */
export const renderBakeArgs = (
  file: string,
  targets: readonly string[],
  output: BuildOutput,
  builder: string | undefined,
): string[] => [
  'buildx',
  'bake',
  ...(builder === undefined ? [] : ['--builder', builder]),
  '--file',
  file,
  ...OUTPUT[output],
  ...targets,
]

/** JSON is HCL to Buildx, which fills in `${…}` and `%{…}`. Pure. */
export const renderBakeFile = (file: BakeFile): string =>
  JSON.stringify(file, null, 1).replace(/[$%](?=\{)/g, (sign) => sign + sign)

/**
 * Builds targets of a bake file that is the top of all that they are made from, with Buildx's own progress on stderr.
 * @param targets each with the image that it makes, which is what a person knows
 * @throws DevenvError `build-failed`, `buildx-missing`
 */
export async function runBake(
  { folder, file, builder }: { folder: string; file: string; builder: string | undefined },
  targets: readonly { name: string; reference: string }[],
  output: BuildOutput,
): Promise<void> {
  const names = targets.map(({ name }) => name)
  const { exitCode, stdout } = await runDocker(
    {
      args: renderBakeArgs(file, names, output, builder),
      seconds: Infinity,
      cwd: folder,
      // The files are those that we laid out and those that the definition names: nobody need be asked.
      variables: { BUILDX_BAKE_ENTITLEMENTS_FS: '0' },
    },
    'progress',
  )
  if (exitCode === 0) return
  const { exitCode: present, stderr } = await runDocker({ args: ['buildx', 'version'], seconds: 60 })
  if (present !== 0) throw new DevenvError({ code: 'buildx-missing', detail: stderr.trim().split('\n')[0] ?? '' })
  const images = targets.map(({ reference }) => reference)
  throw new DevenvError({ code: 'build-failed', images, doing: output, builder, detail: stdout.trim() })
}

/** What a builder can do. `driver`: docker, docker-container, kubernetes, remote. */
export type Builder = { name: string; driver: string; platforms: readonly string[] }

/** @throws DevenvError `builder-unknown` with Buildx's words */
export async function readBuilder(name: string | undefined): Promise<Builder> {
  const { exitCode, stdout, stderr } = await runDocker({
    args: ['buildx', 'inspect', '--bootstrap', ...(name === undefined ? [] : [name])],
    seconds: 300,
  })
  if (exitCode === 0) return parseBuilder(stdout)
  throw new DevenvError({ code: 'builder-unknown', name: name ?? 'the current one', detail: stderr.trim() })
}

/** What `docker buildx inspect` prints: `Name:`, `Driver:`, and for each node `Platforms:`. Pure. */
export function parseBuilder(text: string): Builder {
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''
  const platforms = [...text.matchAll(/^Platforms:[ \t]*(.*)$/gm)].flatMap(([, list]) => (list ?? '').split(/[,\s]+/))
  return {
    name: field('Name'),
    driver: field('Driver'),
    platforms: [...new Set(platforms.map((platform) => platform.replace(/\*$/, '')).filter(Boolean))],
  }
}

/** Nobody sees whether a pull that shows nothing goes on; what it has of an image stays for the next. */
const SILENT_PULL_SECONDS = 1800

/**
 * Pulls with the client's own progress on stderr. Resolves to the client's last words if the registry does not give it.
 * @param show a person's own image is worth watching; a server's is pulled in silence
 * @throws DevenvError what the engine refuses; `image-foreign` where the registry has it for other platforms; `program-silent`
 */
export async function pullImage(
  reference: string,
  platform: string,
  show: 'nothing' | 'progress' = 'nothing',
): Promise<string | undefined> {
  const args = ['pull', '--platform', platform]
  const { exitCode, stderr } =
    show === 'progress'
      ? await runDocker({ args: [...args, reference], seconds: Infinity }, 'output')
      : await runDocker({ args: [...args, '--quiet', reference], seconds: SILENT_PULL_SECONDS })
  if (exitCode === 0) return undefined
  if (/no matching manifest for/.test(stderr))
    throw new DevenvError({ code: 'image-foreign', image: reference, is: undefined, wants: platform })
  const problem = parseRefusal(`pull ${reference}`, stderr)
  if (problem.code !== 'engine-refused') throw new DevenvError(problem)
  return stderr.trim().split('\n').at(-1)
}

/** Why a registry does not give an image, in Buildx's last words; `undefined` if it does. */
export async function whyUnavailable(reference: string): Promise<string | undefined> {
  const args = ['buildx', 'imagetools', 'inspect', '--raw', reference]
  try {
    const { exitCode, stderr } = await runDocker({ args, seconds: 60 })
    return exitCode === 0 ? undefined : stderr.trim().split('\n').at(-1)
  } catch (error) {
    if (error instanceof DevenvError) return `the registry does not answer (${error.message})`
    throw error
  }
}
