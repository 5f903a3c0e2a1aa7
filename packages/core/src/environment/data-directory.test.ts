import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, temporaryFolder, writeFiles } from '../../test/samples.js'
import {
  createDataDirectory,
  openStore,
  planRemoval,
  removeEmpty,
  removeOwned,
  storeData,
  storeFolder,
  writeOwned,
} from './data-directory.js'
import { type Environment, identify } from './identity.js'

/** An environment whose checkout exists. */
function environment(dataRoot?: string): Environment {
  const checkout = join(temporaryFolder(), 'hello')
  mkdirSync(checkout)
  return identify(SAMPLE_PACKAGE, checkout, dataRoot)
}
const names = (paths: readonly string[]) => paths.map((path) => basename(path)).sort()

describe('the data directory', () => {
  test('is made with all that containers mount', () => {
    const made = environment()
    createDataDirectory(made)
    for (const folder of [made.paths.stores, made.paths.logs]) expect(existsSync(folder)).toBe(true)
    expect(readFileSync(join(made.paths.home, 'README'), 'utf8')).toContain('dev.clean')
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

describe('clean', () => {
  test('removes everything that devenv creates, and folders that are empty then', () => {
    const { paths } = environment()
    writeFiles(paths.home, {
      README: '',
      probe: '',
      'stores/mysql-8.4/data/ibdata1': '',
      'stores/mysql-8.4/store.json': '{}',
      'logs/web.log': '',
      'logs/web.log.10': '',
      'start.lock/mtime': '',
      [basename(paths.record)]: '{}',
      [basename(paths.composeFile)]: '{}',
    })
    const { remove, leave, folders } = planRemoval(paths)
    expect(leave).toEqual([])
    expect(names(remove)).toEqual(
      names([
        'README',
        'probe',
        'data',
        'store.json',
        'web.log',
        'web.log.10',
        'start.lock',
        paths.record,
        paths.composeFile,
      ]),
    )
    expect(folders).toEqual([paths.logs, storeFolder(paths, 'mysql-8.4'), paths.stores, paths.home])
  })

  test('leaves what a person put beside logs and databases', () => {
    const { paths } = environment()
    const foreign = ['stores/dump.sql', 'stores/backup/dump.sql', 'stores/mysql-8.4/notes.txt', 'logs/mine.txt']
    writeFiles(paths.home, Object.fromEntries(foreign.map((name) => [name, ''])))
    expect(planRemoval(paths).remove).toEqual([])
    expect(names(planRemoval(paths).leave)).toEqual(names(foreign))
  })

  test('removes what an environment of another checkout left here that shared the stores', () => {
    const { paths } = environment()
    writeFiles(paths.home, { 'devenv-hello-01234567.json': '', 'devenv-edx-platform-89abcdef.compose.json': '' })
    expect(planRemoval(paths).remove).toHaveLength(2)
  })

  test('removes what a write that was interrupted left', () => {
    const { paths } = environment()
    writeFiles(paths.home, { [`${basename(paths.record)}.4711.tmp`]: '' })
    expect(planRemoval(paths)).toMatchObject({ remove: [`${paths.record}.4711.tmp`], leave: [] })
  })

  test('leaves every name that devenv does not create', () => {
    const { paths } = environment()
    const foreign = ['notes.txt', 'stores.bak', 'mystores', 'README.md', '.keep', 'devenv-x.json', 'package.json']
    writeFiles(paths.home, Object.fromEntries(foreign.map((name) => [name, ''])))
    expect(planRemoval(paths).remove).toEqual([])
    expect(names(planRemoval(paths).leave)).toEqual(names(foreign))
  })

  test('looks at nothing beside its own folder', () => {
    const { paths } = environment()
    writeFiles(paths.dataDirectory, { 'volumes/.keep': '', stores: '', 'devenv/logs/web.log': '' })
    const { remove, leave } = planRemoval(paths)
    for (const path of [...remove, ...leave]) expect(path.startsWith(`${paths.home}/`)).toBe(true)
  })

  test('leaves a link under one of our names, and what it points at', () => {
    const { paths } = environment()
    writeFiles(paths.home, { stores: { link: '../../precious' }, logs: { link: '/' } })
    expect(planRemoval(paths).remove).toEqual([])
    expect(names(planRemoval(paths).leave)).toEqual(['logs', 'stores'])
  })

  test('leaves our folder where that is a link', () => {
    const { paths } = environment()
    const target = writeFiles(temporaryFolder(), { 'stores/data': '' })
    mkdirSync(paths.dataDirectory)
    symlinkSync(target, paths.home)
    expect(planRemoval(paths)).toEqual({ remove: [], leave: [paths.home], folders: [] })
  })

  test('has nothing to do where nothing was started', () => {
    expect(planRemoval(environment().paths)).toMatchObject({ remove: [], leave: [] })
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
})

describe('a store', () => {
  const WANTS = { server: 'mysql', version: '8.4' }

  test('is new once, and the same from then on', () => {
    const opened = environment()
    const first = openStore(opened, 'mysql-8.4', WANTS)
    expect(existsSync(storeData(opened.paths, 'mysql-8.4'))).toBe(true)
    expect(first).toMatchObject(WANTS)
    expect(openStore(opened, 'mysql-8.4', WANTS)).toEqual(first)
  })

  test('has its record beside the data: a server wants an empty folder', () => {
    const opened = environment()
    openStore(opened, 'mysql-8.4', WANTS)
    expect(readdirSync(storeData(opened.paths, 'mysql-8.4'))).toEqual([])
    expect(readdirSync(storeFolder(opened.paths, 'mysql-8.4')).sort()).toEqual(['data', 'store.json'])
  })

  test('that was removed is another one, so that provisioning fills it again', () => {
    const opened = environment()
    const first = openStore(opened, 'mysql-8.4', WANTS)
    removeOwned([opened.paths.stores])
    expect(openStore(opened, 'mysql-8.4', WANTS).id).not.toBe(first.id)
  })

  test.each([
    ['another server', { server: 'mariadb (stand-in)', version: '8.4' }],
    ['another version', { server: 'mysql', version: '8.0' }],
  ])('that %s wrote is refused, and stays as it is', async (_what, wrote) => {
    const opened = environment()
    const record = openStore(opened, 'mysql-8.4', wrote)
    expect(await problemsOf(() => openStore(opened, 'mysql-8.4', WANTS))).toEqual([
      {
        code: 'store-foreign',
        store: storeFolder(opened.paths, 'mysql-8.4'),
        wrote: `${wrote.server} ${wrote.version}`,
        wants: 'mysql 8.4',
      },
    ])
    expect(openStore(opened, 'mysql-8.4', wrote)).toEqual(record)
  })
})

test('a file is written in one step, and nothing is left beside it', () => {
  const root = writeFiles(temporaryFolder(), { file: 'before' })
  writeOwned(join(root, 'file'), 'after')
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('after')
  expect(readdirSync(root)).toEqual(['file'])
})
