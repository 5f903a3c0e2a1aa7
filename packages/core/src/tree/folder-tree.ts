import { createHash } from 'node:crypto'
import { type Dirent, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Tree, TreeEntry } from './tree.js'

/** The files of a folder as they are now, those that git ignores or does not know included. */
export function folderTree(root: string): Tree {
  const read = (path: string): Buffer => {
    const file = join(root, path)
    return lstatSync(file).isSymbolicLink() ? Buffer.from(readlinkSync(file)) : readFileSync(file)
  }
  return {
    name: root,
    entries: async (folder) => unlessMissing(() => entriesOf(join(root, folder))),
    read: async (path) => unlessMissing(() => read(path)),
    sha256: async (path) => createHash('sha256').update(read(path)).digest('hex'),
  }
}

const entriesOf = (folder: string): TreeEntry[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const kind = kindOf(folder, entry)
    return kind === undefined ? [] : [{ name: entry.name, kind }]
  })

/**
 * Sockets, pipes and devices are nothing that git or an image could hold. Nor is what has gone since the folder was
 * listed, or has a name that Node cannot give back: that one entry, and not the folder with it.
 */
function kindOf(folder: string, entry: Dirent): TreeEntry['kind'] | undefined {
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return 'link'
  if (!entry.isFile()) return undefined
  const status = lstatSync(join(folder, entry.name), { throwIfNoEntry: false })
  if (status === undefined) return undefined
  return status.mode & 0o100 ? 'executable' : 'file'
}

function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
