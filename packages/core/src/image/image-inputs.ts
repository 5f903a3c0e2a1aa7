import { sha256Of } from '../hash/sha256.js'
import { DevenvError } from '../problem/problem.js'
import { type Base, parseBases, UnclearWord } from './dockerfile-bases.js'
import { officialName } from './official-name.js'

/** What an image is built from: where, by which Dockerfile, with which arguments. Paths are absolute. */
export type BuildSpec = {
  /** The image's name without a tag. */
  name: string
  dockerfile: string
  target: string | undefined
  args: Readonly<Record<string, string>>
  /** By name; the checkout's context is called `checkout`. */
  contexts: Readonly<Record<string, string>>
  /** What the build is shown and no image keeps, in Buildx's words: `default`; `id=netrc,src=/home/me/.netrc`. No inputs. */
  ssh?: readonly string[]
  secrets?: readonly string[]
}

/** One file of a context. `path` with `/`; `mode` as git writes it; `sha256` of the content, or of a link's target. */
export type ImageInput = {
  context: string
  path: string
  mode: '100644' | '100755' | '120000'
  sha256: string
}

/** Exactly what the build gets, and so exactly what is hashed. */
export type ImageInputs = {
  spec: BuildSpec
  dockerfile: string
  files: readonly ImageInput[]
  /** The digests of base images that are locked, by the name that any registry serves them under. */
  bases: Readonly<Record<string, string>>
}

/** `context/path` (or `Dockerfile`, `argument NAME`, `target`) to a short hash: what an image's label carries. */
export type InputList = Readonly<Record<string, string>>

/** The context that is the checkout, and the argument that names the mirror: the same content from another host. */
export const CHECKOUT_CONTEXT = 'checkout'
export const MIRROR_ARGUMENT = 'DEVENV_MIRROR'

type Entry = [kind: 'build' | 'argument' | 'base' | 'file', name: string, value: string]

/** Everything that counts, in one order. */
function entriesOf({ spec, dockerfile, files, bases }: ImageInputs): Entry[] {
  const args = Object.entries(spec.args).filter(([name]) => name !== MIRROR_ARGUMENT)
  const entries: Entry[] = [
    ['build', 'Dockerfile', sha256Of(dockerfile)],
    ['build', 'target', spec.target ?? ''],
    ...args.map(([name, value]): Entry => ['argument', name, value]),
    ...Object.entries(bases).map(([name, digest]): Entry => ['base', name, digest]),
    ...files.map(({ context, path, mode, sha256 }): Entry => ['file', `${context}:${path}`, `${mode} ${sha256}`]),
  ]
  return entries.sort((a, b) => (a.join('\0') < b.join('\0') ? -1 : 1))
}

/** The same, under the names by which a person knows it. Pure. */
export function listInputs(inputs: ImageInputs): InputList {
  const named = entriesOf(inputs).flatMap(([kind, name, value]): [string, string][] => {
    if (kind === 'argument') return [[`argument ${name}`, value]]
    if (kind === 'base') return [[`base image ${name}`, value]]
    if (kind === 'build') return value === '' ? [] : [[name, value]]
    const known = name.startsWith(`${CHECKOUT_CONTEXT}:`) ? name.slice(CHECKOUT_CONTEXT.length + 1) : name
    return [[known, value.replace(/^100644 /, '')]]
  })
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The input digest: 64 hexadecimal digits, of which the tag carries the first 20. Pure. */
export const digestOf = (inputs: ImageInputs): string => sha256Of(JSON.stringify(entriesOf(inputs)))

export const tagOf = (digest: string): string => `inputs-${digest.slice(0, 20)}`

/**
 * The images that a Dockerfile takes from elsewhere, as the build names them. Pure.
 * @throws DevenvError `base-unclear`
 */
export const basesOf = (inputs: Pick<ImageInputs, 'spec' | 'dockerfile'>): string[] => [
  ...new Set(readBases(inputs).map(({ image }) => image)),
]

/** Those of them that must be there for the platform that is built for: not what `FROM --platform=` takes for another. Pure. */
export const targetBasesOf = (inputs: Pick<ImageInputs, 'spec' | 'dockerfile'>): string[] =>
  readBases(inputs).flatMap(({ image, platform }) => (platform === 'target' ? [image] : []))

function readBases({ spec, dockerfile }: Pick<ImageInputs, 'spec' | 'dockerfile'>): Base[] {
  const contexts = Object.keys(spec.contexts).filter((name) => name !== CHECKOUT_CONTEXT)
  try {
    return parseBases(dockerfile, { args: spec.args, contexts })
  } catch (error) {
    if (!(error instanceof UnclearWord)) throw error
    throw new DevenvError({ code: 'base-unclear', place: { file: spec.dockerfile }, word: error.message })
  }
}

/** The same by the names that any registry serves them under, each with how this build names it. Pure. */
export const officialBasesOf = (inputs: Pick<ImageInputs, 'spec' | 'dockerfile'>): Map<string, string> =>
  new Map(basesOf(inputs).map((base) => [officialName(base, inputs.spec.args[MIRROR_ARGUMENT]), base]))

/** Whether what `compareInputs` tells is of a package or a base image, not of a file of the checkout. Pure. */
export const isOfPackage = (change: string, { contexts }: Pick<BuildSpec, 'contexts'>): boolean =>
  /^(Dockerfile|target|argument|base image) /.test(change) ||
  Object.keys(contexts).some((name) => name !== CHECKOUT_CONTEXT && change.startsWith(`${name}:`))

/** The list, short enough for a label. */
export const abridge = (list: InputList): InputList =>
  Object.fromEntries(
    Object.entries(list).map(([name, value]) => [name, value.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/, '$1')]),
  )

/** The inputs in which two lists differ, as sentences' subjects: `requirements/local.txt changed`. Pure. */
export function compareInputs(before: InputList, after: InputList): string[] {
  const [old, now] = [abridge(before), abridge(after)]
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()
  return names.flatMap((name) => {
    if (old[name] === now[name]) return []
    if (old[name] === undefined) return [`${name} is new`]
    return [now[name] === undefined ? `${name} is gone` : `${name} changed`]
  })
}
