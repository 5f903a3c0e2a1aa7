import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CORE_DIRECTORY } from '../definition/core-directory.js'
import { primaryOf } from '../definition/definition.js'
import { LABELS } from '../engine/labels.js'
import { sha256Of } from '../hash/sha256.js'
import type { Report } from '../progress/progress.js'
import type { ImageBuild } from './build-images.js'
import type { ServiceImage } from './image-source.js'
import type { WantedImage } from './plan-image.js'
import { listFiles } from './read-image-inputs.js'

/** Where the code lies in it, and at which commit it is. */
export type Snapshot = WantedImage & { dockerfile: string; codeDirectory: string; commit: string }

export const SNAPSHOT_SUFFIX = '-snapshot'
/** The label of its commit: https://github.com/opencontainers/image-spec/blob/main/annotations.md */
export const REVISION = 'org.opencontainers.image.revision'

/** The thin image on top of a dependency image: its inputs are that image's digest and the commit. */
export function describeSnapshot({ definition }: ServiceImage, dev: WantedImage, commit: string): Snapshot {
  const dockerfile = readFileSync(join(CORE_DIRECTORY, 'snapshot', 'Dockerfile'), 'utf8')
  const codeDirectory = primaryOf(definition).working_dir ?? '/'
  const inputs = {
    dependencies: dev.digest,
    source: commit,
    'argument CODE_DIRECTORY': codeDirectory,
    Dockerfile: sha256Of(dockerfile),
  }
  return {
    name: `${dev.name}${SNAPSHOT_SUFFIX}`,
    digest: sha256Of(JSON.stringify(inputs)),
    inputs,
    dockerfile,
    codeDirectory,
    commit,
  }
}

const isMark = ({ recognisedBy }: ServiceImage['definition'], path: string): boolean =>
  recognisedBy.some((mark) => path === (typeof mark === 'string' ? mark : mark.file))

/**
 * What a commit names and does not hold is left out, and told.
 * @param dev the dependency image: one that a registry has, by its reference, or one of the same builds, by its name */
export async function snapshotBuild(
  name: string,
  reference: string,
  snapshot: Snapshot,
  { definition, tree }: ServiceImage,
  dev: { kind: 'image'; reference: string } | { kind: 'build'; name: string },
  report: Report,
): Promise<ImageBuild> {
  const { files: all, left } = await listFiles(tree)
  // Of several parts, the image below holds what was made of them; what is added says which service it is.
  const files = definition.parts === undefined ? all : all.filter(({ path }) => isMark(definition, path))
  for (const { path, why } of left) report({ kind: 'note', text: `${reference} does not contain ${path}: ${why}` })
  if (/\bfilter=lfs\b/.test(String(await tree.read('.gitattributes'))))
    report({ kind: 'note', text: `${reference} contains Git LFS pointers instead of the files` })
  return {
    name,
    reference,
    digest: snapshot.digest,
    inputs: snapshot.inputs,
    dockerfile: snapshot.dockerfile,
    target: undefined,
    args: { CODE_DIRECTORY: snapshot.codeDirectory },
    contexts: { context: { kind: 'files', tree, files }, dev },
    labels: {
      [LABELS.dependencies]: snapshot.inputs.dependencies ?? '',
      [REVISION]: snapshot.commit,
      ...(definition.repository !== undefined && { 'org.opencontainers.image.source': definition.repository }),
    },
  }
}
