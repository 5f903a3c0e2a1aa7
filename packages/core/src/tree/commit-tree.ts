import { isUtf8 } from 'node:buffer'
import type { ObjectReader } from '../git/object-reader.js'
import { sha256Of } from '../hash/sha256.js'
import { DevenvError } from '../problem/problem.js'
import type { Tree, TreeEntry } from './tree.js'

/** What commits of one repository share: most of their files are the same. */
export type CommitReader = { objects: ObjectReader; hashes: Map<string, Promise<string>> }

type Node = TreeEntry & { id: string }

/**
 * The files of a commit, which need not be checked out.
 * @throws (from all that it does) DevenvError `commit-incomplete` where the repository does not have one of them
 */
export function commitTree({ objects, hashes }: CommitReader, commit: string): Tree {
  const folders = new Map<string, Promise<readonly Node[] | undefined>>()
  const list = (folder: string): Promise<readonly Node[] | undefined> => {
    const known = folders.get(folder)
    if (known !== undefined) return known
    const listed = readFolder(folder)
    folders.set(folder, listed)
    return listed
  }
  const readFolder = async (folder: string) => {
    const name = folder === '' ? `${commit}^{tree}` : (await find(folder, 'folder'))?.id
    if (name === undefined) return undefined
    const { id, content } = await objects.require(name)
    return parseTree(content, id.length / 2)
  }
  const find = async (path: string, kind?: 'folder') => {
    const cut = path.lastIndexOf('/')
    const nodes = await list(cut < 0 ? '' : path.slice(0, cut))
    const node = nodes?.find(({ name }) => name === path.slice(cut + 1))
    return kind === undefined || node?.kind === kind ? node : undefined
  }
  const read = async (path: string) => {
    const node = await find(path)
    return node !== undefined && ['file', 'executable', 'link'].includes(node.kind)
      ? (await objects.require(node.id)).content
      : undefined
  }
  const tree = `commit ${commit.slice(0, 12)}`
  return {
    name: tree,
    entries: list,
    read,
    async sha256(path) {
      const id = (await find(path))?.id ?? ''
      const known = hashes.get(id)
      if (known !== undefined) return await known
      const hash = read(path).then((content) => {
        if (content === undefined) throw new DevenvError({ code: 'input-changed', file: path, tree })
        return sha256Of(content)
      })
      hashes.set(id, hash)
      return await hash
    },
  }
}

const KINDS: { readonly [mode: string]: TreeEntry['kind'] } = {
  '40000': 'folder',
  '100644': 'file',
  // Written by git of long ago.
  '100664': 'file',
  '100755': 'executable',
  '120000': 'link',
  '160000': 'submodule',
}

/** Git's form of a folder: `<mode> <name>`, a zero, the id in bytes; again and again. Pure. */
export function parseTree(content: Buffer, idBytes: number): Node[] {
  const nodes: Node[] = []
  for (let at = 0; at < content.length; ) {
    const zero = content.indexOf(0, at)
    const head = content.subarray(at, zero)
    const [mode = '', ...name] = head.toString().split(' ')
    const id = content.subarray(zero + 1, zero + 1 + idBytes).toString('hex')
    const kind = KINDS[mode]
    // Nothing that a file system could take for a way out.
    const plain = !/^(\.\.?|\.git)$|\//.test(name.join(' '))
    if (kind !== undefined && plain) nodes.push({ name: name.join(' '), kind: isUtf8(head) ? kind : 'unnamed', id })
    at = zero + 1 + idBytes
  }
  return nodes
}
