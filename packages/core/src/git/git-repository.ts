import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DevenvError } from '../problem/problem.js'
import { cacheFolder, makeCacheFolder } from '../process/cache-folder.js'
import { runCommand } from '../process/run-command.js'

/**
 * Git must not be steered by a hook or another command that we run in, must not ask anybody, and must give the objects
 * that it is asked for, not what somebody replaced them with.
 */
const gitEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX|OBJ|COMMON|NAMESP|PREFIX)/.test(name)),
  ),
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
})

/**
 * For what only reads a repository. The configuration of a checkout may name commands for fetching (`core.sshCommand`), and a
 * partial clone would fetch any object that it does not have: it fetches nothing.
 */
export const readingEnvironment = (): NodeJS.ProcessEnv => ({
  ...gitEnvironment(),
  GIT_NO_LAZY_FETCH: '1',
  // Git before 2.45 does not know that.
  GIT_ALLOW_PROTOCOL: 'none',
})

const git = (argv: readonly string[], input?: string) =>
  runCommand({ argv: ['git', ...argv], env: readingEnvironment(), ...(input !== undefined && { input }) })

/** Asks another repository, with the configuration of the person, and of `repository` where one of ours is named. */
const askRemote = (argv: readonly string[], repository = '/dev/null') =>
  runCommand({ argv: ['git', ...argv], env: { ...gitEnvironment(), GIT_DIR: repository } })

/**
 * The commit that a name means in a repository.
 * @throws DevenvError `commit-unknown`, `repository-around` for a folder that is only part of one
 */
