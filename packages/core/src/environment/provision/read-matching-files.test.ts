import { renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, testEach, writeFiles } from '../../../test/samples.js'
import { readMatchingFiles } from './read-matching-files.js'

const sample = () =>
  writeFiles(temporaryFolder(), {
    Makefile: '',
    'package-lock.json': '{}',
    'app/migrations/0001.sql': 'one',
    'app/migrations/0002.sql': 'two',
    'app/migrations/README': '',
    'app/sub/migrations/0001.sql': 'three',
    'deep/er/file': '',
    '.dev/devenv/stores/x.sql': '',
    'node_modules/a/b.sql': '',
  })
const hashOf = async (root: string, glob: string) => (await readMatchingFiles(root, glob)).hash
const watchedIn = async (root: string, glob: string) => {
  const { stamps } = await readMatchingFiles(root, glob)
  return [...new Set(Object.keys(stamps).map((path) => path.slice(root.length + 1).replace(/\/$/, '')))].sort()
}

describe('what a glob matches', () => {
  testEach<{ what: string; change: (root: string) => void; differs: boolean }>([
    {
      what: 'a changed file',
      change: (root) => writeFileSync(join(root, 'app/migrations/0002.sql'), '2'),
      differs: true,
    },
    {
      what: 'an added file',
      change: (root) => writeFileSync(join(root, 'app/migrations/0003.sql'), ''),
      differs: true,
    },
    { what: 'a removed file', change: (root) => unlinkSync(join(root, 'app/migrations/0002.sql')), differs: true },
    {
      what: 'a renamed file',
      change: (root) => renameSync(join(root, 'app/migrations/0002.sql'), join(root, 'app/migrations/0003.sql')),
      differs: true,
    },
    {
      what: 'a file that does not match',
      change: (root) => writeFileSync(join(root, 'app/migrations/README'), 'x'),
      differs: false,
    },
    {
      what: 'a file elsewhere',
      change: (root) => writeFileSync(join(root, 'app/sub/migrations/0001.sql'), ''),
      differs: false,
    },
  ])('$what makes a difference: $differs', async ({ change, differs }) => {
    const root = sample()
    const before = await hashOf(root, 'app/migrations/*.sql')
    change(root)
    expect((await hashOf(root, 'app/migrations/*.sql')) !== before).toBe(differs)
  })

  test('is named by paths from the root', async () => {
    const { contents } = await readMatchingFiles(sample(), 'app/**/*.sql')
    expect(Object.keys(contents)).toEqual([
      'app/migrations/0001.sql',
      'app/migrations/0002.sql',
      'app/sub/migrations/0001.sql',
    ])
  })

  test('is the same in another place', async () => {
    expect(await hashOf(sample(), 'app/**/*.sql')).toBe(await hashOf(sample(), 'app/**/*.sql'))
  })

  test('is watched with the folders in which a match could come', async () => {
    expect(await watchedIn(sample(), 'app/**/*.sql')).toEqual(
      [
        'app',
        'app/migrations',
        'app/migrations/0001.sql',
        'app/migrations/0002.sql',
        'app/sub',
        'app/sub/migrations',
        'app/sub/migrations/0001.sql',
      ].sort(),
    )
  })

  test('is, for the name of one file, that file, and nothing of the rest is watched', async () => {
    const root = sample()
    const before = await hashOf(root, 'package-lock.json')
    const watched = await watchedIn(root, 'package-lock.json')
    expect(watched).toContain('package-lock.json')
    expect(watched.filter((path) => path.startsWith('deep') || path.startsWith('app'))).toEqual([])
    writeFileSync(join(root, 'package-lock.json'), '[]')
    expect(await hashOf(root, 'package-lock.json')).not.toBe(before)
  })

  test('is never data, nor what npm installed', async () => {
    expect((await watchedIn(sample(), '**/*.sql')).filter((path) => /^(\.dev|node_modules)/.test(path))).toEqual([])
  })

  test('may be nothing yet, and is noticed when it comes', async () => {
    const root = sample()
    const before = await hashOf(root, 'app/*.sql')
    expect(await watchedIn(root, 'app/*.sql')).toContain('app')
    writeFileSync(join(root, 'app/first.sql'), '')
    expect(await hashOf(root, 'app/*.sql')).not.toBe(before)
  })

  test('may be a link whose target is missing', async () => {
    const root = writeFiles(sample(), { 'app/migrations/0003.sql': { link: 'nowhere' } })
    await expect(readMatchingFiles(root, 'app/migrations/*.sql')).resolves.toBeDefined()
  })
})
