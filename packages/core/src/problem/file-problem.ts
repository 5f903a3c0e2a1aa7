import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { DevenvError, type Problem } from './problem.js'

/** What a failed call of the system is to a person; `undefined` for any other error. */
export function fileProblem(error: unknown): Problem | undefined {
  const { code, errno, path, syscall = '', message } = (error ?? {}) as NodeJS.ErrnoException
  if (typeof code !== 'string' || typeof errno !== 'number') return undefined
  const doing = syscall.split(' ')[0] ?? ''
  return { code: 'file-unusable', path: placeOf(path, code), doing, errno: code, detail: message }
}

/** An error as problems, where it is one that a person can mend; else as it is. */
export function asProblems(error: unknown): unknown {
  const problem = fileProblem(error)
  return problem === undefined ? error : new DevenvError(problem)
}

/** The file that a person can move. Where a file stands for a folder (ENOTDIR), what would be below it is nowhere. */
function placeOf(path: string | undefined, errno: string): string | undefined {
  if (path === undefined || errno !== 'ENOTDIR') return path
  const above = dirname(path)
  try {
    lstatSync(above)
    return above
  } catch {
    return above === path ? path : placeOf(above, errno)
  }
}
