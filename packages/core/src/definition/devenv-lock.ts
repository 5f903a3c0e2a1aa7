import { join } from 'node:path'
import { isCommit } from '../git/upstream.js'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import type { EnvironmentPackage } from './definition.js'

/** A release of the service: its ref as the package declares it, and the commit that the ref named; of several parts, all as one text. */
export type LockedRelease = { ref: string; commit: string }

/** What `devenv lock` writes: what upstream names meant when it was last looked at. */
export type Lock = {
  /** Official images by full name (`docker.io/library/mysql:8.4.9`), to `sha256:…` of their manifest or index. */
  images: Readonly<Record<string, string>>
  releases: Readonly<Record<string, LockedRelease>>
}

export const LOCK_FILE = 'devenv-lock.json'
const NOTHING: Lock = { images: {}, releases: {} }

/**
 * A package's lock; one that has none locks nothing.
 * @throws DevenvError `lock-unreadable`
 */
export function readLock({ directory }: Pick<EnvironmentPackage, 'directory'>): Lock {
  const file = join(directory, LOCK_FILE)
  let text: string
  try {
    text = readTextFile(file)
  } catch (error) {
    const { code, message: detail } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return NOTHING
    throw new DevenvError({ code: 'lock-unreadable', file, detail })
  }
  return parseLock(file, text)
}

/** Pure. @throws DevenvError `lock-unreadable` */
export function parseLock(file: string, text: string): Lock {
  const unreadable = (detail: string) => new DevenvError({ code: 'lock-unreadable', file, detail })
  let value: Partial<Lock>
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw unreadable((error as Error).message)
  }
  if (!isObject(value)) throw unreadable('it is not a JSON object')
  const { images = {}, releases = {} } = value
  for (const [name, part] of Object.entries({ images, releases }))
    if (!isObject(part)) throw unreadable(`${name} is not a JSON object`)
  for (const [name, digest] of Object.entries(images))
    if (!/^sha256:[0-9a-f]{64}$/.test(String(digest))) throw unreadable(`${name} has no digest: ${digest}`)
  for (const [name, release] of Object.entries(releases))
    if (!isCommit(String(release?.commit)) || typeof release.ref !== 'string')
      throw unreadable(`${name} has no ref and commit`)
  return { images, releases }
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** In one order, so that a refresh changes only the lines that changed. Pure. */
export function renderLock({ images, releases }: Lock): string {
  const sorted = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ images: sorted(images), releases: sorted(releases) }, null, 2)}\n`
}
