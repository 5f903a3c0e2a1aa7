import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { cloneWithUmask, commitAll, commitWith, git, repositoryWith } from '../../test/git.js'
import { NO_PROCESS, problemsOf, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { type ObjectReader, openObjects } from '../git/object-reader.js'
import { processMark } from '../process/process-mark.js'
import { commitTree, parseTree } from './commit-tree.js'
import { folderTree } from './folder-tree.js'
import { makeTemporaryFolder } from './temporary-folder.js'
import { holds, type Tree } from './tree.js'

const FILES = {
  Makefile: 'test:\n\ttrue\n',
  'manage.py': { text: '#!/usr/bin/env python\n', mode: 0o755 },
  'src/hello/web.py': 'app = 1\n',
  'src/hello/static/logo.svg': '<svg/>',
  latest: { link: 'src/hello' },
  dangling: { link: 'nowhere' },
  'read me.txt': 'two words\n',
  'größe/naïve 日本語 🚀.txt': 'ünïcödé\n',
  'a\tb': 'a tab\n',
  'new\nline': 'a newline\n',
  '"quoted"': 'quotes\n',
  empty: '',
}

const reading = (repository: string): ObjectReader => {
  const objects = openObjects(repository)
  onTestFinished(() => objects.close())
  return objects
}
const treeOf = (repository: string, commit: string): Tree =>
  commitTree({ objects: reading(repository), hashes: new Map() }, commit)

/** All of a tree, as lines that can be compared; git's own folder left out. */
async function listing(tree: Tree, folder = ''): Promise<string[]> {
  const entries = ((await tree.entries(folder)) ?? []).filter(({ name }) => name !== '.git')
  const lines = entries.map(async ({ name, kind }) => {
    const path = folder === '' ? name : `${folder}/${name}`
    if (kind === 'folder') return [`${path}/`, ...(await listing(tree, path))]
    return [`${path} ${kind} ${await tree.sha256(path)} ${(await tree.read(path))?.toString('base64')}`]
  })
  return (await Promise.all(lines)).flat().sort()
}

describe('a commit and a folder of the same content', () => {
  test('hold the same files: kinds, links, content and names', async () => {
    const { root, commit } = repositoryWith(FILES)
    const found = await listing(treeOf(root, commit))
    expect(found).toHaveLength(Object.keys(FILES).length + 4)
    expect(found).toEqual(await listing(folderTree(root)))
  })

  test('hold the same also where the clone was made by somebody with another umask', async () => {
    const { root, commit } = repositoryWith(FILES)
    const clone = join(temporaryFolder(), 'clone')
    cloneWithUmask('077', root, clone)
    expect(await listing(folderTree(clone))).toEqual(await listing(treeOf(root, commit)))
  })

  test('hold the same in a repository of SHA-256', async () => {
    const { root, commit } = repositoryWith(FILES, 'sha256')
    expect(commit).toHaveLength(64)
    expect(await listing(treeOf(root, commit))).toEqual(await listing(folderTree(root)))
  })

  test('differ by what was not committed', async () => {
    const { root, commit } = repositoryWith(FILES)
    const before = await listing(treeOf(root, commit))
    writeFiles(root, { '.gitignore': 'ignored\n', ignored: '', Makefile: 'test:\n\tfalse\n' })
    expect(await listing(treeOf(root, commit))).toEqual(before)
    const now = (await listing(folderTree(root))).map((line) => line.split(' ')[0])
    expect(now).toEqual(expect.arrayContaining(['.gitignore', 'ignored', 'Makefile']))
  })

  test('name a submodule, and have nothing in it', async () => {
    const { root: inner } = repositoryWith({ file: '' })
    const { root } = repositoryWith({ 'own/file': '' })
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'own/module')
    const commit = commitAll(root)
    expect(await treeOf(root, commit).entries('own')).toMatchObject([
      { name: 'file', kind: 'file' },
      { name: 'module', kind: 'submodule' },
    ])
    expect(await treeOf(root, commit).read('own/module')).toBeUndefined()
    expect(await treeOf(root, commit).entries('own/module')).toBeUndefined()
  })
})

describe('a commit of which the repository does not have everything', () => {
  testEach<{ what: string; object: string }>([
    { what: 'a file', object: 'HEAD:src/hello/web.py' },
    { what: 'a folder', object: 'HEAD:src' },
    { what: 'its top', object: 'HEAD^{tree}' },
  ])('($what) is refused: another digest would be the digest of another commit', async ({ object }) => {
    const { root, commit } = repositoryWith(FILES)
    const id = git(root, 'rev-parse', object)
    rmSync(join(root, '.git/objects', id.slice(0, 2), id.slice(2)))
    expect(await problemsOf(() => listing(treeOf(root, commit)))).toMatchObject([
      { code: 'commit-incomplete', repository: root, detail: expect.stringMatching(/is missing/) },
    ])
  })
})

