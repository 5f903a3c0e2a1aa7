import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SAMPLE_PACKAGE, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { processMark } from '../../process/process-mark.js'
import { type Environment, identify } from '../environment.js'
import { storeFolder } from './ledger.js'
import { readRemoval, removeEmpty, removeOwned, retire } from './removal.js'

/** An environment whose checkout exists. */
function environment(): Environment {
  const checkout = join(temporaryFolder(), 'hello')
  mkdirSync(checkout)
  return identify(SAMPLE_PACKAGE, checkout, undefined)
}
const names = (paths: readonly string[]) => paths.map((path) => basename(path)).sort()

describe('clean', () => {
  test('removes everything that devenv creates, and folders that are empty then', () => {
    const { paths } = environment()
    writeFiles(paths.home, {
      README: '',
      probe: '',
      'stores/mysql-8.4/data/ibdata1': '',
      'stores/mysql-8.4/ledger.json': '{}',
      'logs/web.log': '',
      'logs/web.log.10': '',
      'history/hello': '',
      'cache/test-databases/a.sqlite3': '',
      'start.0123abcd.lock': '',
      [basename(paths.record)]: '{}',
      [basename(paths.composeFile)]: '{}',
    })
    const { remove, leave, folders } = readRemoval(paths)
    expect(leave).toEqual([])
    expect(names(remove)).toEqual(
      names([
        'README',
        'probe',
        'data',
        'ledger.json',
        'web.log',
        'web.log.10',
        'hello',
        'a.sqlite3',
        'start.0123abcd.lock',
        paths.record,
        paths.composeFile,
      ]),
    )
    expect(folders).toEqual([
      join(paths.cache, 'test-databases'),
      paths.cache,
      paths.history,
      paths.logs,
      storeFolder(paths, 'mysql-8.4'),
      paths.stores,
      paths.home,
    ])
  })

  test('leaves what a person put beside logs and databases', () => {
    const { paths } = environment()
    const foreign = ['stores/dump.sql', 'stores/backup/dump.sql', 'stores/mysql-8.4/notes.txt', 'logs/mine.txt']
    writeFiles(paths.home, Object.fromEntries(foreign.map((name) => [name, ''])))
    expect(readRemoval(paths).remove).toEqual([])
    expect(names(readRemoval(paths).leave)).toEqual(names(foreign))
  })

  test('removes what an environment of another checkout left here that shared the stores', () => {
    const { paths } = environment()
    writeFiles(paths.home, { 'devenv-hello-01234567.json': '', 'devenv-edx-platform-89abcdef.compose.json': '' })
    expect(readRemoval(paths).remove).toHaveLength(2)
  })

  test('removes what a write that was interrupted left', () => {
    const { paths } = environment()
    const left = ['4711', processMark()].map((writer) => `${basename(paths.record)}.${writer}.tmp`)
    writeFiles(paths.home, Object.fromEntries(left.map((name) => [name, ''])))
    expect(readRemoval(paths).leave).toEqual([])
    expect(names(readRemoval(paths).remove)).toEqual(names(left))
  })

  test('leaves a folder under the name of a file, and a file under the name of a folder', () => {
    const { paths } = environment()
    writeFiles(paths.home, {
      'README/precious': '',
      [`${basename(paths.record)}/precious`]: '',
      'logs/web.log/precious': '',
      'stores/mysql-8.4/data': '',
    })
    expect(readRemoval(paths).remove).toEqual([])
    expect(names(readRemoval(paths).leave)).toEqual(names(['README', basename(paths.record), 'web.log', 'data']))
  })

  test('leaves every name that devenv does not create', () => {
    const { paths } = environment()
    const foreign = ['notes.txt', 'stores.bak', 'mystores', 'README.md', '.keep', 'devenv-x.json', 'package.json']
    writeFiles(paths.home, Object.fromEntries(foreign.map((name) => [name, ''])))
    expect(readRemoval(paths).remove).toEqual([])
    expect(names(readRemoval(paths).leave)).toEqual(names(foreign))
  })

  test('looks at nothing beside its own folder', () => {
    const { paths } = environment()
    writeFiles(paths.dataDirectory, { 'volumes/.keep': '', stores: '', 'devenv/logs/web.log': '' })
    const { remove, leave } = readRemoval(paths)
    for (const path of [...remove, ...leave]) expect(path.startsWith(`${paths.home}/`)).toBe(true)
  })

  test('leaves a link under one of our names, and what it points at', () => {
    const { paths } = environment()
    writeFiles(paths.home, { stores: { link: '../../precious' }, logs: { link: '/' } })
    expect(readRemoval(paths).remove).toEqual([])
    expect(names(readRemoval(paths).leave)).toEqual(['logs', 'stores'])
  })

  test('leaves our folder where that is a link', () => {
    const { paths } = environment()
    const target = writeFiles(temporaryFolder(), { 'stores/data': '' })
    mkdirSync(paths.dataDirectory)
    symlinkSync(target, paths.home)
    expect(readRemoval(paths)).toEqual({ remove: [], leave: [paths.home], folders: [] })
  })

  test('has nothing to do where nothing was started', () => {
    expect(readRemoval(environment().paths)).toMatchObject({ remove: [], leave: [] })
  })

  test('never follows a link out of what it removes', () => {
    const root = temporaryFolder()
    writeFiles(root, {
      'precious/file': 'x',
      'stores/into': { link: '../precious' },
      'stores/file': { link: '../precious/file' },
      'stores/deep/into': { link: join(root, 'precious') },
      top: { link: 'precious' },
    })
    expect(removeOwned([join(root, 'stores'), join(root, 'top')])).toEqual([])
    expect(readdirSync(root)).toEqual(['precious'])
    expect(readFileSync(join(root, 'precious/file'), 'utf8')).toBe('x')
  })

  test('does not mind what is gone already', () => {
    expect(removeOwned([join(temporaryFolder(), 'gone')])).toEqual([])
  })

  test('removes a folder only if nothing is in it', () => {
    const root = writeFiles(temporaryFolder(), { 'full/file': '' })
    mkdirSync(join(root, 'empty'))
    removeEmpty(join(root, 'full'))
    removeEmpty(join(root, 'empty'))
    removeEmpty(join(root, 'missing'))
    expect(readdirSync(root)).toEqual(['full'])
  })

  test('takes data out of use in one step before it removes them: nobody finds half a database', () => {
    const root = writeFiles(temporaryFolder(), { 'data/ibdata1': 'x', 'ledger.json': '{}' })
    const retired = retire(join(root, 'data'))
    expect(existsSync(join(root, 'data'))).toBe(false)
    expect(readdirSync(retired)).toEqual(['ibdata1'])
    expect(retire(join(root, 'ledger.json'))).toBe(join(root, 'ledger.json'))
    expect(retire(join(root, 'missing/data'))).toBe(join(root, 'missing/data'))
  })

  test('removes what a clean that was killed left', () => {
    const { paths } = environment()
    writeFiles(paths.home, { 'stores/mysql-8.4/data.0123abcd.removed/ibdata1': '' })
    expect(names(readRemoval(paths).remove)).toEqual(['data.0123abcd.removed'])
  })
})
