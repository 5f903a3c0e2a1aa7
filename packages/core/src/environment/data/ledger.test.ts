import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { type Environment, identify, type Paths } from '../environment.js'
import { hasData, noteBegun, noteEnded, openStore, readLedger, storeData, storeFolder } from './ledger.js'

const WANTS = { server: 'mysql', version: '8.4' }
const STORE = 'mysql-8.4'
const FILES = ['migrations/1.sql']

function opened(): Environment {
  const checkout = join(temporaryFolder(), 'hello')
  mkdirSync(checkout)
  const made = identify(SAMPLE_PACKAGE, checkout, undefined)
  openStore(made, STORE, WANTS)
  return made
}

/** As a step that was carried out. */
function carryOut(paths: Paths, step: string, hash: string): void {
  noteBegun(paths, [STORE], 'command-1')
  noteEnded(paths, [STORE], 'command-1', { step, hash, files: FILES })
}

describe('a store', () => {
  test('is new once, and the same from then on', () => {
    const made = opened()
    carryOut(made.paths, 'migrate', 'a')
    openStore(made, STORE, WANTS)
    expect(readLedger(made.paths, STORE)).toMatchObject({ ...WANTS, steps: { migrate: 'a' } })
  })

  test('knows all the files that each step ever ran with', () => {
    const { paths } = opened()
    carryOut(paths, 'migrate', 'a')
    carryOut(paths, 'fill', 'b')
    noteBegun(paths, [STORE], 'command-2')
    noteEnded(paths, [STORE], 'command-2', { step: 'fill', hash: 'c', files: ['another'] })
    noteBegun(paths, [STORE], 'command-3')
    noteEnded(paths, [STORE], 'command-3', undefined)
    expect(readLedger(paths, STORE)).toEqual({
      ...WANTS,
      steps: { migrate: 'a', fill: 'c' },
      files: { migrate: FILES, fill: [...FILES, 'another'].sort() },
    })
  })

  test('knows of no files whose names cannot be read', () => {
    const made = opened()
    const files = { a: 'x', b: [1], c: null, d: FILES }
    writeFileSync(join(storeFolder(made.paths, STORE), 'ledger.json'), JSON.stringify({ ...WANTS, steps: {}, files }))
    expect(readLedger(made.paths, STORE)?.files).toEqual({ d: FILES })
  })

  test('has data also where its ledger cannot be read', () => {
    const { paths } = opened()
    expect(hasData(paths, STORE)).toBe(false)
    writeFiles(storeFolder(paths, STORE), { 'data/ibdata1': '', 'ledger.json': 'garbage' })
    expect(readLedger(paths, STORE)).toBeUndefined()
    expect(hasData(paths, STORE)).toBe(true)
  })

  test('has its ledger beside the data: a server wants an empty folder', () => {
    const { paths } = opened()
    expect(readdirSync(storeData(paths, STORE))).toEqual([])
    expect(readdirSync(storeFolder(paths, STORE)).sort()).toEqual(['data', 'ledger.json'])
  })

  test('takes its ledger along to wherever it is copied', () => {
    const [from, to] = [opened(), opened()]
    carryOut(from.paths, 'migrate', 'a')
    rmSync(storeFolder(to.paths, STORE), { recursive: true })
    cpSync(storeFolder(from.paths, STORE), storeFolder(to.paths, STORE), { recursive: true })
    expect(readLedger(to.paths, STORE)?.steps).toEqual({ migrate: 'a' })
  })

  test('holds no outcome of a command that changed other data: a copy was put in their place', () => {
    const made = opened()
    const copy = join(temporaryFolder(), 'copy')
    cpSync(storeFolder(made.paths, STORE), copy, { recursive: true })
    noteBegun(made.paths, [STORE], 'command-1')
    rmSync(storeFolder(made.paths, STORE), { recursive: true })
    cpSync(copy, storeFolder(made.paths, STORE), { recursive: true })
    noteEnded(made.paths, [STORE], 'command-1', { step: 'migrate', hash: 'a', files: FILES })
    expect(readLedger(made.paths, STORE)?.steps).toEqual({})
  })

  test('holds no step that failed, and no command that has ended', () => {
    const made = opened()
    noteBegun(made.paths, [STORE], 'command-1')
    noteEnded(made.paths, [STORE], 'command-1', undefined)
    expect(readLedger(made.paths, STORE)).toEqual({ ...WANTS, steps: {}, files: {} })
  })

  test('whose data are gone is a new one, whatever its ledger says', () => {
    const made = opened()
    carryOut(made.paths, 'migrate', 'a')
    rmSync(storeData(made.paths, STORE), { recursive: true })
    expect(readLedger(made.paths, STORE)).toBeUndefined()
    openStore(made, STORE, WANTS)
    expect(readLedger(made.paths, STORE)).toEqual({ ...WANTS, steps: {}, files: {} })
  })

  test.each([
    ['empty', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['of other types', '{"server": 1, "version": [], "steps": "x"}'],
  ])('whose ledger is %s has none, so that it is provisioned', (_what, text) => {
    const made = opened()
    writeFileSync(join(storeFolder(made.paths, STORE), 'ledger.json'), text)
    expect(readLedger(made.paths, STORE)).toBeUndefined()
  })

  test('whose ledger is a folder has none, and gets one', () => {
    const made = opened()
    const file = join(storeFolder(made.paths, STORE), 'ledger.json')
    rmSync(file)
    mkdirSync(file)
    expect(readLedger(made.paths, STORE)).toBeUndefined()
    openStore(made, STORE, WANTS)
    expect(readLedger(made.paths, STORE)).toEqual({ ...WANTS, steps: {}, files: {} })
  })

  test('keeps of a ledger only the steps that have a hash', () => {
    const made = opened()
    const text = JSON.stringify({ ...WANTS, steps: { a: 'x', b: 1, c: null } })
    writeFileSync(join(storeFolder(made.paths, STORE), 'ledger.json'), text)
    expect(readLedger(made.paths, STORE)?.steps).toEqual({ a: 'x' })
  })

  test('that is not there keeps no ledger, and is not made by a note', () => {
    const { paths } = opened()
    noteBegun(paths, ['redis-7'], 'command-1')
    noteEnded(paths, ['redis-7'], 'command-1', { step: 'fill', hash: 'a', files: [] })
    expect(existsSync(storeFolder(paths, 'redis-7'))).toBe(false)
  })

  test.each([
    ['another server', { server: 'mariadb (stand-in)', version: '8.4' }],
    ['another version', { server: 'mysql', version: '8.0' }],
  ])('that %s wrote is refused, and stays as it is', async (_what, wrote) => {
    const made = opened()
    rmSync(storeFolder(made.paths, STORE), { recursive: true })
    openStore(made, STORE, wrote)
    expect(await problemsOf(() => openStore(made, STORE, WANTS))).toEqual([
      {
        code: 'store-foreign',
        store: storeFolder(made.paths, STORE),
        wrote: `${wrote.server} ${wrote.version}`,
        wants: 'mysql 8.4',
      },
    ])
    expect(readLedger(made.paths, STORE)).toEqual({ ...wrote, steps: {}, files: {} })
  })

  test.each([
    ['its folder', `stores/${STORE}`],
    ['its data', `stores/${STORE}/data`],
  ])('is refused where %s is a link: a server would own and fill what it points at', async (_what, path) => {
    const made = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
    const target = temporaryFolder()
    writeFiles(made.paths.home, { [path]: { link: target } })
    expect(await problemsOf(() => openStore(made, STORE, WANTS))).toMatchObject([
      { code: 'data-unusable', path: join(made.paths.home, path) },
    ])
    expect(readdirSync(target)).toEqual([])
  })
})
