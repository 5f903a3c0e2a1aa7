import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { SAMPLE_PACKAGE, temporaryFolder, testEach } from '../../../test/samples.js'
import { identify } from '../environment.js'
import { beginRestore, endRestore, listAside, putBack, readRestoring, setAside } from './aside.js'
import { storeData } from './ledger.js'

function sample() {
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  const { paths } = environment
  const data = storeData(paths, 'mysql-8.4')
  const ledger = join(dirname(data), 'ledger.json')
  const fill = (content: string) => {
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'rows'), content)
    writeFileSync(ledger, content)
  }
  const held = () =>
    [join(data, 'rows'), ledger].map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : 'nothing'))
  mkdirSync(paths.stores, { recursive: true })
  return { environment, paths, data, ledger, fill, held }
}

test('a restore stands among the stores from its beginning to its end', () => {
  const { paths } = sample()
  expect(readRestoring(paths)).toBeUndefined()
  beginRestore(paths, 'before')
  expect(readRestoring(paths)).toBe('before')
  endRestore(paths)
  expect(readRestoring(paths)).toBeUndefined()
})

testEach<{ at: string; interrupt: (store: ReturnType<typeof sample>) => void }>([
  { at: 'all of it was set aside', interrupt: ({ environment }) => setAside(environment, 'mysql-8.4') },
  {
    at: 'only the ledger was set aside',
    interrupt: ({ ledger }) => renameSync(ledger, ledger.replace('.json', '.aside.json')),
  },
  {
    at: 'new data were there',
    interrupt: ({ environment, fill }) => {
      setAside(environment, 'mysql-8.4')
      fill('new')
    },
  },
  {
    at: 'the data were back, and the ledger was not',
    interrupt: ({ environment, fill, data }) => {
      setAside(environment, 'mysql-8.4')
      fill('new')
      renameSync(data, `${data}.01234567.removed`)
      renameSync(`${data}.aside`, data)
    },
  },
])('what was there is in its place again after an interruption when $at', ({ interrupt }) => {
  const store = sample()
  store.fill('old')
  interrupt(store)
  putBack(store.paths, 'mysql-8.4')
  expect(store.held()).toEqual(['old', 'old'])
  expect(listAside(store.paths)).toEqual([])
  expect(putBack(store.paths, 'mysql-8.4')).toEqual([])
})

test('a store that had no data has none again', () => {
  const store = sample()
  setAside(store.environment, 'mysql-8.4')
  store.fill('new')
  expect(putBack(store.paths, 'mysql-8.4')).toHaveLength(1)
  expect(store.held()[0]).toBe('nothing')
})
