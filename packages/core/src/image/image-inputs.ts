import { createHash } from 'node:crypto'

/** What an image is built from: where, by which Dockerfile, with which arguments. Paths are absolute. */
export type BuildSpec = {
  /** The image's name without a tag. */
  name: string
  dockerfile: string
  target: string | undefined
  args: Readonly<Record<string, string>>
  /** By name; the checkout's context is called `checkout`. */
  contexts: Readonly<Record<string, string>>
}

/** One file of a context. `path` with `/`; `mode` as git writes it; `sha256` of the content, or of a link's target. */
export type ImageInput = {
  context: string
  path: string
  mode: '100644' | '100755' | '120000'
  sha256: string
  source: string
}

/** Exactly what the build gets, and so exactly what is hashed. */
export type ImageInputs = { spec: BuildSpec; dockerfile: string; files: readonly ImageInput[] }

/** `context/path` (or `Dockerfile`, `argument NAME`, `target`) to a short hash: what an image's label carries. */
export type InputList = Readonly<Record<string, string>>

/** The context that is the checkout, and the argument that names the mirror: the same content from another host. */
export const CHECKOUT_CONTEXT = 'checkout'
const MIRROR_ARGUMENT = 'DEVENV_MIRROR'

/** Everything that counts, under the name by which a person knows it. Pure. */
export function listInputs({ spec, dockerfile, files }: ImageInputs): InputList {
  const entries: [string, string][] = [['Dockerfile', sha256(dockerfile)]]
  if (spec.target !== undefined) entries.push(['target', spec.target])
  for (const [name, value] of Object.entries(spec.args))
    if (name !== MIRROR_ARGUMENT) entries.push([`argument ${name}`, value])
  for (const { context, path, mode, sha256 } of files) {
    const name = context === CHECKOUT_CONTEXT ? path : `${context}:${path}`
    entries.push([name, mode === '100644' ? sha256 : `${mode} ${sha256}`])
  }
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The input digest: 64 hexadecimal digits, of which the tag carries the first 20. Pure. */
export const digestOf = (inputs: ImageInputs): string => sha256(JSON.stringify(listInputs(inputs)))

export const tagOf = (digest: string): string => `inputs-${digest.slice(0, 20)}`

/** The images that a Dockerfile starts from or copies from, its arguments filled in; its own stages left out. Pure. */
export function basesOf({ spec, dockerfile }: ImageInputs): string[] {
  const values: Record<string, string> = {}
  const fill = (text: string) => text.replace(/\$\{?(\w+)\}?/g, (_whole, name: string) => values[name] ?? '')
  const stages = new Set(Object.keys(spec.contexts))
  const bases: string[] = []
  for (const line of dockerfile.split('\n')) {
    const [, argument, otherwise] = /^ARG\s+(\w+)(?:=(\S*))?/i.exec(line) ?? []
    if (argument !== undefined) values[argument] ??= spec.args[argument] ?? otherwise ?? ''
    const [, from, stage] = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? []
    const copied = /^COPY\s+.*--from=(\S+)/i.exec(line)?.[1]
    const base = fill(from ?? copied ?? '')
    if (base !== '' && base !== 'scratch' && !stages.has(base) && !/^\d+$/.test(base)) bases.push(base)
    if (stage !== undefined) stages.add(stage)
  }
  return [...new Set(bases)]
}

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

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
