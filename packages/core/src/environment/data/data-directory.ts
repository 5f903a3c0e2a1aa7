import { chownSync, existsSync, lstatSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DevenvError } from '../../problem/problem.js'
import type { Environment } from '../environment.js'

const README = `devenv keeps here everything that it creates for this checkout: databases (stores/), logs, the history of shells, and its record.
\`make dev.clean\` removes it, and nothing else.
`

/**
 * Makes the folders that containers will mount: the engine would make missing ones, as root. They belong to
 * the owner of the checkout, also when root asks.
 * @throws DevenvError `data-unusable`
 */
export function createDataDirectory({ paths, checkout }: Environment): void {
  // Ours is what we created: a link here would let `clean` reach what it points at.
  if (isLink(paths.home))
    throw new DevenvError({ code: 'data-unusable', path: paths.home, detail: 'it is a symbolic link' })
  try {
    for (const folder of [paths.dataDirectory, paths.home, paths.stores, paths.logs, paths.history])
      makeFolder(folder, checkout)
    for (const [name, text] of Object.entries({ README, '.gitignore': '*\n' })) {
      if (!existsSync(join(paths.home, name))) writeOwned(join(paths.home, name), text)
    }
  } catch (error) {
    throw new DevenvError({ code: 'data-unusable', path: paths.home, detail: (error as Error).message })
  }
}

/** A password in a URL, such as that of a proxy. */
const PASSWORD = /:\/\/[^\s/@"]*:[^\s/@"]*@/

/** Writes in one step, as the owner of the folder around it; who else may read it, a password decides. */
export function writeOwned(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode: PASSWORD.test(text) ? 0o600 : 0o666 })
  own(temporary, statSync(dirname(file)))
  renameSync(temporary, file)
}

/** Makes a folder, and those above it, for the owner of the checkout. */
export function makeFolder(folder: string, checkout: string): void {
  const owner = statSync(checkout)
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  for (let at = folder; at.length >= first.length; at = dirname(at)) own(at, owner)
}

function own(path: string, { uid, gid }: { uid: number; gid: number }): void {
  if (process.getuid?.() === 0) chownSync(path, uid, gid)
}

/** Whether a path is a symbolic link. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  } catch {
    return false // a file stands where its folder should be
  }
}