/** The same questions to both kinds. */
const KINDS: { kind: string; open: () => Tree }[] = [
  { kind: 'a folder', open: () => folderTree(writeFiles(temporaryFolder(), FILES)) },
  {
    kind: 'a commit',
    open: () => {
      const { root, commit } = repositoryWith(FILES)
      return treeOf(root, commit)
    },
  },
]

describe.each(KINDS)('of $kind', ({ open }) => {
  testEach<{ path: string; content: string | undefined }>([
    { path: 'Makefile', content: 'test:\n\ttrue\n' },
    { path: 'src/hello/web.py', content: 'app = 1\n' },
    { path: 'größe/naïve 日本語 🚀.txt', content: 'ünïcödé\n' },
    { path: 'empty', content: '' },
    { path: 'latest', content: 'src/hello' },
    { path: 'dangling', content: 'nowhere' },
    { path: 'src', content: undefined },
    { path: 'nowhere', content: undefined },
    { path: 'src/nowhere', content: undefined },
    { path: 'nowhere/at/all', content: undefined },
    { path: 'Makefile/below', content: undefined },
  ])('$path reads as $content', async ({ path, content }) => {
    expect((await open().read(path))?.toString()).toBe(content)
  })

  testEach<{ path: string; there: boolean }>([
    { path: 'Makefile', there: true },
    { path: 'src', there: true },
    { path: 'src/hello', there: true },
    { path: 'src/hello/web.py', there: true },
    { path: 'latest', there: true },
    { path: 'read me.txt', there: true },
    { path: 'makefile', there: false },
    { path: 'src/hell', there: false },
    { path: 'src/hello/web.pyc', there: false },
    { path: 'Makefile/below', there: false },
    { path: 'nowhere/web.py', there: false },
  ])('whether it holds $path is $there', async ({ path, there }) => {
    expect(await holds(open(), path)).toBe(there)
  })

  test('a folder has entries, and nothing else has', async () => {
    const tree = open()
    expect((await tree.entries('src/hello'))?.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      { name: 'static', kind: 'folder' },
      { name: 'web.py', kind: 'file' },
    ])
    for (const path of ['Makefile', 'nowhere', 'src/nowhere', 'dangling'])
      expect(await tree.entries(path)).toBeUndefined()
  })

  test('a hash is that of the content, and of a link that of its target', async () => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
    const tree = open()
    expect(await tree.sha256('src/hello/web.py')).toBe(sha256('app = 1\n'))
    expect(await tree.sha256('latest')).toBe(sha256('src/hello'))
    expect(await tree.sha256('empty')).toBe(sha256(''))
  })
})

describe('a folder', () => {
  test('that cannot be read is a problem, and no file that is not there', async () => {
    const tree = folderTree(temporaryFolder())
    const name = 'x'.repeat(300)
    for (const look of [() => tree.read(name), () => tree.entries(name), () => tree.sha256(name)])
      expect(await problemsOf(look)).toMatchObject([
        { code: 'file-unusable', path: join(tree.name, name), detail: expect.stringContaining('ENAMETOOLONG') },
      ])
    expect(await problemsOf(() => tree.sha256('gone'))).toEqual([
      { code: 'input-changed', file: 'gone', tree: tree.name },
    ])
  })

  test('for a moment needs a place', async () => {
    vi.stubEnv('TMPDIR', join(temporaryFolder(), 'none'))
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await problemsOf(() => makeTemporaryFolder('test'))).toMatchObject([
      { code: 'folder-unusable', variable: 'TMPDIR' },
    ])
  })

  test('for a moment goes with the next one where its process was killed; what may be in use stays', () => {
    const [, , host] = processMark().split('-')
    const gone = `devenv-build-${NO_PROCESS}--${host}-abcdef`
    const stays = [
      `devenv-build-${processMark()}-abcdef`,
      `devenv-build-7--${'0'.repeat(16)}-abcdef`,
      'devenv-build-abcdef',
      `mine-${gone}`,
    ]
    const place = writeFiles(
      temporaryFolder(),
      Object.fromEntries([gone, ...stays].map((name) => [`${name}/deep/file`, ''])),
    )
    vi.stubEnv('TMPDIR', place)
    onTestFinished(() => void vi.unstubAllEnvs())
    const { path, remove } = makeTemporaryFolder('commits')
    expect(readdirSync(place).sort()).toEqual([...stays, basename(path)].sort())
    remove()
    expect(readdirSync(place).sort()).toEqual(stays.sort())
  })

  test('is named by its path', () => {
    expect(folderTree('/home/dev/hello').name).toBe('/home/dev/hello')
  })

  test('has what git does not know, empty folders included', async () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'empty'))
    expect(await folderTree(root).entries('')).toEqual([{ name: 'empty', kind: 'folder' }])
  })

  test('has neither pipes nor sockets', async () => {
    const root = writeFiles(temporaryFolder(), { file: '' })
    execFileSync('mkfifo', [join(root, 'pipe')])
    symlinkSync('/dev/null', join(root, 'device'))
    expect((await folderTree(root).entries(''))?.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'device', kind: 'link' },
      { name: 'file', kind: 'file' },
    ])
    expect(await folderTree(root).read('pipe')).toBeUndefined()
  })

  test('has nothing where it is not there itself', async () => {
    expect(await folderTree(join(temporaryFolder(), 'none')).entries('')).toBeUndefined()
  })
})

