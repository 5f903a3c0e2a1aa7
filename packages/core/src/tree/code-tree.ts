import { parseParts } from '../git/upstream.js'
import { DevenvError } from '../problem/problem.js'
import { type CommitReader, commitTree } from './commit-tree.js'
import type { Tree } from './tree.js'

/** The code of a service at a commit; of several parts, each is a folder of it. The repository has all of them. */
export function codeTree(reader: CommitReader, commit: string): Tree {
  const parts = parseParts(commit)
  if (parts === undefined) return commitTree(reader, commit)
  return joinTrees(new Map([...parts].map(([part, of]): [string, Tree] => [part, commitTree(reader, of)])))
}

/** Trees as the folders of one. Pure. */
export function joinTrees(parts: ReadonlyMap<string, Tree>): Tree {
  const name = [...parts].map(([part, tree]) => `${part} at ${tree.name}`).join(', ')
  const find = (path: string): [Tree | undefined, string] => {
    const [part = '', ...below] = path.split('/')
    return [parts.get(part), below.join('/')]
  }
  return {
    name,
    async entries(folder) {
      if (folder === '') return [...parts.keys()].sort().map((part) => ({ name: part, kind: 'folder' as const }))
      const [tree, below] = find(folder)
      return await tree?.entries(below)
    },
    async read(path) {
      const [tree, below] = find(path)
      return await tree?.read(below)
    },
    async sha256(path) {
      const [tree, below] = find(path)
      if (tree === undefined) throw new DevenvError({ code: 'input-changed', file: path, tree: name })
      return await tree.sha256(below)
    },
  }
}
