import { readFileSync, type Stats, statSync } from 'node:fs'

/**
 * The text of a file that a person has named, or whose name in a checkout has a meaning. What is no file there is
 * refused: of a folder the system's words name no path, and a pipe may never end.
 * @throws as `readFileSync`, always with the path; EFTYPE for what is no file
 */
export function readTextFile(file: string): string {
  const status = statSync(file)
  if (status.isFile()) return readFileSync(file, 'utf8')
  throw Object.assign(new Error(`It is ${kindOf(status)}, not a file.`), {
    code: 'EFTYPE',
    errno: -79,
    syscall: 'read',
    path: file,
  })
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return 'a folder'
  if (status.isFIFO()) return 'a pipe'
  return status.isSocket() ? 'a socket' : 'a device'
}
