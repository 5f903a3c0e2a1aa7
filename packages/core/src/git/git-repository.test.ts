import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { commitWith, git, repositoryWith } from '../../test/git.js'
import { problemsOf, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import {
  ensureCommits,
  hideFromGit,
  parseRemoteRefs,
  readBranch,
  readIgnored,
  readIndexModes,
  readRemoteRefs,
  resolveCommit,
  showToGit,
} from './git-repository.js'

/** In a hook of git, and in what `git rebase --exec` runs, these name another repository. */
function inHookOf(repository: string): void {
  vi.stubEnv('GIT_DIR', join(repository, '.git'))
  vi.stubEnv('GIT_WORK_TREE', repository)
  vi.stubEnv('GIT_INDEX_FILE', join(repository, '.git', 'index'))
  onTestFinished(() => void vi.unstubAllEnvs())
}

test('the branch that is checked out has its name whatever else has that name', async () => {
  const { root } = repositoryWith({ file: 'one' })
  git(root, 'tag', 'main')
  expect(await readBranch(root)).toBe('main')
  git(root, 'checkout', '--quiet', '-b', 'heads/main')
  expect(await readBranch(root)).toBe('heads/main')
  git(root, 'checkout', '--quiet', '--detach')
  expect(await readBranch(root)).toBeUndefined()
})

describe('a name', () => {
  test('means a commit: by branch, tag, tag object, short id and ancestry', async () => {
    const { root, commit: first } = repositoryWith({ file: 'one' })
    git(root, 'tag', 'light')
    git(root, 'tag', '--annotate', '--message', 'one', 'heavy')
    const second = commitWith(root, { file: 'two' })
    for (const name of ['light', 'heavy', 'refs/tags/heavy', 'HEAD~1', 'main^', first, first.slice(0, 8)])
      expect(await resolveCommit(root, name)).toBe(first)
    for (const name of ['HEAD', 'main', 'refs/heads/main', second]) expect(await resolveCommit(root, name)).toBe(second)
  })

  test.each(['nobody', '0'.repeat(40), 'HEAD:file', 'HEAD^{tree}', '', '--all', '-n1', 'main..main', 'a b'])(
    'that is %j means none',
    async (name) => {
      const { root } = repositoryWith({ file: 'one' })
      expect(await problemsOf(() => resolveCommit(root, name))).toMatchObject([
        { code: 'commit-unknown', commit: name, repository: root },
      ])
    },
  )

  test('means none in a folder that is only a part of a repository: it would be of another service', async () => {
    const { root } = repositoryWith({ 'checkout/manage.py': '' })
    const checkout = join(root, 'checkout')
    expect(await problemsOf(() => resolveCommit(checkout, 'HEAD'))).toEqual([
      { code: 'repository-around', checkout, around: root },
    ])
  })

  test('means none where there is no repository, and git says so', async () => {
    const folder = temporaryFolder()
    expect(await problemsOf(() => resolveCommit(folder, 'HEAD'))).toMatchObject([
      { code: 'commit-unknown', detail: expect.stringContaining('not a git repository') },
    ])
  })

  test('means the commit of the repository that was named, also in a hook of another', async () => {
    const { root, commit } = repositoryWith({ file: 'ours' })
    inHookOf(repositoryWith({ file: 'theirs' }).root)
    expect(await resolveCommit(root, 'main')).toBe(commit)
  })
})

describe('the repository that has commits', () => {
  /** A service's repository with a history, and a cache of ours that is empty. */
  function upstream() {
    const cache = temporaryFolder()
    vi.stubEnv('XDG_CACHE_HOME', cache)
    onTestFinished(() => void vi.unstubAllEnvs())
    const { root: url, commit: first } = repositoryWith({ file: 'one', 'folder/big': 'x'.repeat(1000) })
    const second = commitWith(url, { file: 'two' })
    const third = commitWith(url, { file: 'three' })
    return { url, first, second, third, cached: join(cache, 'devenv', 'repositories', 'hello.git') }
  }

  test('is the checkout where it has them all', async () => {
    const { url, first, third, cached } = upstream()
    expect(await ensureCommits({ checkout: url, service: 'hello', url: undefined }, [first, third])).toBe(url)
    expect(existsSync(cached)).toBe(false)
  })

  test('is one in our cache where the checkout has none; it holds these commits and no history', async () => {
    const { url, first, second, third, cached } = upstream()
    const { root: checkout } = repositoryWith({ file: 'another' })
    const repository = await ensureCommits({ checkout, service: 'hello', url }, [first, third])
    expect(repository).toBe(cached)
    expect(git(repository, 'show', `${first}:file`)).toBe('one')
    expect(git(repository, 'show', `${third}:file`)).toBe('three')
    expect(git(repository, 'show', `${third}:folder/big`)).toHaveLength(1000)
    expect(() => git(repository, 'cat-file', '-e', second)).toThrow()
    expect(git(repository, 'for-each-ref')).toBe('')
  })

  test('is one in our cache where the checkout is no repository, and where there is no checkout', async () => {
    const { url, third, cached } = upstream()
    for (const checkout of [temporaryFolder(), join(temporaryFolder(), 'none'), undefined])
      expect(await ensureCommits({ checkout, service: 'hello', url }, [third])).toBe(cached)
  })

  test('is one in our cache where the checkout is only a part of another repository that has them', async () => {
    const { url, third, cached } = upstream()
    expect(await ensureCommits({ checkout: join(url, 'folder'), service: 'hello', url }, [third])).toBe(cached)
  })

  test('needs a place for ours', async () => {
    const { url, third } = upstream()
    const file = join(writeFiles(temporaryFolder(), { file: '' }), 'file')
    vi.stubEnv('XDG_CACHE_HOME', file)
    expect(
      await problemsOf(() => ensureCommits({ checkout: undefined, service: 'hello', url }, [third])),
    ).toMatchObject([{ code: 'folder-unusable', variable: 'XDG_CACHE_HOME' }])
  })

  test('is asked for once: what is there already needs nobody', async () => {
    const { url, second, third, cached } = upstream()
    await ensureCommits({ checkout: undefined, service: 'hello', url }, [third])
    await ensureCommits({ checkout: undefined, service: 'hello', url }, [second])
    rmSync(url, { recursive: true })
    for (const [from, network] of [[url, 'online'] as const, [url, 'offline'] as const, [undefined, 'online'] as const])
      expect(await ensureCommits({ checkout: undefined, service: 'hello', url: from }, [second, third], network)).toBe(
        cached,
      )
  })

  test('is filled also where an earlier fetch left it empty', async () => {
    const { url, first, cached } = upstream()
    mkdirSync(cached, { recursive: true })
    git(cached, 'init', '--quiet', '--bare')
    expect(await ensureCommits({ checkout: undefined, service: 'hello', url }, [first])).toBe(cached)
    expect(git(cached, 'cat-file', '-t', first)).toBe('commit')
  })

  test('has commits that no branch leads to any more, as those of a force-push', async () => {
    const { url, third, cached } = upstream()
    git(url, 'reset', '--quiet', '--hard', 'HEAD~2')
    expect(await ensureCommits({ checkout: undefined, service: 'hello', url }, [third])).toBe(cached)
  })

  testEach<{ title: string; change: { url?: undefined }; network: 'online' | 'offline'; detail: RegExp }>([
    { title: 'without an address', change: { url: undefined }, network: 'online', detail: /names no repository/ },
    { title: 'offline', change: {}, network: 'offline', detail: /offline/ },
  ])('is unavailable $title, and the error names each missing commit', async ({ change, network, detail }) => {
    const { url, first, third } = upstream()
    await ensureCommits({ checkout: undefined, service: 'hello', url }, [first])
    const where = { checkout: undefined, service: 'hello', url, ...change }
    expect(await problemsOf(() => ensureCommits(where, [first, third, '1'.repeat(40)], network))).toEqual([
      {
        code: 'commits-unavailable',
        service: 'hello',
        commits: [third, '1'.repeat(40)],
        url: where.url,
        detail: expect.stringMatching(detail),
      },
    ])
  })

  testEach<{ title: string; from: (url: string) => string; commit: string }>([
    { title: 'where upstream does not have the commit', from: (url) => url, commit: '1'.repeat(40) },
    { title: 'where there is no upstream', from: (url) => `${url}-gone`, commit: '2'.repeat(40) },
  ])('is unavailable $title, in git’s own words', async ({ from, commit }) => {
    const { url } = upstream()
    const [problem] = await problemsOf(() =>
      ensureCommits({ checkout: undefined, service: 'hello', url: from(url) }, [commit]),
    )
    expect(problem).toMatchObject({ code: 'commits-unavailable', detail: expect.stringMatching(/fatal|error/) })
  })

  test('is the one that was named, also in a hook of another', async () => {
    const { url, third, cached } = upstream()
    const other = repositoryWith({ file: 'theirs' }).root
    inHookOf(other)
    expect(await ensureCommits({ checkout: undefined, service: 'hello', url }, [third])).toBe(cached)
    expect(() => git(other, 'cat-file', '-e', third)).toThrow()
  })
})

describe('the refs of a remote repository', () => {
  test('are commits: of branches, tags and tag objects, by short and by full names', async () => {
    const { root, commit: first } = repositoryWith({ file: 'one' })
    git(root, 'tag', 'release/ulmo.3')
    git(root, 'tag', '--annotate', '--message', 'four', 'release/ulmo.4')
    const second = commitWith(root, { file: 'two' })
    expect(await readRemoteRefs(root, ['release/ulmo.3', 'release/ulmo.4', 'main', 'refs/heads/main', 'HEAD'])).toEqual(
      new Map([
        ['release/ulmo.3', first],
        ['release/ulmo.4', first],
        ['main', second],
        ['refs/heads/main', second],
        ['HEAD', second],
      ]),
    )
  })

  test('are those of that name, not of names that end alike', async () => {
    const { root, commit } = repositoryWith({ file: 'one' })
    git(root, 'branch', 'somebody/release/ulmo.4')
    git(root, 'branch', 'release/ulmo.40')
    expect(await problemsOf(() => readRemoteRefs(root, ['release/ulmo.4']))).toMatchObject([{ code: 'refs-missing' }])
    expect(await readRemoteRefs(root, ['release/ulmo.40'])).toEqual(new Map([['release/ulmo.40', commit]]))
  })

  test('that are missing are all told', async () => {
    const { root } = repositoryWith({ file: 'one' })
    expect(await problemsOf(() => readRemoteRefs(root, ['release/a.1', 'main', 'release/b.2']))).toEqual([
      { code: 'refs-missing', url: root, refs: ['release/a.1', 'release/b.2'] },
    ])
  })

  test('cannot be had where there is no repository, in git’s own words', async () => {
    const url = join(temporaryFolder(), 'none')
    expect(await problemsOf(() => readRemoteRefs(url, ['main']))).toEqual([
      { code: 'git-failed', doing: expect.stringContaining(url), detail: expect.stringContaining('fatal') },
    ])
  })
})

describe('what git lists of a remote', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string]

  testEach<{ title: string; lines: string[]; ref: string; commit: string | undefined }>([
    { title: 'a branch', lines: [`${a}\trefs/heads/main`], ref: 'main', commit: a },
    { title: 'a tag', lines: [`${a}\trefs/tags/v1`], ref: 'v1', commit: a },
    {
      title: 'the commit behind a tag object',
      lines: [`${a}\trefs/tags/v1`, `${b}\trefs/tags/v1^{}`],
      ref: 'v1',
      commit: b,
    },
    {
      title: 'a tag before a branch of the same name',
      lines: [`${a}\trefs/heads/v1`, `${b}\trefs/tags/v1`],
      ref: 'v1',
      commit: b,
    },
    {
      title: 'the commit behind a tag object before a branch of the same name',
      lines: [`${a}\trefs/heads/v1`, `${b}\trefs/tags/v1`, `${c}\trefs/tags/v1^{}`],
      ref: 'v1',
      commit: c,
    },
    {
      title: 'the branch where its full name was asked for',
      lines: [`${a}\trefs/heads/v1`, `${b}\trefs/tags/v1`],
      ref: 'refs/heads/v1',
      commit: a,
    },
    {
      title: 'the branch where that was asked for by kind',
      lines: [`${a}\trefs/heads/v1`, `${b}\trefs/tags/v1`],
      ref: 'heads/v1',
      commit: a,
    },
    { title: 'nothing under a longer name', lines: [`${a}\trefs/heads/x/v1`], ref: 'v1', commit: undefined },
    { title: 'nothing in nothing', lines: [''], ref: 'v1', commit: undefined },
    { title: 'nothing in a line that is none', lines: ['warning: x', `${a}\t`], ref: 'x', commit: undefined },
  ])('is, for a ref, $title', ({ lines, ref, commit }) => {
    expect(parseRemoteRefs(`${lines.join('\n')}\n`, [ref]).get(ref)).toBe(commit)
  })
})