describe('a commit', () => {
  test('is named by its first digits', () => {
    expect(treeOf(repositoryWith({ file: '' }).root, 'c'.repeat(40)).name).toBe(`commit ${'c'.repeat(12)}`)
  })

  test('that the repository does not have is refused', async () => {
    const tree = treeOf(repositoryWith({ file: '' }).root, 'c'.repeat(40))
    expect(await problemsOf(() => tree.entries(''))).toMatchObject([{ code: 'commit-incomplete' }])
  })

  test('shares with others what is the same: each object is read once', async () => {
    const { root, commit: first } = repositoryWith({ 'a/same': 'same', 'a/other': 'one', 'b/same': 'same' })
    const second = commitWith(root, { 'a/other': 'two' })
    const objects = reading(root)
    const asked: string[] = []
    const reader = {
      objects: {
        ...objects,
        require: (name: string) => {
          asked.push(name)
          return objects.require(name)
        },
      },
      hashes: new Map<string, Promise<string>>(),
    }
    const trees = [commitTree(reader, first), commitTree(reader, second)]
    const hashes = await Promise.all(
      trees.flatMap((tree) => ['a/same', 'a/other', 'b/same'].map((path) => tree.sha256(path))),
    )
    expect(new Set(hashes).size).toBe(3)
    const id = git(root, 'rev-parse', 'HEAD:a/same')
    expect(asked.filter((name) => name === id)).toHaveLength(1)
    for (const commit of [first, second]) expect(asked.filter((name) => name === `${commit}^{tree}`)).toHaveLength(1)
  })
})

test('git’s form of a folder is read: every mode that it has, names with blanks, ids as bytes', () => {
  const id = (digit: string) => Buffer.from(digit.repeat(40), 'hex')
  const entry = (mode: string, name: string, digit: string) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), id(digit)])
  const content = Buffer.concat([
    entry('100644', 'a file', '0'),
    entry('100664', 'an old file', '1'),
    entry('100755', 'b', '2'),
    entry('120000', 'c', '3'),
    entry('40000', 'd', '4'),
    entry('160000', 'submodule', '5'),
  ])
  expect(parseTree(content, 20)).toEqual([
    { name: 'a file', kind: 'file', id: '0'.repeat(40) },
    { name: 'an old file', kind: 'file', id: '1'.repeat(40) },
    { name: 'b', kind: 'executable', id: '2'.repeat(40) },
    { name: 'c', kind: 'link', id: '3'.repeat(40) },
    { name: 'd', kind: 'folder', id: '4'.repeat(40) },
    { name: 'submodule', kind: 'submodule', id: '5'.repeat(40) },
  ])
  expect(parseTree(Buffer.alloc(0), 20)).toEqual([])
})

test.each(['..', '.', '.git', '../outside', 'a/b'])(
  'a name that leads elsewhere is no part of a commit: %s',
  (name) => {
    const content = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.alloc(20)])
    expect(parseTree(content, 20)).toEqual([])
  },
)

test.each(['..a', 'a..', '.gitignore', '...'])('a name that only looks so is one: %s', (name) => {
  const content = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.alloc(20)])
  expect(parseTree(content, 20)).toMatchObject([{ name }])
})

test('a name that is no UTF-8 is told, and is none of the folder around it', async () => {
  const root = writeFiles(temporaryFolder(), { 'requirements/base.txt': 'django' })
  const odd = Buffer.concat([Buffer.from(`${root}/requirements/lat`), Buffer.from([0xe9])])
  writeFileSync(odd, '')
  const expected = [
    { name: 'base.txt', kind: 'file' },
    { name: 'lat\uFFFD', kind: 'unnamed' },
  ]
  expect(await folderTree(root).entries('requirements')).toEqual(expected)
  git(root, 'init', '--quiet')
  expect(await treeOf(root, commitAll(root)).entries('requirements')).toMatchObject(expected)
})
