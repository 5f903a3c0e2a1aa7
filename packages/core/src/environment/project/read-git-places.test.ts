import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../../test/samples.js'
import { readGitPlaces } from './read-git-places.js'

const CODE = '/edx/app/hello'
const mountsOf = (checkout: string, code: string) => readGitPlaces(checkout, code).mounts

describe('git in the container', () => {
  test('finds what it needs in an ordinary clone, and needs nothing more', () => {
    const root = writeFiles(temporaryFolder(), { '.git/HEAD': 'ref: refs/heads/master\n' })
    expect(mountsOf(root, CODE)).toEqual([])
  })

  test('is not missed in a folder that is no clone', () => {
    expect(mountsOf(temporaryFolder(), CODE)).toEqual([])
  })

  test('finds, from a worktree, the whole repository under the path that the worktree names', () => {
    const root = temporaryFolder()
    writeFiles(root, {
      'main/.git/HEAD': 'ref: refs/heads/master\n',
      'main/.git/worktrees/branch/commondir': '../..\n',
      'branch/.git': `gitdir: ${root}/main/.git/worktrees/branch\n`,
    })
    expect(mountsOf(join(root, 'branch'), CODE)).toEqual([
      { source: join(root, 'main/.git'), target: join(root, 'main/.git') },
    ])
  })

  test('finds the repository also where a worktree names it by a relative path', () => {
    const root = writeFiles(temporaryFolder(), {
      'main/.git/worktrees/branch/commondir': '../..\n',
      'branch/.git': 'gitdir: ../main/.git/worktrees/branch\n',
    })
    expect(mountsOf(join(root, 'branch'), CODE)).toEqual([
      { source: join(root, 'main/.git'), target: '/edx/app/main/.git' },
    ])
  })

  test('finds, from a submodule, its own repository where its relative path leads inside', () => {
    const root = writeFiles(temporaryFolder(), {
      'super/.git/modules/hello/HEAD': 'ref: refs/heads/master\n',
      'super/hello/.git': 'gitdir: ../.git/modules/hello\n',
    })
    expect(mountsOf(join(root, 'super/hello'), CODE)).toEqual([
      { source: join(root, 'super/.git/modules/hello'), target: '/edx/app/.git/modules/hello' },
    ])
  })

  test('gets the real folder where the way to it is a link', () => {
    const root = temporaryFolder()
    writeFiles(root, {
      'disk/main/.git/worktrees/branch/commondir': '../..\n',
      main: { link: 'disk/main' },
      'branch/.git': `gitdir: ${root}/main/.git/worktrees/branch\n`,
    })
    expect(mountsOf(join(root, 'branch'), CODE)).toEqual([
      { source: join(root, 'disk/main/.git'), target: join(root, 'main/.git') },
    ])
  })

  test.each([
    ['names nothing', 'something else\n'],
    ['names a repository that is gone', 'gitdir: ../gone/.git/worktrees/branch\n'],
  ])('is left without it where the file %s', (_what, text) => {
    expect(mountsOf(writeFiles(temporaryFolder(), { '.git': text }), CODE)).toEqual([])
  })
})

/** git as a person has it, without a configuration of their own. */
const git = (folder: string, ...words: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'protocol.file.allow=always', ...words], {
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', ...PERSON },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
    .toString()
    .trim()
const PERSON = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'Ada'],
    [`GIT_${who}_EMAIL`, 'ada@example.com'],
  ]),
)

function repositoryIn(folder: string): string {
  writeFiles(folder, { 'app.py': 'one\n' })
  git(folder, 'init', '--quiet', '--initial-branch', 'main')
  git(folder, 'add', '.')
  git(folder, 'commit', '--quiet', '--message', 'first')
  return folder
}

