/**
 * What stands in a folder of a tree. Of a file's metadata only the executable bit counts, as for git. A submodule's files
 * are in another repository; what is `unnamed` has a name that is no UTF-8. Neither can be read.
 */
export type TreeEntry = { name: string; kind: 'folder' | 'file' | 'executable' | 'link' | 'submodule' | 'unnamed' }

/** Files, wherever they are kept: a folder on disk, or a commit that nobody has checked out. Paths with `/`. */
export type Tree = {
  /** For people: a path, or the commit. */
  name: string
  /** What is in a folder (`''` is the top), or `undefined` where there is none. */
  entries(folder: string): Promise<readonly TreeEntry[] | undefined>
  /** A file's content, or a link's target; `undefined` where there is neither. */
  read(path: string): Promise<Buffer | undefined>
  /** The SHA-256 of what `read` gives. */
  sha256(path: string): Promise<string>
}

/** Whether there is a file or a folder of that name. */
export async function holds(tree: Tree, path: string): Promise<boolean> {
  const plain = path.replace(/^(\.\/)+|\/+$/g, '')
  const cut = plain.lastIndexOf('/')
  const entries = await tree.entries(cut < 0 ? '' : plain.slice(0, cut))
  return entries?.some(({ name }) => name === plain.slice(cut + 1)) ?? false
}
