import { describe, expect, test } from 'vitest'
import { sampleArchive, testEach } from '../../../test/samples.js'
import type { Seed } from '../data/seeds.js'
import { chooseSeed, migrationsAmong, type SeedWish, seedDigestOf } from './choose-seed.js'

const WISH: SeedWish = {
  digest: 'now',
  stores: [
    { name: 'mysql-8.4', server: { server: 'mysql', version: '8.4' } },
    { name: 'uploads', server: { server: 'hello', version: 'any' } },
  ],
  fresh: ['mysql-8.4'],
  migrations: { 'app/migrations/0001_a.py': 'a1', 'app/migrations/0002_b.py': 'b1' },
  installed: ['auth/migrations/0001_initial.py'],
}
const ONE = { 'app/migrations/0001_a.py': 'a1' }
const seed = (change: Partial<Seed['description']>, folder = '/seed'): Seed => ({
  ...sampleArchive({ migrations: ONE, ...change }),
  folder,
})
const chosen = (...seeds: Seed[]) => {
  const found = chooseSeed(WISH, seeds)
  return found && { folder: found.seed.folder, kind: found.kind, because: found.because }
}

describe('the seed that a start takes', () => {
  test('is the exact one, whatever it holds', () => {
    const exact = seed({ digest: 'now', migrations: {} }, '/exact')
    expect(chosen(seed({ migrations: WISH.migrations }), exact)).toEqual({
      folder: '/exact',
      kind: 'exact',
      because: 'ready data, exactly what the steps would make',
    })
  })

  test('is else the nearest of those whose migrations the checkout has', () => {
    const more = seed({ installed: ['auth/migrations/0001_initial.py'] }, '/more')
    expect(chosen(seed({ migrations: {} }, '/less'), more, seed({}, '/one'))).toEqual({
      folder: '/more',
      kind: 'nearest',
      because: 'it is the nearest: it lacks app/0002_b',
    })
  })

  test('is the newest of two that are as near', () => {
    const old = seed({ created: '2025-01-01T00:00:00.000Z' }, '/old')
    expect(chosen(old, seed({ created: '2026-01-02T00:00:00.000Z' }, '/new'))?.folder).toBe('/new')
  })

  testEach<{ what: string; of: Seed }>([
    {
      what: 'holds a migration that the checkout lacks',
      of: seed({ migrations: { 'app/migrations/0003_c.py': 'c1' } }),
    },
    {
      what: 'holds another migration of the same name',
      of: seed({ migrations: { 'app/migrations/0001_a.py': 'a2' } }),
    },
    {
      what: 'holds a migration of a package that is not installed',
      of: seed({ installed: ['gone/migrations/0001.py'] }),
    },
    {
      what: 'is of another major version',
      of: seed({ stores: { 'mysql-8.4': { server: 'mysql', version: '8.0', steps: {}, files: {} } } }),
    },
    {
      what: 'is of another server, such as a stand-in',
      of: seed({
        digest: 'now',
        stores: { 'mysql-8.4': { server: 'mariadb (stand-in)', version: '10.11', steps: {}, files: {} } },
      }),
    },
    {
      what: 'is of a server that this environment has not',
      of: seed({ stores: { 'mongo-7.0': { server: 'mongo', version: '7.0', steps: {}, files: {} } } }),
    },
    { what: 'has nothing of the stores that are new', of: { ...seed({ digest: 'now' }), blobs: {} } },
  ])('is never one that $what', ({ of }) => {
    expect(chosen(of)).toBeUndefined()
  })

  test('may be of any server while the image that tells is not here', () => {
    const wish = { ...WISH, stores: WISH.stores.map(({ name }) => ({ name, server: undefined })) }
    expect(chooseSeed(wish, [seed({})])?.seed.folder).toBe('/seed')
  })
})

test('the digest of a seed leaves out what depends on the address', () => {
  const steps = [
    { name: 'migrations', now: 'a', anywhere: true },
    { name: 'site', now: 'b', anywhere: false },
  ]
  const moved = steps.map((step) => ({ ...step, now: step.anywhere ? step.now : 'c' }))
  expect(seedDigestOf(steps)).toMatch(/^[0-9a-f]{20}$/)
  expect(seedDigestOf(moved)).toBe(seedDigestOf(steps))
  expect(seedDigestOf(steps.map((step) => ({ ...step, now: 'd' })))).not.toBe(seedDigestOf(steps))
})

test('of the files that steps depend on, migrations are told from others by their folder', () => {
  const contents = { 'app/migrations/0001.py': 'a', 'app/migrations/__init__.py': '', 'webpack.config.js': 'b' }
  expect(migrationsAmong(contents)).toEqual({ 'app/migrations/0001.py': 'a' })
})
