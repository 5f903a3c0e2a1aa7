import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commitAll, git } from '../../../test/git.js'
import { NO_PROCESS, problemsOf, SAMPLE_PACKAGE, temporaryFolder, testEach, writeFiles } from '../../../test/samples.js'
import { processMark } from '../../process/process-mark.js'
import { type Environment, identify } from '../environment.js'
import { createDataDirectory, requireOwnPlace, requireUsablePlace, writeOwned } from './data-directory.js'

/** An environment whose checkout exists. */
function environment(dataRoot?: string): Environment {
  const checkout = join(temporaryFolder(), 'hello')
  mkdirSync(checkout)
  return identify(SAMPLE_PACKAGE, checkout, dataRoot)
}

describe('the data directory', () => {
  test('is made with all that containers mount', () => {
    const made = environment()
    createDataDirectory(made)
    for (const folder of [made.paths.stores, made.paths.logs, made.paths.history, made.paths.cache])
      expect(existsSync(folder)).toBe(true)
    expect(readFileSync(join(made.paths.home, 'README'), 'utf8')).toContain('dev.clean')
  })

  testEach([
    { text: '"http_proxy": "http://user:secret@proxy:3128"', mode: 0o600 },
    { text: '"http_proxy": "http://proxy:3128", "a@b"', mode: 0o644 },
  ])('a file with $text is written with the mode that it asks for', ({ text, mode }) => {
    const before = process.umask(0o022)
    onTestFinished(() => void process.umask(before))
    const made = environment()
    createDataDirectory(made)
    writeFileSync(made.paths.record, 'as it was before', { mode: 0o644 })
    writeOwned(made.paths.record, text)
    expect(statSync(made.paths.record).mode & 0o777).toBe(mode)
  })

  test('lets others through to the stores, where a mask lies inside, whatever umask somebody has or had', () => {
    const before = process.umask(0o077)
    onTestFinished(() => void process.umask(before))
    const made = environment()
    createDataDirectory(made)
    expect(statSync(made.paths.stores).mode & 0o777).toBe(0o755)
    chmodSync(made.paths.stores, 0o700)
    createDataDirectory(made)
    expect(statSync(made.paths.stores).mode & 0o777).toBe(0o755)
    expect(statSync(made.paths.home).mode & 0o777).toBe(0o700)
  })

  test('may be made again, and keeps what is there', () => {
    const made = environment()
    createDataDirectory(made)
    writeFileSync(join(made.paths.home, 'README'), 'mine')
    writeFileSync(join(made.paths.logs, 'web.log'), 'line\n')
    createDataDirectory(made)
    expect(readFileSync(join(made.paths.home, 'README'), 'utf8')).toBe('mine')
    expect(readFileSync(join(made.paths.logs, 'web.log'), 'utf8')).toBe('line\n')
  })

  test('may be elsewhere, with folders around it that are not there yet', () => {
    const elsewhere = environment(join(temporaryFolder(), 'a/b'))
    createDataDirectory(elsewhere)
    expect(existsSync(elsewhere.paths.stores)).toBe(true)
    expect(existsSync(join(elsewhere.checkout, '.dev'))).toBe(false)
  })

  test.runIf(existsSync('/proc/self'))('is refused where nothing can be made', async () => {
    const lost = environment('/proc/a/b')
    expect(await problemsOf(() => createDataDirectory(lost))).toMatchObject([
      { code: 'data-unusable', path: lost.paths.home },
    ])
  })

  test('may be a link itself, but our folder in it may not: what it points at is not ours', async () => {
    const linked = environment()
    const target = temporaryFolder()
    mkdirSync(linked.paths.dataDirectory)
    symlinkSync(target, linked.paths.home)
    expect(await problemsOf(() => createDataDirectory(linked))).toMatchObject([
      { code: 'data-unusable', path: linked.paths.home },
    ])
    expect(readdirSync(target)).toEqual([])

    const around = environment()
    symlinkSync(target, around.paths.dataDirectory)
    await requireOwnPlace(around)
    createDataDirectory(around)
    expect(existsSync(join(target, 'devenv/stores'))).toBe(true)
  })

  test('may not be a link out of the checkout that the repository brought along: git would choose where we write', async () => {
    const tracked = environment()
    const target = temporaryFolder()
    symlinkSync(target, tracked.paths.dataDirectory)
    git(tracked.checkout, 'init', '--quiet')
    await requireOwnPlace(tracked)
    commitAll(tracked.checkout)
    expect(await problemsOf(() => requireOwnPlace(tracked))).toMatchObject([
      { code: 'data-unusable', path: tracked.paths.dataDirectory, detail: expect.stringContaining('git tracks it') },
    ])
  })

  test('may be a link that the repository brought along to another folder of the checkout', async () => {
    const tracked = environment()
    writeFiles(tracked.checkout, { 'data/.keep': '', '.dev': { link: 'data' } })
    git(tracked.checkout, 'init', '--quiet')
    commitAll(tracked.checkout)
    await requireOwnPlace(tracked)
    createDataDirectory(tracked)
    expect(existsSync(join(tracked.checkout, 'data/devenv/stores'))).toBe(true)
  })

  test.each(['stores', 'logs'] as const)(
    'holds no link in the place of %s: containers would mount what it points at',
    async (name) => {
      const made = environment()
      const target = temporaryFolder()
      writeFiles(made.paths.home, { [name]: { link: target } })
      expect(await problemsOf(() => createDataDirectory(made))).toMatchObject([
        { code: 'data-unusable', path: made.paths[name], detail: expect.stringContaining('link') },
      ])
      expect(readdirSync(target)).toEqual([])
    },
  )

  test('that is a file cannot be used, and is named', async () => {
    const blocked = environment()
    writeFileSync(blocked.paths.dataDirectory, '')
    expect(await problemsOf(() => createDataDirectory(blocked))).toMatchObject([
      { code: 'data-unusable', path: blocked.paths.home, detail: expect.stringMatching(/./) },
    ])
    expect(await problemsOf(() => requireUsablePlace(blocked))).toMatchObject([
      { code: 'data-unusable', path: blocked.paths.home, detail: `${blocked.paths.dataDirectory} is not a folder` },
    ])
  })

  test('is looked at before it is made: nothing is made, and our folder may be no link', async () => {
    const fresh = environment(join(temporaryFolder(), 'a/b'))
    await requireUsablePlace(fresh)
    expect(existsSync(fresh.paths.dataDirectory)).toBe(false)
    createDataDirectory(fresh)
    await requireUsablePlace(fresh)
    rmSync(fresh.paths.logs, { recursive: true })
    symlinkSync('stores', fresh.paths.logs)
    expect(await problemsOf(() => requireUsablePlace(fresh))).toMatchObject([{ path: fresh.paths.logs }])
  })

  // Root may write anywhere.
  test.runIf(process.getuid?.() !== 0)('is looked at for whether it can be written to', async () => {
    const closed = environment(join(temporaryFolder(), 'data'))
    mkdirSync(closed.paths.dataDirectory, { recursive: true })
    chmodSync(closed.paths.dataDirectory, 0o555)
    expect(await problemsOf(() => requireUsablePlace(closed))).toMatchObject([{ path: closed.paths.home }])
    chmodSync(closed.paths.dataDirectory, 0o755)
    await requireUsablePlace(closed)
  })
})

