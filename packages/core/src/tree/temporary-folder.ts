import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DevenvError } from '../problem/problem.js'

/** A folder for what is needed for a moment. It goes with `remove`, and with this process, however that ends but by SIGKILL. */
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

function make(name: string): string {
  try {
    return realpathSync(mkdtempSync(join(tmpdir(), `devenv-${name}-`)))
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
