import { randomBytes } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Paths } from '../environment.js'
import { isOwnFolder, isThere } from './data-directory.js'
import { storeFolder } from './ledger.js'

/** Every file that we ever create below `home`, by path, and every folder beside those that hold them. All else is somebody else's. */
const FILES = [
  /^(README|\.gitignore)(\.[\da-f-]+\.tmp)?$/,
  /^probe$/,
  /^start\.[0-9a-f]{8}\.lock(\.[\da-f-]+\.tmp)?$/,
  /^devenv-[a-z0-9_-]+-[0-9a-f]{8}(\.compose)?\.json(\.[\da-f-]+\.tmp)?$/,
  /^logs\/[^/]+\.log(\.\d+)?$/,
  /^history\/[^/]+$/,
  /^cache\/test-databases\/[^/]+$/,
  /^cache\/installed\.json(\.[\da-f-]+\.tmp)?$/,
  /^stores\/restoring(\.[\da-f-]+\.tmp)?$/,
  /^stores\/[^/]+\/ledger(\.aside)?\.json(\.[\da-f-]+\.tmp)?$/,
]
const DATA = /^stores\/[^/]+\/data(\.[0-9a-f]{8}\.removed|\.aside)?$/

/** What `clean` may remove, what it leaves, and the folders that go if nothing is left in them, innermost first. */
export type Removal = { remove: string[]; leave: string[]; folders: string[] }

/** Names below `home` that we create, none of them a link; the rest is left. Looks, and changes nothing. */
export function readRemoval(paths: Paths): Removal {
  if (isThere(paths.home) && !isOwnFolder(paths.home)) return { remove: [], leave: [paths.home], folders: [] }
  const removal: Removal = { remove: [], leave: [], folders: [] }
  const look = (folder: string) => {
    for (const name of isThere(folder) ? readdirSync(folder).sort() : []) {
      const path = join(folder, name)
      // What a person kept stays until that person deletes it.
      // The environments of snapshots are removed as environments are.
      if (path === paths.saves || (path === paths.snapshots && isOwnFolder(path))) continue
      const known = path.slice(paths.home.length + 1)
      const found = lstatSync(path)
      const isOurs = found.isDirectory() ? DATA.test(known) : FILES.some((pattern) => pattern.test(known))
      if (found.isSymbolicLink()) removal.leave.push(path)
      else if (isOurs) removal.remove.push(path)
      else if (/^(logs|history|cache(\/test-databases)?|stores(\/[^/]+)?)$/.test(known) && found.isDirectory())
        look(path)
      else removal.leave.push(path)
    }
    removal.folders.push(folder)
  }
  look(paths.home)
  return removal
}

/**
 * Takes the data of a store out of use in one step, so that nobody ever finds half of them: a store without data is a new
 * one. Gives the path by which they can be removed.
 */
export function retire(path: string): string {
  if (basename(path) !== 'data' || !existsSync(path)) return path
  const retired = `${path}.${randomBytes(4).toString('hex')}.removed`
  try {
    renameSync(path, retired)
    return retired
  } catch {
    return path // whoever removes it says why that cannot be
  }
}

/** The data of a store that were taken out of use, also by a clean that was killed. */
export const listRetired = (paths: Paths, store: string): string[] =>
  readdirSync(storeFolder(paths, store))
    .filter((name) => /^data\.[0-9a-f]{8}\.removed$/.test(name))
    .map((name) => join(storeFolder(paths, store), name))

/** Removes files; gives what could not be removed because it is another user's. Follows no link. */
export function removeOwned(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    try {
      rmSync(path, { recursive: true, force: true })
      return false
    } catch (error) {
      if (['EACCES', 'EPERM', 'ENOTEMPTY', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) return true
      throw error
    }
  })
}

/** Removes a folder if nothing is in it. */
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Not empty, or not there: both are fine.
  }
}
