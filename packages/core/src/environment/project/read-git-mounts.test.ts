import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../../test/samples.js'
import { readGitMounts } from './read-git-mounts.js'

const CODE = '/edx/app/hello'

describe('git in the container', () => {
  test('finds what it needs in an ordinary clone, and needs nothing more', () => {
    const root = writeFiles(temporaryFolder(), { '.git/HEAD': 'ref: refs/heads/master\n' })
    expect(readGitMounts(root, CODE)).toEqual([])
  })

  test('is not missed in a folder that is no clone', () => {
    expect(readGitMounts(temporaryFolder(), CODE)).toEqual([])
  })

  test('finds, from a worktree, the whole repository under the path that the worktree names', () => {
    const root = temporaryFolder()
    writeFiles(root, {
      'main/.git/HEAD': 'ref: refs/heads/master\n',
      'main/.git/worktrees/branch/commondir': '../..\n',
      'branch/.git': `gitdir: ${root}/main/.git/worktrees/branch\n`,
    })
    expect(readGitMounts(join(root, 'branch'), CODE)).toEqual([
      { source: join(root, 'main/.git'), target: join(root, 'main/.git') },
    ])
  })

  test('finds the repository also where a worktree names it by a relative path', () => {
    const root = writeFiles(temporaryFolder(), {
      'main/.git/worktrees/branch/commondir': '../..\n',
      'branch/.git': 'gitdir: ../main/.git/worktrees/branch\n',
    })
    expect(readGitMounts(join(root, 'branch'), CODE)).toEqual([
      { source: join(root, 'main/.git'), target: '/edx/app/main/.git' },
    ])
  })

  test('finds, from a submodule, its own repository where its relative path leads inside', () => {
    const root = writeFiles(temporaryFolder(), {
      'super/.git/modules/hello/HEAD': 'ref: refs/heads/master\n',
      'super/hello/.git': 'gitdir: ../.git/modules/hello\n',
    })
    expect(readGitMounts(join(root, 'super/hello'), CODE)).toEqual([
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
    expect(readGitMounts(join(root, 'branch'), CODE)).toEqual([
      { source: join(root, 'disk/main/.git'), target: join(root, 'main/.git') },
    ])
  })

  test.each([
    ['names nothing', 'something else\n'],
    ['names a repository that is gone', 'gitdir: ../gone/.git/worktrees/branch\n'],
  ])('is left without it where the file %s', (_what, text) => {
    expect(readGitMounts(writeFiles(temporaryFolder(), { '.git': text }), CODE)).toEqual([])
  })
})