describe('modes in git’s index', () => {
  test('are told where the file system cannot tell', async () => {
    const { root } = repositoryWith({ 'package/run': { text: '', mode: 0o755 }, 'package/a b': '', other: '' })
    git(root, 'config', 'core.fileMode', 'false')
    chmodSync(join(root, 'package/run'), 0o644)
    expect(await readIndexModes(join(root, 'package'))).toEqual(
      new Map([
        ['a b', '100644'],
        ['run', '100755'],
      ]),
    )
  })

  test('are not asked for where it can, nor where there is no repository', async () => {
    expect(await readIndexModes(repositoryWith({ file: '' }).root)).toBeUndefined()
    expect(await readIndexModes(temporaryFolder())).toBeUndefined()
  })
})

describe('what git ignores', () => {
  const NAMES = ['lib/a.py', 'lib/a.pyc', 'a b.pyc', 'größe.pyc', 'cache/x/y', 'new\nline.pyc', ':(x).pyc', 'ünder.py']

  test('is told for each path below a folder of a repository, whatever its name', async () => {
    const { root } = repositoryWith({ '.gitignore': '*.pyc\ncache/\n' })
    writeFiles(root, Object.fromEntries(NAMES.map((name) => [`package/${name}`, ''])))
    expect(await readIgnored(join(root, 'package'), NAMES)).toEqual(
      new Set(['lib/a.pyc', 'a b.pyc', 'größe.pyc', 'cache/x/y', 'new\nline.pyc', ':(x).pyc']),
    )
  })

  test('is told at the top of a repository as well', async () => {
    const { root } = repositoryWith({ '.gitignore': '*.pyc\n' })
    writeFiles(root, { 'a.pyc': '', 'a.py': '' })
    expect(await readIgnored(root, ['a.pyc', 'a.py'])).toEqual(new Set(['a.pyc']))
  })

  test('is told through a link to the folder', async () => {
    const { root } = repositoryWith({ '.gitignore': '*.pyc\n' })
    writeFiles(root, { 'package/a.pyc': '', link: { link: 'package' } })
    expect(await readIgnored(join(root, 'link'), ['a.pyc'])).toEqual(new Set(['a.pyc']))
  })

  test('is never what is tracked', async () => {
    const { root } = repositoryWith({ 'package/a.pyc': '', 'package/b.py': '' })
    writeFiles(root, { '.gitignore': '*.pyc\n', 'package/c.pyc': '' })
    expect(await readIgnored(join(root, 'package'), ['a.pyc', 'b.py', 'c.pyc'])).toEqual(new Set(['c.pyc']))
  })

  test('is nothing where nothing matches, and where nothing is asked', async () => {
    const { root } = repositoryWith({ '.gitignore': '*.pyc\n', 'package/b.py': '' })
    expect(await readIgnored(join(root, 'package'), ['b.py'])).toEqual(new Set())
    expect(await readIgnored(join(root, 'package'), [])).toEqual(new Set())
  })

  test('is nothing in a folder that is ignored itself: npm installed it', async () => {
    const { root } = repositoryWith({ '.gitignore': 'node_modules/\n*.conf\n' })
    writeFiles(root, { 'node_modules/@devenv/hello/image/web.conf': '' })
    expect(await readIgnored(join(root, 'node_modules/@devenv/hello/image'), ['web.conf'])).toEqual(new Set())
  })

  test('is nothing outside of a repository', async () => {
    const root = writeFiles(temporaryFolder(), { '.gitignore': '*\n', file: '' })
    expect(await readIgnored(root, ['file'])).toEqual(new Set())
  })

  test('is told of a repository of another owner too', async () => {
    const { root } = repositoryWith({ '.gitignore': '*.pyc\n' })
    writeFiles(root, { 'package/a.pyc': '' })
    vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await readIgnored(join(root, 'package'), ['a.pyc'])).toEqual(new Set(['a.pyc']))
  })

  test('is not guessed where git cannot read the repository, or look into a part of it', async () => {
    const { root } = repositoryWith({ '.gitignore': '*.pyc\n' })
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repositoryWith({ a: '' }).root, 'sub')
    expect(await problemsOf(() => readIgnored(root, ['sub/a']))).toMatchObject([{ code: 'git-failed' }])
    rmSync(join(root, '.git/HEAD'))
    expect(await problemsOf(() => readIgnored(join(root), ['a']))).toMatchObject([
      { code: 'git-failed', doing: `list the ignored files in ${root}` },
    ])
  })

  test('is told by the repository of the folder, also in a hook of another', async () => {
    const { root } = repositoryWith({ '.gitignore': '*.pyc\n' })
    writeFiles(root, { 'package/a.pyc': '' })
    inHookOf(repositoryWith({ file: '' }).root)
    expect(await readIgnored(join(root, 'package'), ['a.pyc'])).toEqual(new Set(['a.pyc']))
  })
})

