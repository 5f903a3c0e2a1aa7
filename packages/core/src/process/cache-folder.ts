import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { DevenvError } from '../problem/problem.js'

/** A folder of this person's for what can be had again (https://specifications.freedesktop.org/basedir-spec). */
export const cacheFolder = (...names: readonly string[]): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'devenv', ...names)

/** The same, made if it is not there. @throws DevenvError `folder-unusable` */
export function makeCacheFolder(...names: readonly string[]): string {
  const folder = cacheFolder(...names)
  try {
    makeFolders(folder)
    return folder
  } catch (error) {
    const { message: detail } = error as Error
    throw new DevenvError({ code: 'folder-unusable', folder, variable: 'XDG_CACHE_HOME', detail })
  }
}

/** With those above it, one by one: Node's own `recursive` never ends where a folder is there and nothing can be made in it, as in /proc (seen with 20.20). */
export function makeFolders(folder: string): void {
  if (existsSync(folder)) return
  makeFolders(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another devenv, at the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
