import { chmodSync, lutimesSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BakeTarget, type BuildOutput, renderBakeFile, runBake } from '../engine/buildx.js'
import { LABELS } from '../engine/labels.js'
import { sha256Of } from '../hash/sha256.js'
import { DevenvError } from '../problem/problem.js'
import { folderTree } from '../tree/folder-tree.js'
import { withTemporaryFolder } from '../tree/temporary-folder.js'
import type { Tree } from '../tree/tree.js'
import { abridge, CHECKOUT_CONTEXT, type ImageInputs, type InputList, listInputs } from './image-inputs.js'
import type { TakenBases } from './official-images.js'

export type BuildSettings = {
  mirror: string | undefined
  caBundle: string | undefined
  proxies: Readonly<Record<string, string>>
  builder?: string | undefined
}

/** Where a build finds what a Dockerfile calls by name: files, an image, or what another of these builds makes. */
export type BuildContext =
  | { kind: 'files'; tree: Tree; files: readonly StagedFile[] }
  | { kind: 'image'; reference: string }
  | { kind: 'build'; name: string }
/** `sha256`, where it was hashed, must still be true when it is laid out. */
export type StagedFile = { path: string; mode: '100644' | '100755' | '120000'; sha256?: string }

/** One image to build. `name` tells it from others of the same call. */
export type ImageBuild = {
  name: string
  reference: string
  digest: string
  inputs: InputList
  dockerfile: string
  target: string | undefined
  args: Readonly<Record<string, string>>
  /** `context` is the one that a COPY without `--from` sees. */
  contexts: Readonly<Record<string, BuildContext>>
  labels: Readonly<Record<string, string>>
  ssh?: readonly string[]
  secrets?: readonly string[]
  platforms?: readonly string[]
  attest?: readonly string[]
}

const MAIN_CONTEXT = 'context'

/**
 * The build of a dependency image: its inputs are all that it gets. What is built on stand-ins says so itself: of a base
 * that is only copied from, it inherits no label. Pure.
 */
export function buildOf(
  name: string,
  { reference, digest }: { reference: string; digest: string },
  inputs: ImageInputs,
  { pins, standIns }: TakenBases,
  checkout?: Tree,
): ImageBuild {
  const contexts = Object.entries(inputs.spec.contexts).map(([context, root]): [string, BuildContext] => [
    context === CHECKOUT_CONTEXT ? MAIN_CONTEXT : context,
    {
      kind: 'files',
      tree: context === CHECKOUT_CONTEXT && checkout !== undefined ? checkout : folderTree(root),
      files: inputs.files.filter((file) => file.context === context),
    },
  ])
  const bases = [...pins].map(([base, pinned]): [string, BuildContext] => [base, { kind: 'image', reference: pinned }])
  return {
    name,
    reference,
    digest,
    inputs: listInputs(inputs),
    dockerfile: inputs.dockerfile,
    target: inputs.spec.target,
    args: inputs.spec.args,
    ...(inputs.spec.ssh && { ssh: inputs.spec.ssh }),
    ...(inputs.spec.secrets && { secrets: inputs.spec.secrets }),
    contexts: Object.fromEntries([...contexts, ...bases]),
    labels: standIns.length === 0 ? {} : { [LABELS.standIn]: standIns.join(' ') },
  }
}

/**
 * Builds what was hashed, all in one call of Buildx: the gathered files are laid out in a folder of their own, with
 * git's modes and dates of ours, so that neither a umask nor a forgotten file can make a difference.
 * @param then what to do with the builds, in order: the same layout serves all of them
 */
export async function withBuilds(
  builds: readonly ImageBuild[],
  settings: BuildSettings,
  then: (bake: (names: readonly string[], output: BuildOutput) => Promise<void>) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder('build', async (folder) => {
    const targets: { [name: string]: BakeTarget } = {}
    for (const build of builds) targets[build.name] = await layOut(build, join(folder, build.name), settings)
    const names = builds.map(({ name }) => name)
    const file = join(folder, 'bake.json')
    writeFileSync(file, renderBakeFile({ group: { default: { targets: names } }, target: targets }))
    await then((chosen, output) => {
      const made = builds.filter(({ name }) => chosen.includes(name))
      return runBake({ folder, file, builder: settings.builder }, made, output)
    })
  })
}