/** How a checkout comes about: its folder, made below `root` of a repository that is there. */
const WAYS: { [way: string]: (root: string, origin: string) => string } = {
  'an ordinary clone': (_root, origin) => origin,
  'a worktree': (root, origin) => {
    git(origin, 'worktree', 'add', '--quiet', '-b', 'side', join(root, 'branch'))
    return join(root, 'branch')
  },
  'a submodule whose folder has another name than the code directory': (root, origin) => {
    const around = repositoryIn(join(root, 'around'))
    git(around, 'submodule', 'add', '--quiet', origin, 'libs/course-hello')
    return join(around, 'libs/course-hello')
  },
  'a submodule whose folder has the name of the code directory': (root, origin) => {
    const around = repositoryIn(join(root, 'around'))
    git(around, 'submodule', 'add', '--quiet', origin, 'hello')
    return join(around, 'hello')
  },
  'a worktree of a submodule': (root, origin) => {
    const around = repositoryIn(join(root, 'around'))
    git(around, 'submodule', 'add', '--quiet', origin, 'course-hello')
    git(join(around, 'course-hello'), 'worktree', 'add', '--quiet', '-b', 'side', join(root, 'branch'))
    return join(root, 'branch')
  },
  'a clone that borrows the objects of another': (root, origin) => {
    git(root, 'clone', '--quiet', '--shared', origin, join(root, 'borrower'))
    return join(root, 'borrower')
  },
  'a clone that borrows from a borrower': (root, origin) => {
    git(root, 'clone', '--quiet', '--shared', origin, join(root, 'borrower'))
    git(root, 'clone', '--quiet', '--shared', join(root, 'borrower'), join(root, 'second'))
    return join(root, 'second')
  },
  'a shallow clone': (root, origin) => {
    git(root, 'clone', '--quiet', '--depth', '1', `file://${origin}`, join(root, 'shallow'))
    return join(root, 'shallow')
  },
  'a partial clone': (root, origin) => {
    git(origin, 'config', 'uploadpack.allowFilter', 'true')
    git(root, 'clone', '--quiet', '--filter', 'blob:none', `file://${origin}`, join(root, 'partial'))
    return join(root, 'partial')
  },
}

/** Lays a checkout out as a container has it, below a folder: whatever is not mounted is not there. */
function containerOf(checkout: string, root: string): string {
  const code = join(root, 'container/edx/app/hello')
  const { mounts, alsoAt } = readGitPlaces(checkout, code)
  cpSync(checkout, code, { recursive: true, verbatimSymlinks: true })
  for (const { source, target } of mounts) {
    // Where git names a path of the host, the same path is mounted.
    if (source === (existsSync(target) ? realpathSync(target) : undefined)) continue
    cpSync(source, target, { recursive: true, verbatimSymlinks: true })
  }
  if (alsoAt !== undefined && !existsSync(alsoAt)) {
    mkdirSync(dirname(alsoAt), { recursive: true })
    symlinkSync(code, alsoAt)
  }
  return code
}

describe('git itself works in the container', () => {
  test.each(Object.keys(WAYS))('in %s', (way) => {
    const root = temporaryFolder()
    const checkout = WAYS[way]?.(root, repositoryIn(join(root, 'origin'))) ?? ''
    const code = containerOf(checkout, root)
    expect(git(code, 'status', '--porcelain')).toBe('')
    expect(git(code, 'rev-parse', '--show-toplevel')).toBe(code)
    writeFiles(code, { 'app.py': 'two\n' })
    git(code, 'commit', '--quiet', '--all', '--message', 'second')
    expect(git(code, 'log', '--format=%s')).toBe('second\nfirst')
  })

  test('which knows a worktree and a submodule by the paths that its own files have', () => {
    const root = temporaryFolder()
    const origin = repositoryIn(join(root, 'origin'))
    const place = (way: string) => {
      const folder = temporaryFolder()
      return readGitPlaces(WAYS[way]?.(folder, origin) ?? '', CODE).alsoAt?.replace(folder, 'FOLDER')
    }
    expect(place('a worktree')).toBe('FOLDER/branch')
    expect(place('a submodule whose folder has another name than the code directory')).toBe('/edx/libs/course-hello')
    expect(place('a submodule whose folder has the name of the code directory')).toBeUndefined()
    expect(readGitPlaces(origin, CODE)).toEqual({ mounts: [], alsoAt: undefined })
  })

  test('with the objects of every lender, where the borrower names them', () => {
    const root = temporaryFolder()
    const borrower = WAYS['a clone that borrows from a borrower']?.(root, repositoryIn(join(root, 'origin'))) ?? ''
    const lenders = ['borrower', 'origin'].map((name) => join(root, name, '.git/objects'))
    const targets = new Set(mountsOf(borrower, CODE).map(({ target }) => target))
    expect([...targets].sort()).toEqual(lenders)
    expect(mountsOf(borrower, CODE).every(({ source, target }) => source === target)).toBe(true)
  })

  test('without the objects that a clone has borrowed from a folder that is gone', () => {
    const checkout = repositoryIn(join(temporaryFolder(), 'hello'))
    writeFiles(checkout, { '.git/objects/info/alternates': '# a comment\n/not/there/objects\n' })
    expect(readGitPlaces(checkout, CODE).mounts).toEqual([])
  })
})
