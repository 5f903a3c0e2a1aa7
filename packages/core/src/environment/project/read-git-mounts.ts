import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, posix, resolve } from 'node:path'

export type GitMount = { source: string; target: string }

/**
 * What git needs beside a checkout whose `.git` is a file (a worktree, a submodule): the repository that the
 * file names, where the file will look for it inside the container.
 * https://git-scm.com/docs/gitrepository-layout
 */
export function readGitMounts(checkout: string, codeDirectory: string): GitMount[] {
  const file = join(checkout, '.git')
  if (!existsSync(file) || !statSync(file).isFile()) return []
  const named = /^gitdir: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim()
  if (named === undefined) return []
  const gitDirectory = resolve(checkout, named)
  if (!existsSync(gitDirectory)) return []
  const shared = join(gitDirectory, 'commondir')
  const common = existsSync(shared) ? resolve(gitDirectory, readFileSync(shared, 'utf8').trim()) : gitDirectory
  // A worktree's folder lies in the repository's; a submodule's is a repository by itself.
  const source = realpathSync(gitDirectory.startsWith(`${common}/`) ? common : gitDirectory)
  const inside = isAbsolute(named) ? gitDirectory : posix.resolve(codeDirectory, named)
  const depth = gitDirectory.slice(common.length).split('/').filter(Boolean).length
  let target = inside
  for (let up = 0; up < depth; up++) target = dirname(target)
  return [{ source, target }]
}
