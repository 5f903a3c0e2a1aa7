import { existsSync } from 'node:fs'
import { join } from 'node:path'
import dockerignore from '@balena/dockerignore'
import { type Definition, primaryOf } from '../definition/definition.js'
import { literalStart, parsePatterns } from '../definition/ignore-patterns.js'
import { readIgnored, readIndexModes } from '../git/git-repository.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { folderTree } from '../tree/folder-tree.js'
import type { Tree } from '../tree/tree.js'
import {
  type BuildSpec,
  CHECKOUT_CONTEXT,
  type ImageInput,
  type ImageInputs,
  MIRROR_ARGUMENT,
  officialBasesOf,
} from './image-inputs.js'

/**
 * What the definition's `build:` says. `registry` (a host, maybe with a path) is where images of ours live; every build is
 * told of the `mirror`, as if the Compose file did. Pure.
 */
export function buildSpecOf(
  definition: Definition,
  { registry, mirror }: { registry: string | undefined; mirror: string | undefined },
): BuildSpec {
  const { image, build } = primaryOf(definition)
  if (image === undefined || build === undefined) throw new Error('the definition was not checked')
  const args = Object.entries(build.args ?? {}).flatMap(([name, value]) =>
    value == null ? [] : [[name, value] as const],
  )
  return {
    name: registry === undefined ? image : `${registry}/${image}`,
    dockerfile: join(build.dockerfile ?? join(definition.package.directory, 'Dockerfile')),
    target: build.target,
    args: { ...(mirror !== undefined && { [MIRROR_ARGUMENT]: mirror }), ...Object.fromEntries(args) },
    contexts: { [CHECKOUT_CONTEXT]: build.context, ...build.additional_contexts },
    ...(build.ssh && { ssh: build.ssh }),
    ...(build.secrets && {
      secrets: build.secrets.map(({ source, target = source }) => {
        const { file, environment } = definition.project.secrets?.[source] ?? {}
        return file === undefined ? `id=${target},env=${environment ?? source}` : `id=${target},src=${file}`
      }),
    }),
  }
}

/** What is read once for all images of a package: its folders, and which of their files git ignores. */
export type PackageFiles = Map<string, Promise<readonly ImageInput[]>>

type Seeing = (path: string) => void

/**
 * Gathers what the build may see: of the checkout what `Dockerfile.dockerignore` lets through, of each other
 * context everything that neither its own `.dockerignore` nor git leaves out. Of a file's metadata only the
 * executable bit counts, as for git.
 * @param checkout the checkout's files; without it, the folder that `spec` names
 * @param locked digests of official images, by official name
 * @param seeing told of each file and folder on the disk, by its path, before it is looked at
 * @throws DevenvError `input-missing` for a context that is not there, `input-unreadable` naming all there are
 */
export async function readImageInputs(
  spec: BuildSpec,
  {
    checkout,
    locked = {},
    shared = new Map(),
    seeing = () => {},
  }: { checkout?: Tree; locked?: Readonly<Record<string, string>>; shared?: PackageFiles; seeing?: Seeing } = {},
): Promise<ImageInputs> {
  const files = Object.entries(spec.contexts).map(async ([context, root]) => {
    if (context === CHECKOUT_CONTEXT) {
      const patterns = patternsIn(`${spec.dockerfile}.dockerignore`, seeing)
      if (checkout !== undefined) return await readContext(context, checkout, patterns)
      return await readFolder(context, requireFolder(spec, context, root), patterns, seeing)
    }
    const key = `${context}\0${root}`
    const known = shared.get(key)
    if (known !== undefined) return await known
    const read = readPackageContext(context, requireFolder(spec, context, root), seeing)
    shared.set(key, read)
    return await read
  })
  const dockerfile = readText(spec.dockerfile, seeing)
  const bases = [...officialBasesOf({ spec, dockerfile }).keys()].flatMap((name) => {
    const digest = locked[name]
    return digest === undefined ? [] : [[name, digest] as const]
  })
  return {
    spec,
    dockerfile,
    files: (await Promise.all(files)).flat().sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    bases: Object.fromEntries(bases),
  }
}

function requireFolder(spec: BuildSpec, context: string, root: string): string {
  if (existsSync(root)) return root
  throw new DevenvError({ code: 'input-missing', file: root, needed: `the build context ${context} of ${spec.name}` })
}

function patternsIn(file: string, seeing: Seeing): string[] {
  seeing(file)
  return existsSync(file) ? parsePatterns(readText(file, seeing)) : []
}

