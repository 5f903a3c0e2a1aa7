import { randomUUID } from 'node:crypto'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DevenvError } from '../problem/problem.js'
import type { Environment, Paths } from './identity.js'

/** Everything that we ever create below `home`, by path. What is not here is somebody else's. */
const OURS = [
  /^README$/,
  /^probe$/,
  /^start\.(lock|pid(\.\d+\.tmp)?)$/,
  /^\.gitignore$/,
  /^devenv-[a-z0-9_-]+-[0-9a-f]{8}(\.compose)?\.json(\.\d+\.tmp)?$/,
  /^logs\/[^/]+\.log(\.\d+)?$/,
  /^stores\/[^/]+\/(data|store\.json(\.\d+\.tmp)?)$/,
]

const README = `devenv keeps here everything that it creates for this checkout: databases (stores/), logs, and its record.
\`make dev.clean\` removes it, and nothing else.
`

/**
 * Makes the folders that containers will mount: the engine would make missing ones, as root. They belong to
 * the owner of the checkout, also when root asks.
 * @throws DevenvError `data-unusable`
 */
export function createDataDirectory({ paths, checkout }: Environment): void {
  const owner = statSync(checkout)
  // Ours is what we created: a link here would let `clean` reach what it points at.
  if (isLink(paths.home))
    throw new DevenvError({ code: 'data-unusable', path: paths.home, detail: 'it is a symbolic link' })
  try {
    for (const folder of [paths.dataDirectory, paths.home, paths.stores, paths.logs]) makeFolder(folder, owner)
    for (const [name, text] of Object.entries({ README, '.gitignore': '*\n' })) {
      if (!existsSync(join(paths.home, name))) writeOwned(join(paths.home, name), text)
    }
  } catch (error) {
    throw new DevenvError({ code: 'data-unusable', path: paths.home, detail: (error as Error).message })
  }
}

/** Writes in one step, as the owner of the folder around it. */
export function writeOwned(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, text)
  own(temporary, statSync(dirname(file)))
  renameSync(temporary, file)
}

type Owner = { uid: number; gid: number }

function makeFolder(folder: string, owner: Owner): void {
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  for (let at = folder; at.length >= first.length; at = dirname(at)) own(at, owner)
}

function own(path: string, { uid, gid }: Owner): void {
  if (process.getuid?.() === 0) chownSync(path, uid, gid)
}

/** Who wrote a store: the server that really ran, and the part of its version that its data belongs to. */
export type StoreRecord = { server: string; version: string; id: string }

/** A store is a folder of its own; the record stands beside the data, not in it. */
export const storeFolder = (paths: Paths, store: string): string => join(paths.stores, store)
export const storeData = (paths: Paths, store: string): string => join(storeFolder(paths, store), 'data')

/**
 * Makes sure that a store is there and was written by the same server.
 * @throws DevenvError `store-foreign` when another one wrote it
 */
export function openStore(
  { paths, checkout }: Environment,
  store: string,
  wants: { server: string; version: string },
): StoreRecord {
  const owner = statSync(checkout)
  makeFolder(storeData(paths, store), owner)
  const file = join(storeFolder(paths, store), 'store.json')
  const found = existsSync(file) ? readStoreRecord(file) : undefined
  if (found !== undefined) {
    if (found.server === wants.server && found.version === wants.version) return found
    throw new DevenvError({
      code: 'store-foreign',
      store: storeFolder(paths, store),
      wrote: `${found.server} ${found.version}`,
      wants: `${wants.server} ${wants.version}`,
    })
  }
  const record = { ...wants, id: randomUUID() }
  writeOwned(file, `${JSON.stringify(record, null, 2)}\n`)
  return record
}

function readStoreRecord(file: string): StoreRecord {
  const unknown = { server: 'an unknown server', version: `(${file} does not name it)`, id: '' }
  try {
    const { server, version, id } = JSON.parse(readFileSync(file, 'utf8'))
    return server && version && id ? { server, version, id } : unknown
  } catch {
    return unknown
  }
}

/** What `clean` may remove, what it leaves, and the folders that go if nothing is left in them, innermost first. */
export type Removal = { remove: string[]; leave: string[]; folders: string[] }

/** Names below `home` that we create, none of them a link; the rest is left. Looks, and changes nothing. */
export function planRemoval(paths: Paths): Removal {
  if (isLink(paths.home)) return { remove: [], leave: [paths.home], folders: [] }
  const removal: Removal = { remove: [], leave: [], folders: [] }
  const look = (folder: string) => {
    for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
      const path = join(folder, name)
      const known = path.slice(paths.home.length + 1)
      if (isLink(path)) removal.leave.push(path)
      else if (OURS.some((pattern) => pattern.test(known))) removal.remove.push(path)
      else if (/^(logs|stores(\/[^/]+)?)$/.test(known) && lstatSync(path).isDirectory()) look(path)
      else removal.leave.push(path)
    }
    removal.folders.push(folder)
  }
  look(paths.home)
  return removal
}

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

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  } catch {
    return false // a file stands where its folder should be
  }
}
