import { execFileSync } from 'node:child_process'
import { temporaryFolder, writeFiles } from './samples.js'

/** Nothing of this machine's own set-up, nor of a hook that the tests run in. */
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
})

/** Runs git in a folder, as somebody; gives what it printed. */
export function git(folder: string, ...words: readonly string[]): string {
  const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  return execFileSync('git', ['-C', folder, ...person, ...words], {
    env: environment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

/** Commits everything that is in a folder; gives the commit. */
export function commitAll(folder: string): string {
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'all')
  return git(folder, 'rev-parse', 'HEAD')
}

/** Commits a folder with these files changed; gives the commit. */
export function commitWith(folder: string, files: Parameters<typeof writeFiles>[1]): string {
  writeFiles(folder, files)
  return commitAll(folder)
}

/** A real repository of one commit on `main`, for one test. */
export function repositoryWith(
  files: Parameters<typeof writeFiles>[1],
  format: 'sha1' | 'sha256' = 'sha1',
): { root: string; commit: string } {
  const root = writeFiles(temporaryFolder(), files)
  git(root, 'init', '--quiet', '--template=', '--initial-branch=main', `--object-format=${format}`)
  return { root, commit: commitAll(root) }
}

/** A clone by somebody with that umask. */
export function cloneWithUmask(umask: string, from: string, to: string): void {
  execFileSync('sh', ['-c', `umask ${umask} && git clone --quiet "$1" "$2"`, 'sh', from, to], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