function readText(file: string, seeing: Seeing): string {
  seeing(file)
  try {
    return readTextFile(file)
  } catch (error) {
    throw new DevenvError({ code: 'input-unreadable', file, detail: (error as Error).message })
  }
}

/** A file that git ignores is no part of a package: the same package from npm does not have it. */
async function readPackageContext(context: string, root: string, seeing: Seeing): Promise<readonly ImageInput[]> {
  const files = await readFolder(context, root, patternsIn(join(root, '.dockerignore'), seeing), seeing)
  const ignored = await readIgnored(
    root,
    files.map(({ path }) => path),
  )
  return files.filter(({ path }) => !ignored.has(path))
}

async function readFolder(
  context: string,
  root: string,
  patterns: readonly string[],
  seeing: Seeing,
): Promise<ImageInput[]> {
  const tree = folderTree(root, seeing)
  const [files, modes] = await Promise.all([readContext(context, tree, patterns), readIndexModes(root)])
  return modes === undefined ? files : files.map((file) => ({ ...file, mode: modeIn(modes, file) }))
}

const modeIn = (modes: ReadonlyMap<string, string>, { path, mode }: ImageInput): ImageInput['mode'] =>
  mode === MODES.link ? mode : ([MODES.file, MODES.executable].find((known) => known === modes.get(path)) ?? mode)

async function readContext(context: string, tree: Tree, patterns: readonly string[]): Promise<ImageInput[]> {
  try {
    const { found, left } = await walk(tree, patterns)
    if (left.length > 0)
      throw new DevenvError(
        ...left.map(({ path, why }) => ({ code: 'input-unreadable' as const, file: path, detail: why })),
      )
    return await Promise.all(
      found.map(async ({ path, kind }) => ({ context, path, mode: MODES[kind], sha256: await tree.sha256(path) })),
    )
  } catch (error) {
    throw error instanceof DevenvError ? new DevenvError(...error.problems.map(asInput)) : error
  }
}

/** What goes into an image can also be left out of it. Pure. */
const asInput = (problem: Problem): Problem =>
  problem.code === 'file-unusable'
    ? { code: 'input-unreadable', file: problem.path ?? 'a file', detail: problem.detail }
    : problem

/** Every file of a tree, and what of it cannot be had. */
export async function listFiles(
  tree: Tree,
): Promise<{ files: { path: string; mode: ImageInput['mode'] }[]; left: readonly Left[] }> {
  const { found, left } = await walk(tree, [])
  return { files: found.map(({ path, kind }) => ({ path, mode: MODES[kind] })), left }
}

const MODES = { file: '100644', executable: '100755', link: '120000' } as const

type Found = { path: string; kind: keyof typeof MODES }
export type Left = { path: string; why: string }

const WHY_LEFT = {
  submodule: 'It is a submodule: its files are in another repository.',
  unnamed: 'Its name is not UTF-8.',
} as const

/** Docker's own rules decide each path; only folders in which nothing can be let through are not entered. */
async function walk(tree: Tree, patterns: readonly string[]): Promise<{ found: Found[]; left: Left[] }> {
  // CommonJS: its types and Node disagree on where the default export is.
  const filter = dockerignore.default({ ignorecase: false }).add([...patterns])
  const allowed =
    patterns[0] === '*'
      ? patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => literalStart(pattern.slice(1)))
      : undefined
  const mayHold = (path: string) =>
    allowed === undefined ||
    allowed.some((start) => start === '' || `${path}/`.startsWith(`${start}/`) || `${start}/`.startsWith(`${path}/`))
  const found: Found[] = []
  const left: Left[] = []
  const enter = async (directory: string) => {
    for (const { name, kind } of (await tree.entries(directory)) ?? []) {
      const path = directory === '' ? name : `${directory}/${name}`
      if (kind === 'folder') {
        if (mayHold(path)) await enter(path)
      } else if (kind === 'submodule' || kind === 'unnamed') {
        // Of what lies in a submodule, only its beginning can be compared with a pattern.
        if (!filter.ignores(path) || (kind === 'submodule' && allowed !== undefined && mayHold(path)))
          left.push({ path, why: WHY_LEFT[kind] })
      } else if (!filter.ignores(path)) {
        found.push({ path, kind })
      }
    }
  }
  await enter('')
  return { found, left }
}

const keyOf = ({ context, path }: ImageInput) => `${context}\0${path}`
