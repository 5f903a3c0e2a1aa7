import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, temporaryFolder, testEach, writeFiles } from '../../../test/samples.js'
import { type Environment, identify } from '../environment.js'
import { createDataDirectory, writeOwned } from './data-directory.js'

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
    for (const folder of [made.paths.stores, made.paths.logs, made.paths.history]) expect(existsSync(folder)).toBe(true)
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
    createDataDirectory(around)
    expect(existsSync(join(target, 'devenv/stores'))).toBe(true)
  })

  test('that is a file cannot be used, and is named', async () => {
    const blocked = environment()
    writeFileSync(blocked.paths.dataDirectory, '')
    expect(await problemsOf(() => createDataDirectory(blocked))).toMatchObject([
      { code: 'data-unusable', path: blocked.paths.home, detail: expect.stringMatching(/./) },
    ])
  })
})

test('a file is written in one step, and nothing is left beside it', () => {
  const root = writeFiles(temporaryFolder(), { file: 'before' })
  writeOwned(join(root, 'file'), 'after')
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('after')
  expect(readdirSync(root)).toEqual(['file'])
})
