import { expect, test } from 'vitest'
import { sampleArchive } from '../../../test/samples.js'
import type { Save } from '../data/saves.js'
import { chooseSave, explainLeftMigrations, savesThatFit } from './explain-left-migrations.js'

const MYSQL = { service: 'mysql', name: 'mysql-8.4' }
const MONGO = { service: 'mongo', name: 'mongo-7' }
const OURS = 'catalog/apps/course_metadata/migrations/0349_ours.py'
const THEIRS = 'catalog/apps/course_metadata/migrations/0350_theirs.py'
const step = (name: string, files: string[], stores = [MYSQL.name]) => ({ name, files, stores })
const filled = (store: typeof MYSQL, files: Record<string, string[]>) => ({ store, ledger: { files } })

test('migrations of another branch are told by name, with what removes them', () => {
  expect(
    explainLeftMigrations([step('migrate', [OURS])], [filled(MYSQL, { migrate: [OURS, THEIRS] })], undefined),
  ).toEqual([
    'the database mysql holds migrations that this branch lacks: course_metadata/0350_theirs; if it cannot work with them, `devenv clean mysql` deletes all that is in it, and the next start begins with new data',
  ])
})

test('many are told in one note, the first five by name', () => {
  const theirs = Array.from({ length: 8 }, (_, index) => `shop/migrations/000${index}.sql`)
  const stores = [filled(MYSQL, { migrate: theirs }), filled(MONGO, { migrate: theirs, other: [THEIRS] })]
  const [note, ...more] = explainLeftMigrations([step('migrate', [], [MYSQL.name, MONGO.name])], stores, undefined)
  expect(note).toContain('the databases mysql, mongo hold migrations that this branch lacks: shop/0000, ')
  expect(note).toContain('shop/0004 and 3 more; if it cannot work with them, `devenv clean mysql mongo`')
  expect(more).toEqual([])
})

test.each([
  ['the branch has them all, and more', [step('migrate', [OURS, THEIRS])], { migrate: [OURS] }],
  [
    'a file that is no migration is gone',
    [step('migrate', [])],
    { migrate: ['webpack.config.js', 'a/migrations/__init__.py'] },
  ],
  ['another step ran with them', [step('migrate', [])], { assets: [THEIRS] }],
  ['the step fills another store', [step('migrate', [], [MONGO.name])], { migrate: [THEIRS] }],
])('nothing is told where %s', (_what, steps, files) => {
  expect(explainLeftMigrations(steps, [filled(MYSQL, files)], undefined)).toEqual([])
})

test('nothing is told of a store that was filled without files, or by nobody', () => {
  const stores = [
    { store: MYSQL, ledger: { files: {} } },
    { store: MONGO, ledger: undefined },
  ]
  expect(explainLeftMigrations([step('migrate', [OURS], [MYSQL.name, MONGO.name])], stores, undefined)).toEqual([])
})

const saved = (name: string, label: string | undefined, migrations: Save['description']['migrations']): Save => ({
  ...sampleArchive({ label, migrations }),
  name,
})

test('offers the save that was made for this branch', () => {
  const stores = [filled(MYSQL, { migrate: [OURS, THEIRS] })]
  const [note] = explainLeftMigrations([step('migrate', [OURS])], stores, saved('before', 'main', {}))
  expect(note).toMatch(/`devenv data restore before` goes back to the data that you saved on main, or `devenv clean/)
})

test('a save suits a branch that has all of its migrations; best is one that was made on it', () => {
  const here = { digest: 'now', migrations: { [OURS]: 'a' }, installed: [] }
  const theirs = saved('theirs', 'main', { [OURS]: 'a', [THEIRS]: 'b' })
  const newest = saved('newest', 'other', {})
  const own = saved('own', 'main', { [OURS]: 'a' })
  const choose = (saves: Save[], branch: string | undefined) => chooseSave(savesThatFit(saves, here), branch)?.name
  expect(choose([theirs, newest, own], 'main')).toBe('own')
  expect(choose([theirs, newest], 'main')).toBe('newest')
  expect(choose([theirs], 'main')).toBeUndefined()
  expect(choose([newest], undefined)).toBe('newest')
})

test('those that the image has are none that are lacked: a library had brought them from its checkout', () => {
  const stores = [filled(MYSQL, { migrate: [OURS, 'forum/forum/migrations/0001_initial.py', THEIRS] })]
  const [note] = explainLeftMigrations([step('migrate', [OURS])], stores, undefined, [
    'forum/migrations/0001_initial.py',
  ])
  expect(note).toContain('lacks: course_metadata/0350_theirs;')
})