export async function resolveCommit(repository: string, name: string): Promise<string> {
  const around = await findAround(repository)
  if (around !== undefined) throw new DevenvError({ code: 'repository-around', checkout: repository, around })
  const argv = ['-C', repository, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const { exitCode, stdout, stderr } = await git(argv)
  if (exitCode === 0) return stdout.trim()
  throw new DevenvError({ code: 'commit-unknown', commit: name, repository, detail: stderr.trim() })
}

/** The repository that a folder lies in, where it is not its top. */
async function findAround(folder: string): Promise<string | undefined> {
  const { exitCode, stdout } = await git(['-C', folder, 'rev-parse', '--show-prefix', '--show-toplevel'])
  const [prefix, top] = stdout.split('\n')
  return exitCode === 0 && prefix !== '' ? top : undefined
}

/** Which of these commits a repository does not have. */
async function missingCommits(repository: string, commits: readonly string[]): Promise<string[]> {
  if (!existsSync(repository)) return [...commits]
  const { exitCode, stdout } = await git(
    ['-C', repository, 'cat-file', '--batch-check'],
    commits.map((commit) => `${commit}^{commit}\n`).join(''),
  )
  if (exitCode !== 0) return [...commits]
  const lines = stdout.split('\n')
  return commits.filter((_commit, at) => !/ commit \d+$/.test(lines[at] ?? ''))
}

/**
 * A repository that has all of `commits`: the checkout where it does, else a bare one of ours, under the person's
 * cache folder, into which those that are missing are fetched without their history.
 * @param network `offline` fetches nothing
 * @throws DevenvError `commits-unavailable`, `folder-unusable`
 */
export async function ensureCommits(
  { checkout, service, url }: { checkout: string | undefined; service: string; url: string | undefined },
  commits: readonly string[],
  network: 'online' | 'offline' = 'online',
): Promise<string> {
  const isOwn = checkout !== undefined && (await findAround(checkout)) === undefined
  if (isOwn && (await missingCommits(checkout, commits)).length === 0) return checkout
  const cache = cacheFolder('repositories')
  const repository = join(cache, `${service}.git`)
  const missing = await missingCommits(repository, commits)
  if (missing.length === 0) return repository
  const unavailable = (detail: string) =>
    new DevenvError({ code: 'commits-unavailable', service, commits: missing, url, detail })
  if (url === undefined) throw unavailable('the package names no repository to fetch from')
  if (network === 'offline') throw unavailable('with --offline, devenv does not fetch')
  makeCacheFolder('repositories')
  const made = await git(['-C', cache, 'init', '--quiet', '--bare', repository])
  if (made.exitCode !== 0) throw unavailable(made.stderr.trim())
  const argv = ['fetch', '--quiet', '--no-tags', '--depth=1', '--no-write-fetch-head', url, ...missing]
  const fetched = await askRemote(argv, repository)
  if (fetched.exitCode !== 0) throw unavailable(fetched.stderr.trim())
  return repository
}

/**
 * The commits that refs of a remote repository name now, by ref as asked; a tag's own object is followed.
 * @throws DevenvError `refs-missing` naming each that is not there, `git-failed`
 */
export async function readRemoteRefs(url: string, refs: readonly string[]): Promise<Map<string, string>> {
  const patterns = refs.flatMap((ref) => [ref, `${ref}^{}`])
  const { exitCode, stdout, stderr } = await askRemote(['ls-remote', url, ...patterns])
  if (exitCode !== 0)
    throw new DevenvError({ code: 'git-failed', doing: `ask ${url} for its refs`, detail: stderr.trim() })
  const found = parseRemoteRefs(stdout, refs)
  const missing = refs.filter((ref) => !found.has(ref))
  if (missing.length > 0) throw new DevenvError({ code: 'refs-missing', url, refs: missing })
  return found
}

/**
 * What `git ls-remote` printed: `<id>\t<ref>`, and `<ref>^{}` for the commit behind a tag object. A short name is a
 * tag before it is a branch, as for git itself (https://git-scm.com/docs/gitrevisions). Pure.
 */
export function parseRemoteRefs(text: string, refs: readonly string[]): Map<string, string> {
  const listed = new Map(text.split('\n').flatMap((line) => pairOf(line)))
  const found = refs.flatMap((ref): [string, string][] => {
    const names = [ref, `refs/${ref}`, `refs/tags/${ref}`, `refs/heads/${ref}`].flatMap((name) => [`${name}^{}`, name])
    const commit = names.map((name) => listed.get(name)).find((id) => id !== undefined)
    return commit === undefined ? [] : [[ref, commit]]
  })
  return new Map(found)
}

const pairOf = (line: string): [string, string][] => {
  const [id, ref] = line.split('\t')
  return id && ref ? [[ref, id]] : []
}

/** Only looks at rules and the index, and runs nothing that a repository says: a foreign owner is no danger then. */
const LOOKING = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false']

/**
 * Those of `paths` (relative to `root`) that git ignores. None where there is no repository, or where all of `root`
 * is ignored: a package that npm installed.
 * @throws DevenvError `git-failed` where there is a repository, and git cannot read it
 */
export async function readIgnored(root: string, paths: readonly string[]): Promise<Set<string>> {
  const { exitCode, stdout, stderr } = await git(
    [...LOOKING, '-C', root, 'check-ignore', '-z', '--stdin'],
    // `./`: a colon at the start of a path would begin git's own magic.
    ['.', ...paths.map((path) => `./${path}`)].map((path) => `${path}\0`).join(''),
  )
  // 1: none is. More: it could not tell.
  if (exitCode > 1 && isInRepository(root))
    throw new DevenvError({ code: 'git-failed', doing: `list the ignored files in ${root}`, detail: stderr.trim() })
  const ignored = exitCode === 0 ? stdout.split('\0').filter(Boolean) : []
  return ignored[0] === '.' ? new Set() : new Set(ignored.map((path) => path.slice('./'.length)))
}

/** Whether git has a path in the index of the repository around `root`; no where there is none, or no git. */
export async function isTracked(root: string, path: string): Promise<boolean> {
  const argv = [...LOOKING, '-C', root, 'ls-files', '--error-unmatch', '--', `./${path}`]
  return await git(argv).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  )
}

/**
 * Has git ignore files in this clone alone: in its `info/exclude`. None that git tracks or ignores already; nothing without a repository.
 * @returns those that it ignores now
 */
