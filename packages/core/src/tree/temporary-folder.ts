import { lstatSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DevenvError } from '../problem/problem.js'
import { listAbandoned, PROCESS_MARK, processMark } from '../process/process-mark.js'

/**
 * A folder for what is needed for a moment. It goes with `remove`, and with this process; if that ends by SIGKILL, with the next
 * folder that is made.
 */
export type TemporaryFolder = { path: string; remove(): void }

/**
 * @param name what it is for, as part of its own name
 * @throws DevenvError `folder-unusable`
 */
export function makeTemporaryFolder(name: string): TemporaryFolder {
  const path = make(name)
  const remove = () => {
    rmSync(path, { recursive: true, force: true })
    process.off('exit', remove)
  }
  process.once('exit', remove)
  return { path, remove }
}

const FORM = new RegExp(`^devenv-[a-z]+-${PROCESS_MARK.source}-`)

/** Everybody may make folders here; what is below another user's can be changed under us. */
function removeOwn(folder: string): void {
  try {
    if (lstatSync(folder).uid === process.getuid?.()) rmSync(folder, { recursive: true, force: true })
  } catch {
    // Somebody else removes it, or it cannot be removed: it is in nobody's way.
  }
}

function make(name: string): string {
  try {
    for (const left of listAbandoned(tmpdir(), FORM)) removeOwn(left)
    return realpathSync(mkdtempSync(join(tmpdir(), `devenv-${name}-${processMark()}-`)))
  } catch (error) {
    const { message: detail } = error as Error
    throw new DevenvError({ code: 'folder-unusable', folder: tmpdir(), variable: 'TMPDIR', detail })
  }
}

/** The same for one piece of work. */
export async function withTemporaryFolder<T>(name: string, work: (path: string) => Promise<T>): Promise<T> {
  const folder = makeTemporaryFolder(name)
  try {
    return await work(folder.path)
  } finally {
    folder.remove()
  }
}
