import { expect, test } from 'vitest'
import { explainLeftMigrations } from './explain-left-migrations.js'

const MYSQL = { service: 'mysql', name: 'mysql-8.4' }
const MONGO = { service: 'mongo', name: 'mongo-7' }
const OURS = 'catalog/apps/course_metadata/migrations/0349_ours.py'
const THEIRS = 'catalog/apps/course_metadata/migrations/0350_theirs.py'
const step = (name: string, files: string[], stores = [MYSQL.name]) => ({ name, files, stores })
const filled = (store: typeof MYSQL, files: Record<string, string[]>) => ({ store, ledger: { files } })

test('migrations of another branch are told by name, with what removes them', () => {
  expect(explainLeftMigrations([step('migrate', [OURS])], [filled(MYSQL, { migrate: [OURS, THEIRS] })])).toEqual([
    'the database mysql holds migrations that this branch lacks: course_metadata/0350_theirs; if it cannot work with them, `devenv clean mysql` makes way for new data',
  ])
})

test('many are told in one note, the first five by name', () => {
  const theirs = Array.from({ length: 8 }, (_, index) => `shop/migrations/000${index}.sql`)
  const stores = [filled(MYSQL, { migrate: theirs }), filled(MONGO, { migrate: theirs, other: [THEIRS] })]
  const [note, ...more] = explainLeftMigrations([step('migrate', [], [MYSQL.name, MONGO.name])], stores)
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
  expect(explainLeftMigrations(steps, [filled(MYSQL, files)])).toEqual([])
})

test('nothing is told of a store that was filled without files, or by nobody', () => {
  const stores = [
    { store: MYSQL, ledger: { files: {} } },
    { store: MONGO, ledger: undefined },
  ]
  expect(explainLeftMigrations([step('migrate', [OURS], [MYSQL.name, MONGO.name])], stores)).toEqual([])
})
