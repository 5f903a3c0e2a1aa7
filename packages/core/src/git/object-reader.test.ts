import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { commitAll, git, repositoryWith } from '../../test/git.js'
import { problemsOf, temporaryFolder, testEach } from '../../test/samples.js'
import { type ObjectReader, openObjects, parseAnswer } from './object-reader.js'

function reading(repository: string): ObjectReader {
  const objects = openObjects(repository)
  onTestFinished(() => objects.close())
  return objects
}

describe('an object', () => {
  test('is that of its name, not what somebody replaced it with', async () => {
    const { root } = repositoryWith({ file: 'text', other: 'another' })
    const [file, other] = ['HEAD:file', 'HEAD:other'].map((name) => git(root, 'rev-parse', name)) as [string, string]
    git(root, 'replace', file, other)
    expect((await reading(root).read(file))?.content.toString()).toBe('text')
  })

  test('that a partial clone does not have is not fetched, and the error names the clone', async () => {
    const { root } = repositoryWith({ file: 'text' })
    git(root, 'config', 'uploadpack.allowFilter', 'true')
    const clone = join(temporaryFolder(), 'clone')
    git(root, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${root}`, clone)
    expect(await problemsOf(() => reading(clone).require('HEAD:file'))).toMatchObject([
      { code: 'commit-incomplete', repository: clone },
    ])
    // As the error says.
    git(clone, 'fetch', '--quiet', '--refetch', '--no-filter')
    expect((await reading(clone).require('HEAD:file')).content.toString()).toBe('text')
  })

  test('that is missing where it has to be is named', async () => {
    const { root } = repositoryWith({ file: 'text' })
    expect(await problemsOf(() => reading(root).require('HEAD:none'))).toMatchObject([
      { code: 'commit-incomplete', repository: root, detail: expect.stringContaining('HEAD:none') },
    ])
  })

  test('is found by every name that git understands', async () => {
    const { root, commit } = repositoryWith({ 'a/b.txt': 'text\n' })
    git(root, 'tag', '--annotate', '--message', 'one', 'v1')
    const objects = reading(root)
    const blob = git(root, 'rev-parse', 'HEAD:a/b.txt')
    for (const name of [blob, blob.slice(0, 10), 'HEAD:a/b.txt', `${commit}:a/b.txt`, 'main:a/b.txt', 'v1:a/b.txt'])
      expect(await objects.read(name)).toEqual({ id: blob, type: 'blob', content: Buffer.from('text\n') })
    expect(await objects.read('v1')).toMatchObject({ type: 'tag' })
    expect(await objects.read('v1^{commit}')).toMatchObject({ type: 'commit', id: commit })
    expect(await objects.read(`${commit}^{tree}`)).toMatchObject({ type: 'tree' })
  })

  testEach<{ title: string; of: () => Buffer }>([
    { title: 'empty', of: () => Buffer.alloc(0) },
    { title: 'without a last newline', of: () => Buffer.from('text') },
    { title: 'with newlines of Windows', of: () => Buffer.from('a\r\nb\r\n') },
    { title: 'of zeros and newlines', of: () => Buffer.from([0, 10, 0, 10, 10, 0]) },
    { title: 'that is no text', of: () => randomBytes(1000) },
    { title: 'that looks like an answer', of: () => Buffer.from(`${'0'.repeat(40)} blob 3\nabc\n`) },
    // What takes a moment here takes minutes where every chunk is copied again.
    { title: 'of many megabytes', of: () => Buffer.alloc(40_000_000, '0123456789abcde\n') },
  ])('$title is given byte by byte', async ({ of }) => {
    const content = of()
    const { root } = repositoryWith({ first: '' })
    writeFileSync(join(root, 'file'), content)
    commitAll(root)
    const found = await reading(root).read('HEAD:file')
    expect(found?.content.equals(content)).toBe(true)
  })

  testEach<{ title: string; name: string }>([
    { title: 'an unknown id', name: '0'.repeat(40) },
    { title: 'an unknown branch', name: 'nobody' },
    { title: 'a path that is not in the commit', name: 'HEAD:nowhere' },
    { title: 'nothing at all', name: '' },
    { title: 'an option', name: '--batch-all-objects' },
  ])('is none by $title, and the next one is still read', async ({ name }) => {
    const objects = reading(repositoryWith({ file: 'text' }).root)
    const [none, file] = await Promise.all([objects.read(name), objects.read('HEAD:file')])
    expect(none).toBeUndefined()
    expect(file?.content.toString()).toBe('text')
  })

  test('is the one that was asked for, however many are asked for at once', async () => {
    const names = Array.from({ length: 200 }, (_, at) => `file-${at}`)
    const big = 'x'.repeat(300_000)
    const { root } = repositoryWith(Object.fromEntries(names.map((name, at) => [name, at % 40 === 0 ? big : name])))
    const objects = reading(root)
    const found = await Promise.all(
      names.map((name, at) => objects.read(at % 7 === 0 ? `HEAD:no-${name}` : `HEAD:${name}`)),
    )
    expect(found.map((object) => object?.content.toString())).toEqual(
      names.map((name, at) => (at % 7 === 0 ? undefined : at % 40 === 0 ? big : name)),
    )
  })

  test('is read from the repository that was named, also in a hook of another', async () => {
    const { root } = repositoryWith({ file: 'ours' })
    const other = repositoryWith({ file: 'theirs' }).root
    vi.stubEnv('GIT_DIR', join(other, '.git'))
    onTestFinished(() => void vi.unstubAllEnvs())
    expect((await reading(root).read('HEAD:file'))?.content.toString()).toBe('ours')
  })

  test('is found in a bare repository as well', async () => {
    const { root, commit } = repositoryWith({ file: 'text' })
    const bare = join(temporaryFolder(), 'bare.git')
    git(root, 'clone', '--quiet', '--bare', root, bare)
    expect(await reading(bare).read(commit)).toMatchObject({ id: commit, type: 'commit' })
  })
})

describe('a reader', () => {
  test('of no repository refuses all that it was asked, in git’s own words', async () => {
    const folder = temporaryFolder()
    const objects = reading(folder)
    const asked = ['HEAD', 'main'].map((name) => problemsOf(() => objects.read(name)))
    for (const problems of await Promise.all(asked))
      expect(problems).toEqual([
        { code: 'git-failed', doing: `read ${folder}`, detail: expect.stringMatching(/not a git repository/) },
      ])
  })

  test('whose git has ended refuses at once, and lets nobody wait', async () => {
    const objects = reading(temporaryFolder())
    await problemsOf(() => objects.read('HEAD'))
    expect(await problemsOf(() => objects.read('HEAD'))).toMatchObject([{ code: 'git-failed' }])
  })

  test('that is closed still answers what was asked before, and nothing after', async () => {
    const { root } = repositoryWith({ file: 'text' })
    const objects = openObjects(root)
    const before = objects.read('HEAD:file')
    objects.close()
    const after = problemsOf(() => objects.read('HEAD:file'))
    expect((await before)?.content.toString()).toBe('text')
    expect(await after).toMatchObject([{ code: 'git-failed' }])
  })
})

describe('an answer of git', () => {
  const ID = 'a'.repeat(40)
  const answer = (text: string) => parseAnswer(Buffer.from(text))

  testEach<{ title: string; text: string }>([
    { title: 'nothing', text: '' },
    { title: 'half a header', text: `${ID} blob` },
    { title: 'a header alone', text: `${ID} blob 4\n` },
    { title: 'half the content', text: `${ID} blob 4\nte` },
    { title: 'content without its newline', text: `${ID} blob 4\ntext` },
  ])('is waited for where there is $title', ({ text }) => {
    expect(answer(text)).toBeUndefined()
  })

  testEach<{ title: string; text: string; type: string; content: string; rest?: string }>([
    { title: 'a blob', text: `${ID} blob 4\ntext\n`, type: 'blob', content: 'text' },
    { title: 'an empty one', text: `${ID} blob 0\n\n`, type: 'blob', content: '' },
    { title: 'one with newlines', text: `${ID} tag 3\n\n\n\n\n`, type: 'tag', content: '\n\n\n' },
    { title: 'the first of two', text: `${ID} tree 1\na\n${ID}`, type: 'tree', content: 'a', rest: ID },
  ])('is $title, and as long as it is', ({ text, type, content, rest = '' }) => {
    const found = answer(text)
    expect(found).toEqual({
      length: text.length - rest.length,
      object: { id: ID, type, content: Buffer.from(content) },
    })
  })

  test.each(['nobody missing\n', 'ab ambiguous\n', '\n'])('that names no object is none: %j', (text) => {
    expect(answer(`${text}rest`)).toEqual({ length: text.length, object: undefined })
  })

  test('names an object of SHA-256 as well', () => {
    expect(answer(`${'b'.repeat(64)} commit 1\nx\n`)?.object?.id).toBe('b'.repeat(64))
  })
})
