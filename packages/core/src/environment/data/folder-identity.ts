import { statSync } from 'node:fs'

/** `device:inode`: the same folder by whatever path, and after it was moved; `''` where there is none. */
export function folderIdentity(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? '' : `${found.dev}:${found.ino}`
}
