import { type BigIntStats, statSync } from 'node:fs'
import type { Environment } from '../environment.js'
import type { Library } from '../project/libraries.js'

/**
 * Which folders the containers of an environment are to have mounted, its checkout and its libraries, as one text; `''` for one without a
 * checkout. Another text once a folder was put in the place of one, also where the file system gives it the same number: a container
 * goes on with the folder that it was made with.
 */
export const readMounted = ({ checkout, code }: Environment, libraries: readonly Library[]): string =>
  code.from === 'image'
    ? ''
    : [checkout, ...libraries.map((library) => library.checkout)]
        .map(seen)
        .map((found) => (found === undefined ? 'none' : `${found.ino}:${found.birthtimeNs}`))
        .join(' ')

/** `undefined` for what may not be looked at, as for what is gone. */
function seen(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return undefined
  }
}

/** `device:inode`: the same folder by whatever path, and after it was moved; `''` where there is none. */
export function folderIdentity(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? '' : `${found.dev}:${found.ino}`
}
