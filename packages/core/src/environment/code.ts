import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * Where the code comes from that an environment runs: mounted from its checkout, or a snapshot's image. Of that, `reference` is what it
 * is called in registries, `digest` what it was made of, `dependencies` the digest of the image below the code, `directory` where the code
 * lies in it; `read`: which files of it devenv reads, and so are on this disk.
 */
export type Code = { from: 'checkout' } | SnapshotCode
export type SnapshotCode = {
  from: 'image'
  /** The folder of the environment package. */
  package: string
  release: string
  reference: string
  digest: string
  dependencies: string
  directory: string
  read: readonly string[]
}

/** Where the environments of snapshots lie, in what devenv keeps for the checkout that asked for them. */
export const SNAPSHOTS = 'snapshots'
/** Written last: before that, the folder is nobody's. */
export const SNAPSHOT_FILE = 'snapshot.json'

/** Whether a folder is that of a snapshot, by its place. Pure. */
export const isSnapshotPlace = (folder: string): boolean =>
  basename(dirname(folder)) === SNAPSHOTS && basename(dirname(dirname(folder))) === 'devenv'

/** Of a folder that is not a finished one of a snapshot: a checkout. */
export function readCode(folder: string): Code {
  if (!isSnapshotPlace(folder)) return { from: 'checkout' }
  try {
    const value = JSON.parse(readFileSync(join(folder, SNAPSHOT_FILE), 'utf8'))
    return isCode(value) ? value : { from: 'checkout' }
  } catch {
    return { from: 'checkout' }
  }
}

const TEXTS = ['package', 'release', 'reference', 'digest', 'dependencies', 'directory'] as const

const isCode = (value: Partial<SnapshotCode> | null): value is SnapshotCode =>
  value?.from === 'image' && TEXTS.every((name) => typeof value[name] === 'string') && Array.isArray(value.read)