export async function hideFromGit(root: string, paths: readonly string[]): Promise<string[]> {
  const exclude = await readExclude(root)
  if (exclude === undefined || paths.length === 0) return []
  const ignored = await readIgnored(root, paths)
  const tracked = await Promise.all(paths.map((path) => isTracked(root, path)))
  const hidden = paths.filter((path, at) => !ignored.has(path) && !tracked[at])
  const lines = hidden.map((path) => `/${exclude.prefix}${path}\n`).join('')
  const separated = exclude.text === '' || exclude.text.endsWith('\n') ? lines : `\n${lines}`
  mkdirSync(dirname(exclude.file), { recursive: true })
  if (lines !== '') appendFileSync(exclude.file, separated)
  return hidden
}

/** Takes that back. @returns those that were hidden */
export async function showToGit(root: string, paths: readonly string[]): Promise<string[]> {
  const exclude = await readExclude(root)
  if (exclude === undefined) return []
  const lines = exclude.text.split('\n')
  const lineOf = (path: string) => `/${exclude.prefix}${path}`
  const shown = paths.filter((path) => lines.includes(lineOf(path)))
  const gone = shown.map(lineOf)
  if (shown.length > 0) writeFileSync(exclude.file, lines.filter((line) => !gone.includes(line)).join('\n'))
  return shown
}

/** What a clone alone ignores, in which file, and where `root` lies in its repository: '' at its top, else `services/forum/`. */
async function readExclude(root: string): Promise<{ file: string; text: string; prefix: string } | undefined> {
  const argv = [...LOOKING, '-C', root, 'rev-parse', '--show-prefix', '--git-path', 'info/exclude']
  const { exitCode, stdout } = isInRepository(root) ? await git(argv) : { exitCode: 1, stdout: '' }
  const [prefix = '', path = ''] = stdout.split('\n')
  if (exitCode !== 0 || path === '') return undefined
  const file = resolve(root, path)
  return { file, text: existsSync(file) ? readFileSync(file, 'utf8') : '', prefix }
}

/** The branch that is checked out; `undefined` where none is, or there is no repository. */
export async function readBranch(root: string): Promise<string | undefined> {
  const { exitCode, stdout } = await git([...LOOKING, '-C', root, 'symbolic-ref', '--quiet', 'HEAD'])
  // git's own `--short` depends on what else has that name: a tag makes it `heads/main`.
  return exitCode === 0 ? stdout.trim().replace(/^refs\/heads\//, '') : undefined
}

/** The address of the remote `origin`, as a browser takes it; `undefined` where there is none, or it is a folder. */
export async function readOrigin(root: string): Promise<string | undefined> {
  const { exitCode, stdout } = await git([...LOOKING, '-C', root, 'remote', 'get-url', 'origin'])
  return exitCode === 0 ? parseOrigin(stdout.trim()) : undefined
}

/** `git@github.com:openedx/forum.git` is https://github.com/openedx/forum. Pure. */
export const parseOrigin = (url: string): string | undefined => {
  const [, host, path] = /^(?:ssh:\/\/)?git@([^:/]+)[:/](.+)$/.exec(url) ?? []
  const address = host === undefined ? url : `https://${host}/${path}`
  return /^https?:\/\//.test(address) ? address.replace(/\.git$/, '') : undefined
}

const isInRepository = (folder: string): boolean =>
  existsSync(join(folder, '.git')) || (dirname(folder) !== folder && isInRepository(dirname(folder)))

/**
 * The modes of a folder's tracked files, by path, where its file system cannot tell (`core.fileMode=false`: Windows, and
 * what some virtual machines mount); `undefined` where it can.
 */
export async function readIndexModes(root: string): Promise<Map<string, string> | undefined> {
  const { stdout } = await git([...LOOKING, '-C', root, 'config', '--type=bool', '--get', 'core.fileMode'])
  if (stdout.trim() !== 'false') return undefined
  const listed = await git([...LOOKING, '-C', root, 'ls-files', '--stage', '-z'])
  if (listed.exitCode !== 0) return undefined
  return new Map(listed.stdout.split('\0').flatMap((line) => parseStaged(line)))
}

/** `<mode> <id> <stage>\t<path>` (https://git-scm.com/docs/git-ls-files). */
const parseStaged = (line: string): [string, string][] => {
  const [, mode, path] = /^(\d+) [0-9a-f]+ \d\t(.*)$/s.exec(line) ?? []
  return mode === undefined || path === undefined ? [] : [[path, mode]]
}