/** Builds one image into the engine's store. */
export const buildIntoEngine = (build: ImageBuild, settings: BuildSettings): Promise<void> =>
  withBuilds([build], settings, (bake) => bake([build.name], 'load'))

async function layOut(build: ImageBuild, folder: string, settings: BuildSettings): Promise<BakeTarget> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'Dockerfile'), build.dockerfile)
  // Else BuildKit takes a `.dockerignore` among the files for one of this build.
  writeFileSync(join(folder, 'Dockerfile.dockerignore'), '# devenv has chosen these files.\n')
  const places: { [name: string]: string } = {}
  for (const [name, context] of Object.entries(build.contexts)) {
    if (context.kind === 'image') places[name] = `docker-image://${context.reference}`
    if (context.kind === 'build') places[name] = `target:${context.name}`
    if (context.kind !== 'files') continue
    places[name] = join(folder, 'contexts', name)
    await stage(context, join(folder, 'contexts', name))
  }
  const { [MAIN_CONTEXT]: context = join(folder, 'contexts'), ...contexts } = places
  const { mirror } = settings
  return {
    context,
    contexts,
    dockerfile: join(folder, 'Dockerfile'),
    ...(build.target !== undefined && { target: build.target }),
    args: { ...build.args, ...settings.proxies },
    labels: {
      [LABELS.digest]: build.digest,
      [LABELS.inputs]: JSON.stringify(abridge(build.inputs)),
      ...(mirror !== undefined && { [LABELS.mirror]: mirror }),
      ...build.labels,
    },
    tags: [build.reference],
    secret: [
      ...(settings.caBundle === undefined ? [] : [`id=ca-bundle,src=${settings.caBundle}`]),
      ...(build.secrets ?? []),
    ],
    ...(build.ssh && { ssh: build.ssh }),
    ...(build.platforms && { platforms: build.platforms }),
    ...(build.attest && { attest: build.attest }),
  }
}

/** The first second that a zip archive can tell, for whoever packs in the image what was copied into it. */
const FIRST_DATE = 315_532_800

/**
 * The date that a file is given, in seconds: it follows from the content, so that the same gives the same layer. One
 * date for all would not do: BuildKit keeps what it was sent before, and takes a file of the same size and date for the
 * same file (https://github.com/tonistiigi/fsutil, `sameFile`): `django==5.2.1` for `django==5.2.0`. Pure.
 */
export function dateOf(content: Buffer): number {
  const hash = Buffer.from(sha256Of(content), 'hex')
  return FIRST_DATE + (hash.readUInt32BE(0) >>> 2) + (hash.readUInt16BE(4) % 1000) / 1000
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/')

async function stage(context: { tree: Tree; files: readonly StagedFile[] }, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const { path, mode, sha256 } of context.files) {
    const target = join(folder, path)
    const content = await context.tree.read(path)
    if (content === undefined || (sha256 !== undefined && sha256 !== sha256Of(content)))
      throw new DevenvError({ code: 'input-changed', file: path, tree: context.tree.name })
    if (sha256 !== undefined && content.subarray(0, LFS_POINTER.length).equals(LFS_POINTER))
      throw new DevenvError({
        code: 'input-unreadable',
        file: path,
        detail: 'It is a Git LFS pointer, not the file itself.',
      })
    mkdirSync(dirname(target), { recursive: true })
    if (mode === '120000') {
      symlinkSync(content.toString(), target)
      lutimesSync(target, FIRST_DATE, FIRST_DATE)
      continue
    }
    writeFileSync(target, content)
    chmodSync(target, mode === '100755' ? 0o755 : 0o644)
    utimesSync(target, dateOf(content), dateOf(content))
  }
  const folders = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((below) => below.isDirectory())
    .map((below) => join(below.parentPath, below.name))
  for (const each of [...folders, folder]) {
    chmodSync(each, 0o755)
    utimesSync(each, FIRST_DATE, FIRST_DATE)
  }
}