describe('the configuration of a checkout runs no command', () => {
  /** A partial clone whose configuration would make a file `ran` if git fetched, and its commit, of which it has no file. */
  function trapped() {
    const { root, commit } = repositoryWith({ file: 'text' })
    git(root, 'config', 'uploadpack.allowFilter', 'true')
    const clone = join(temporaryFolder(), 'clone')
    git(root, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${root}`, clone)
    const ran = join(temporaryFolder(), 'ran')
    git(clone, 'config', 'core.sshCommand', `touch ${ran}; false`)
    git(clone, 'config', 'core.fsmonitor', `touch ${ran}; false`)
    git(clone, 'config', 'remote.origin.uploadpack', `touch ${ran}; false`)
    return { clone, commit, ran }
  }
  /** As a person who stands in it. */
  function standIn(folder: string): void {
    const before = process.cwd()
    process.chdir(folder)
    onTestFinished(() => process.chdir(before))
  }

  test('when a remote is asked for its refs', async () => {
    const { clone, ran } = trapped()
    standIn(clone)
    expect(await problemsOf(() => readRemoteRefs('ssh://127.0.0.1:1/hello', ['main']))).toMatchObject([
      { code: 'git-failed' },
    ])
    expect(existsSync(ran)).toBe(false)
  })

  test('when commits are looked for, and fetched into our own repository', async () => {
    const { clone, commit, ran } = trapped()
    vi.stubEnv('XDG_CACHE_HOME', temporaryFolder())
    onTestFinished(() => void vi.unstubAllEnvs())
    standIn(clone)
    await problemsOf(() => resolveCommit(clone, '1'.repeat(40)))
    const where = { checkout: clone, service: 'hello', url: 'ssh://127.0.0.1:1/hello' }
    expect(await ensureCommits(where, [commit])).toBe(clone)
    await problemsOf(() => ensureCommits(where, ['1'.repeat(40)]))
    await readIgnored(clone, ['file'])
    expect(existsSync(ran)).toBe(false)
  })
})

describe('a file that git shall not see', () => {
  const status = (root: string) => git(root, 'status', '--short', '--untracked-files=all')

  test('is ignored in this clone alone, until it shall be seen', async () => {
    const { root } = repositoryWith({ file: 'one', '.gitignore': 'ignored\n' })
    writeFiles(root, { 'a/b.json': '{}', 'c d.json': '{}', ignored: '' })
    const exclude = join(writeFiles(root, { '.git/info/exclude': '# mine' }), '.git/info/exclude')
    expect(await hideFromGit(root, ['a/b.json', 'c d.json', 'ignored', 'file'])).toEqual(['a/b.json', 'c d.json'])
    expect(status(root)).toBe('')
    expect(await hideFromGit(root, ['a/b.json', 'c d.json'])).toEqual([])
    expect(readFileSync(exclude, 'utf8')).toBe('# mine\n/a/b.json\n/c d.json\n')
    expect(await showToGit(root, ['a/b.json', 'file'])).toEqual(['a/b.json'])
    expect(status(root)).toBe('?? a/b.json')
    expect(await showToGit(root, ['a/b.json'])).toEqual([])
  })

  test('is ignored in a worktree, in a part of a repository, and where nothing is ignored yet', async () => {
    const { root } = repositoryWith({ file: 'one', 'part/file': 'one' })
    const tree = join(temporaryFolder(), 'tree')
    git(root, 'worktree', 'add', '--quiet', tree)
    writeFiles(tree, { 'part/new': '', new: '' })
    expect(await hideFromGit(join(tree, 'part'), ['new'])).toEqual(['new'])
    expect(status(tree)).toBe('?? new')
  })

  test('is left alone where there is no repository', async () => {
    const root = writeFiles(temporaryFolder(), { file: '' })
    expect(await hideFromGit(root, ['file'])).toEqual([])
    expect(await showToGit(root, ['file'])).toEqual([])
  })
})
