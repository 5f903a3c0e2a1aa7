import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
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
import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DevenvError } from '../../problem/problem.js'
import { isAbandoned, PROCESS_MARK, processMark } from '../../process/process-mark.js'
import type { Environment, Paths } from '../environment.js'

const README = `devenv keeps here everything that it creates for this checkout: databases (stores/), logs, the history of shells, what can be made again (cache/), and its record.
\`make dev.clean\` removes it, and nothing else.
`

/**
 * Makes the folders that containers will mount: the engine would make missing ones, as root. They belong to
 * the owner of the checkout, also when root asks.
 * @throws DevenvError `data-unusable`
 */
export function createDataDirectory({ paths, checkout }: Environment): void {
  try {
    makeFolder(paths.dataDirectory, checkout)
    for (const folder of ownFolders(paths)) makeOwnFolder(folder, checkout)
    openMask(paths.stores)
    for (const [name, text] of Object.entries({ README, '.gitignore': '*\n' })) {
      if (!isThere(join(paths.home, name))) writeOwned(join(paths.home, name), text)
    }
  } catch (error) {
    throw asUnusable(paths.home, error)
  }
}

const ownFolders = ({ home, stores, logs, history, cache }: Paths): string[] => [home, stores, logs, history, cache]

/** Refuses what `createDataDirectory` would, as far as that can be seen without making anything. @throws DevenvError `data-unusable` */
export async function requireUsablePlace(environment: Environment): Promise<void> {
  const { paths } = environment
  await requireOwnPlace(environment)
  ownFolders(paths).forEach(requireOwnFolder)
  try {
    const nearest = nearestThere(paths.home)
    if (!statSync(nearest).isDirectory()) throw new Error(`${nearest} is not a folder`)
    accessSync(nearest, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw asUnusable(paths.home, error)
  }
}

const nearestThere = (path: string): string => (isThere(path) ? path : nearestThere(dirname(path)))

/**
 * Inside, a mask lies over the stores. Some versions of runc give it the mode of the folder below it, whatever the engine asks for
 * (seen with 1.1.5), and after `umask 077` nobody but root could enter it.
 */
function openMask(stores: string): void {
  const { mode } = statSync(stores)
  try {
    if ((mode & 0o055) !== 0o055) chmodSync(stores, (mode & 0o7777) | 0o055)
  } catch (error) {
    // Of another user, with whom somebody shares the data.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}

/**
 * Refuses a `.dev` that the repository has brought along as a link out of the checkout: it would choose where we write, and what
 * `clean` removes. One that a person has made is theirs.
 * @throws DevenvError `data-unusable`
 */
export async function requireOwnPlace({ paths: { dataDirectory }, checkout }: Environment): Promise<void> {
  if (dataDirectory !== join(checkout, '.dev') || !lookAt(dataDirectory)?.isSymbolicLink()) return
  const { isTracked } = await import('../../git/git-repository.js')
  const target = await realpath(dataDirectory).catch(() => undefined)
  if (target?.startsWith(`${checkout}/`) || !(await isTracked(checkout, '.dev'))) return
  const detail = 'it is a link out of the checkout, and git tracks it: the repository must not choose where data goes'
  throw new DevenvError({ code: 'data-unusable', path: dataDirectory, detail })
}

/**
 * Refuses anything but a folder where one of ours is, or will be. A link could lead anywhere, and git can hold one: `clean` would
 * empty, and a container would fill, what it points at.
 * @throws DevenvError `data-unusable`
 */
export function requireOwnFolder(path: string): void {
  const found = lookAt(path)
  if (found === undefined || found.isDirectory()) return
  const detail = found.isSymbolicLink() ? 'it is a link, and devenv follows none' : 'it is not a folder'
  throw new DevenvError({ code: 'data-unusable', path, detail })
}

/** Whether a folder is there, itself: no link to one. */
export const isOwnFolder = (path: string): boolean => lookAt(path)?.isDirectory() === true

/** What is told where a folder of ours cannot be made or written to. A full disk has words of its own. */
export const asUnusable = (path: string, error: unknown): unknown =>
  error instanceof DevenvError || isFull(error)
    ? error
    : new DevenvError({ code: 'data-unusable', path, detail: (error as Error).message })

/** Whether an error says that a disk, or somebody's share of it, is full. */
export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')

/** Whether anything is there, also a link that leads nowhere. */
export const isThere = (path: string): boolean => lookAt(path) !== undefined

/** Follows no link. */
function lookAt(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}

/** The text of a file that can be made again; `undefined` where there is none that can be read. */
export function readOwned(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** A password in a URL, such as that of a proxy. */
const PASSWORD = /:\/\/[^\s/@"]*:[^\s/@"]*@/

/** What stands beside a file while it is written. */
const TEMPORARY = new RegExp(`\\.${PROCESS_MARK.source}\\.tmp$`)

/** Whether a name is that of a file which a writer that was killed has not finished. */
export const isUnfinished = (name: string): boolean => TEMPORARY.test(name) && isAbandoned(name)

/**
 * Writes in one step, as the owner of the folder around it. A link in the place of the file is replaced, and never written
 * through; who else may read it, a password decides. What writers that were killed have left there goes.
 */
export function writeOwned(file: string, text: string): void {
  for (const left of readdirSync(dirname(file)).filter(isUnfinished)) rmSync(join(dirname(file), left), { force: true })
  const temporary = `${file}.${processMark()}.tmp`
  try {
    rmSync(temporary, { force: true })
    writeFileSync(temporary, text, { flag: 'wx', mode: PASSWORD.test(text) ? 0o600 : 0o666 })
    own(temporary, statSync(dirname(file)))
    replace(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw Object.assign(error as Error, { path: file })
  }
}

function replace(temporary: string, file: string): void {
  try {
    renameSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error
    // Somebody who mounted a file that was not there: engines make an empty folder of it.
    rmdirSync(file)
    renameSync(temporary, file)
  }
}

/** Makes a folder that is ours, for the owner of the checkout. @throws DevenvError `data-unusable` */
export function makeOwnFolder(folder: string, checkout: string): void {
  requireOwnFolder(folder)
  makeFolder(folder, checkout)
}

/**
 * Makes a folder, and those above it, for the owner of the checkout. Node's own `recursive` never ends where a folder is there and
 * nothing can be made in it, as in /proc (seen with 20.20).
 */
function makeFolder(folder: string, checkout: string): void {
  const isFolder = () => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
  if (isFolder()) return
  if (!isThere(dirname(folder))) makeFolder(dirname(folder), checkout)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another start, at the same moment.
    if (isFolder()) return
    throw error
  }
  own(folder, statSync(checkout))
}

/** Gives all that is in a folder of ours, and the folder, to the owner of the checkout. */
export function ownAll(folder: string, checkout: string): void {
  const owner = statSync(checkout)
  for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) own(join(folder, path), owner)
}

function own(path: string, { uid, gid }: { uid: number; gid: number }): void {
  if (process.getuid?.() === 0) chownSync(path, uid, gid)
}
