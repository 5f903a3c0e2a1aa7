import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, posix, resolve } from 'node:path'

export type GitMount = { source: string; target: string }
/** What git needs beside a checkout, and the path by which its files call the checkout, where that is not the code directory. */
export type GitPlaces = { mounts: readonly GitMount[]; alsoAt: string | undefined }

/** A folder of git's: here, and where git will look for it inside the container. */
type Place = { here: string; inside: string }

/**
 * Of a checkout whose `.git` is a file (a worktree, a submodule): the repository that the file names, where the file will
 * look for it inside the container. Of any: the repositories whose objects it borrows (`git clone --reference`).
 * https://git-scm.com/docs/gitrepository-layout
 */
export function readGitPlaces(checkout: string, codeDirectory: string): GitPlaces {
  const file = join(checkout, '.git')
  if (!existsSync(file)) return NOTHING
  if (!statSync(file).isFile())
    return { mounts: readBorrowed({ here: file, inside: join(codeDirectory, '.git') }), alsoAt: undefined }
  const named = /^gitdir: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim()
  if (named === undefined || !existsSync(resolve(checkout, named))) return NOTHING
  const own = {
    here: resolve(checkout, named),
    inside: isAbsolute(named) ? named : posix.resolve(codeDirectory, named),
  }
  const shared = readLine(join(own.here, 'commondir'))
  const common = shared === undefined ? own.here : resolve(own.here, shared)
  // A worktree's folder lies in the repository's; a submodule's is a repository by itself.
  const below = own.here.startsWith(`${common}/`) ? own.here.slice(common.length) : ''
  const repository = { here: own.here.slice(0, own.here.length - below.length), inside: upFrom(own.inside, below) }
  const called = shared === undefined ? readWorkTree(own) : readWorktreeGitFile(own)
  return {
    mounts: [{ source: realpathSync(repository.here), target: repository.inside }, ...readBorrowed(repository)],
    alsoAt: called === codeDirectory ? undefined : called,
  }
}

const NOTHING: GitPlaces = { mounts: [], alsoAt: undefined }

/** The folder as many steps above as a path has names. */
const upFrom = (folder: string, below: string): string => below.split('/').filter(Boolean).reduce(dirname, folder)

const readLine = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined

/** A submodule's repository names its checkout in its configuration. */
function readWorkTree({ here, inside }: Place): string | undefined {
  const configuration = readLine(join(here, 'config')) ?? ''
  const called = /^\s*worktree\s*=\s*"?([^"\n]+?)"?\s*$/m.exec(configuration)?.[1]
  return called === undefined ? undefined : posix.resolve(inside, called)
}

/** A worktree's folder names the `.git` of its checkout; by that git tells whether it is still there. */
function readWorktreeGitFile({ here, inside }: Place): string | undefined {
  const called = readLine(join(here, 'gitdir'))
  return called === undefined ? undefined : dirname(posix.resolve(inside, called))
}

/** What a repository names as the place of more objects, and what is named there. */
function readBorrowed(repository: Place): GitMount[] {
  const objects = { here: join(repository.here, 'objects'), inside: join(repository.inside, 'objects') }
  const named = (readLine(join(objects.here, 'info/alternates')) ?? '').split('\n').filter((line) => /^[^#]/.test(line))
  return named.flatMap((line) => {
    const lender = { here: resolve(objects.here, line, '..'), inside: posix.resolve(objects.inside, line, '..') }
    const source = join(lender.here, 'objects')
    if (!existsSync(source)) return []
    return [{ source: realpathSync(source), target: join(lender.inside, 'objects') }, ...readBorrowed(lender)]
  })
}