test('a file is written in one step, and nothing is left beside it', () => {
  const root = writeFiles(temporaryFolder(), { file: 'before' })
  writeOwned(join(root, 'file'), 'after')
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('after')
  expect(readdirSync(root)).toEqual(['file'])
})

describe('a file that devenv writes', () => {
  test('replaces a link of its name, and what that points at stays', () => {
    const root = writeFiles(temporaryFolder(), {
      precious: 'x',
      file: { link: 'precious' },
      [`file.${processMark()}.tmp`]: { link: 'precious' },
    })
    writeOwned(join(root, 'file'), 'after')
    expect(readFileSync(join(root, 'precious'), 'utf8')).toBe('x')
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('after')
    expect(readdirSync(root).sort()).toEqual(['file', 'precious'])
  })

  test('takes the place of an empty folder, as an engine makes one for a file that it should mount', () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'file'))
    writeOwned(join(root, 'file'), 'after')
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('after')
  })

  test('leaves a folder in its place that holds anything; the error names it, and nothing is left beside it', () => {
    const root = writeFiles(temporaryFolder(), { 'file/precious': 'x' })
    expect(() => writeOwned(join(root, 'file'), 'after')).toThrow(
      expect.objectContaining({ code: 'ENOTEMPTY', path: join(root, 'file') }),
    )
    expect(readdirSync(root)).toEqual(['file'])
    expect(readFileSync(join(root, 'file/precious'), 'utf8')).toBe('x')
  })
})

test('what a writer that was killed has left goes with the next file that is written there; what may be at work stays', () => {
  const [, , host] = processMark().split('-')
  const stays = [
    `record.${processMark()}.tmp`,
    `record.7--${'0'.repeat(16)}.tmp`,
    'notes.tmp',
    `dump-${NO_PROCESS}--${host}`,
  ]
  const goes = [`README.${NO_PROCESS}--${host}.tmp`, `.gitignore.${NO_PROCESS}-123-${host}.tmp`]
  const root = writeFiles(temporaryFolder(), Object.fromEntries([...stays, ...goes].map((name) => [name, ''])))
  writeOwned(join(root, 'file'), '')
  expect(readdirSync(root).sort()).toEqual([...stays, 'file'].sort())
})
