import { type Dirent, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sha256Of } from '../hash/sha256.js'
import { asProblems } from '../problem/file-problem.js'
import { DevenvError } from '../problem/problem.js'
import type { Tree, TreeEntry } from './tree.js'

/**
 * The files of a folder as they are now, those that git ignores or does not know included.
 * @param seeing told of each folder, and of each path in it, before it is looked at
 * @throws (from all that it does) DevenvError `file-unusable`; from `sha256` `input-changed` for what is not there
 */
export function folderTree(root: string, seeing: (path: string) => void = () => {}): Tree {
  return {
    name: root,
    entries: async (folder) => unlessMissing(resolve(root, folder), (path) => entriesOf(path, seeing)),
    read: async (path) => unlessMissing(join(root, path), readOne),
    async sha256(path) {
      const content = unlessMissing(join(root, path), readOne)
      if (content === undefined) throw new DevenvError({ code: 'input-changed', file: path, tree: root })
      return sha256Of(content)
    },
  }
}

function readOne(file: string): Buffer | undefined {
  const status = lstatSync(file)
  if (status.isSymbolicLink()) return Buffer.from(readlinkSync(file))
  return status.isFile() ? readFileSync(file) : undefined
}

function entriesOf(folder: string, seeing: (path: string) => void): TreeEntry[] {
  seeing(folder)
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    seeing(join(folder, entry.name))
    const kind = kindOf(folder, entry)
    return kind === undefined ? [] : [{ name: entry.name, kind }]
  })
}

/**
 * Sockets, pipes and devices are nothing that git or an image could hold. Nor is what has gone since the folder was
 * listed. A name that Node cannot give back leads nowhere.
 */
function kindOf(folder: string, entry: Dirent): TreeEntry['kind'] | undefined {
  if (entry.name.includes('\uFFFD') && !existsSync(join(folder, entry.name))) return 'unnamed'
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return 'link'
  if (!entry.isFile()) return undefined
  const status = lstatSync(join(folder, entry.name), { throwIfNoEntry: false })
  if (status === undefined) return undefined
  return status.mode & 0o100 ? 'executable' : 'file'
}

function unlessMissing<T>(path: string, look: (path: string) => T): T | undefined {
  try {
    return look(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code ?? '')) return undefined
    throw asProblems(error)
  }
}
