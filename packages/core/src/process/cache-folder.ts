import { existsSync, mkdirSync } from 'node:fs'
import os from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { DevenvError } from '../problem/problem.js'

/**
 * A folder of this person's for what can be had again (https://specifications.freedesktop.org/basedir-spec: a relative path counts as none).
 * @throws DevenvError `folder-unusable` where the person has no home
 */
export function cacheFolder(...names: readonly string[]): string {
  const { XDG_CACHE_HOME: named = '' } = process.env
  return join(isAbsolute(named) ? named : join(readHome(), '.cache'), 'devenv', ...names)
}

function readHome(): string {
  try {
    return os.homedir()
  } catch {
    const detail = 'HOME is not set, and this machine does not know its user.'
    throw new DevenvError({ code: 'folder-unusable', folder: '~/.cache', variable: 'XDG_CACHE_HOME', detail })
  }
}

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
