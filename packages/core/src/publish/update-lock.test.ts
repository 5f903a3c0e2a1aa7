import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commitWith, git, repositoryWith } from '../../test/git.js'
import { type SampleRegistry, sampleRegistry } from '../../test/registry.js'
import { problemsOf, sampleDefinition, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import type { Definition } from '../definition/definition.js'
import { LOCK_FILE, type Lock, readLock, renderLock } from '../definition/devenv-lock.js'
import { LABELS } from '../engine/labels.js'
import { compareLocks, readUpstream, writeLock } from './update-lock.js'

const NOTHING: Lock = { images: {}, releases: {} }
const ACCESS = { caBundle: undefined, proxies: {} }
const [DEBIAN, MYSQL, REDIS] = ['debian:12', 'mysql:8.4.9', 'redis:7.4.5'].map(
  (name) => `docker.io/library/${name}`,
) as [string, string, string]

/** A package whose images come from that mirror. */
function definitionAt(mirror: string, change: Partial<Definition> = {}, dockerfile?: string): Definition {
  const root = writeFiles(temporaryFolder(), {
    Dockerfile: dockerfile ?? 'ARG DEVENV_MIRROR\nFROM $DEVENV_MIRROR/library/debian:12\nCOPY --from=core a b\n',
  })
  const build = {
    context: root,
    dockerfile: join(root, 'Dockerfile'),
    args: { DEVENV_MIRROR: mirror },
    additional_contexts: { core: root },
  }
  const definition = sampleDefinition(
    {},
    {
      hello: { build },
      mysql: { image: `${mirror}/library/mysql:8.4.9` },
      memcached: { image: `${mirror}/library/redis:7.4.5` },
    },
  )
  return { ...definition, ...change }
}

/** A mirror that serves these, each with its digest by official name. */
async function mirrorWith(...images: string[]) {
  const registry = await sampleRegistry()
  const digests = images.map((image) => {
    const [, path = '', tag = ''] = /^docker\.io\/(.*):(.*)$/.exec(image) ?? []
    return [image, registry.push(path, tag, { note: image })] as const
  })
  return { registry, digests: Object.fromEntries(digests) }
}
const look = (registry: SampleRegistry, definitions: Definition[], before = NOTHING) =>
  readUpstream(definitions, before, { mirror: registry.host, access: ACCESS })

describe('what upstream names mean now', () => {
  test('is told for every base image and every server, by its official name', async () => {
    const { registry, digests } = await mirrorWith(DEBIAN, MYSQL, REDIS)
    expect(await look(registry, [definitionAt(registry.host)])).toEqual({
      lock: { images: digests, releases: {} },
      changes: [DEBIAN, MYSQL, REDIS].map((name) => `${name} is locked`),
      standIns: [],
    })
  })

  test('is told for the images of every variant, each once', async () => {
    const node = 'docker.io/library/node:20'
    const { registry, digests } = await mirrorWith(DEBIAN, MYSQL, REDIS, node)
    const other = definitionAt(registry.host, {}, `FROM ${registry.host}/library/node:20\n`)
    expect((await look(registry, [definitionAt(registry.host), other])).lock.images).toEqual(digests)
    expect(registry.asked.filter((call) => call === 'GET /v2/library/mysql/manifests/8.4.9')).toHaveLength(1)
  })

  test('is not asked for an image that carries its digest itself', async () => {
    const { registry, digests } = await mirrorWith(MYSQL, REDIS)
    const pinned = `FROM ${registry.host}/library/debian:12@sha256:${'1'.repeat(64)}\n`
    expect((await look(registry, [definitionAt(registry.host, {}, pinned)])).lock.images).toEqual(digests)
  })

  test('names what has moved, is new or is gone', async () => {
    const { registry, digests } = await mirrorWith(DEBIAN, MYSQL, REDIS)
    const gone = 'docker.io/library/mongo:7'
    const images = { ...digests, [MYSQL]: `sha256:${'1'.repeat(64)}`, [gone]: `sha256:${'2'.repeat(64)}` }
    const { changes, lock } = await look(registry, [definitionAt(registry.host)], { images, releases: {} })
    expect(changes).toEqual([`${gone} is gone`, `${MYSQL} moved`])
    expect(lock.images).toEqual(digests)
    expect((await look(registry, [definitionAt(registry.host)], lock)).changes).toEqual([])
  })

  test('is not what a stand-in says: what is locked for it stays, and it is named', async () => {
    const { registry, digests } = await mirrorWith(DEBIAN, MYSQL, REDIS)
    for (const [path, tag] of [['library/mysql', '8.4.9'] as const, ['library/redis', '7.4.5'] as const])
      registry.push(path, tag, { labels: { [LABELS.standIn]: path } })
    const kept = `sha256:${'1'.repeat(64)}`
    const before = { images: { [MYSQL]: kept }, releases: {} }
    expect(await look(registry, [definitionAt(registry.host)], before)).toEqual({
      lock: { images: { [DEBIAN]: digests[DEBIAN], [MYSQL]: kept }, releases: {} },
      changes: [`${DEBIAN} is locked`],
      standIns: [MYSQL, REDIS],
    })
  })

  test('is refused where some have no answer; all of these are named, and nothing is given', async () => {
    const { registry } = await mirrorWith(MYSQL)
    expect(await problemsOf(() => look(registry, [definitionAt(registry.host)]))).toMatchObject([
      {
        code: 'image-unavailable',
        images: [REDIS, DEBIAN],
        mirror: registry.host,
        detail: expect.stringContaining('library/redis:7.4.5'),
      },
    ])
  })

  test('is refused where the registry is, in its own words', async () => {
    const { registry } = await mirrorWith(DEBIAN, MYSQL, REDIS)
    registry.intercept((call) => (call.includes('/redis/') ? 418 : undefined))
    expect(await problemsOf(() => look(registry, [definitionAt(registry.host)]))).toMatchObject([
      { code: 'image-unavailable', images: [REDIS], detail: expect.stringContaining('418') },
    ])
  })
})

describe('the commits of releases', () => {
  const RELEASES = { 'ulmo.4': 'release/ulmo.4', main: 'main' }

  test('are those that their refs name now', async () => {
    const { registry } = await mirrorWith(DEBIAN, MYSQL, REDIS)
    const { root: repository, commit: first } = repositoryWith({ file: 'one' })
    git(repository, 'tag', '--annotate', '--message', 'four', 'release/ulmo.4')
    const second = commitWith(repository, { file: 'two' })
    const { lock, changes } = await look(registry, [definitionAt(registry.host, { repository, releases: RELEASES })])
    expect(lock.releases).toEqual({
      'ulmo.4': { ref: 'release/ulmo.4', commit: first },
      main: { ref: 'main', commit: second },
    })
    expect(changes).toEqual(expect.arrayContaining(['release main is locked', 'release ulmo.4 is locked']))
  })

  test('are refused where a ref is not there', async () => {
    const { registry } = await mirrorWith(DEBIAN, MYSQL, REDIS)
    const { root: repository } = repositoryWith({ file: 'one' })
    expect(
      await problemsOf(() => look(registry, [definitionAt(registry.host, { repository, releases: RELEASES })])),
    ).toEqual([{ code: 'refs-missing', url: repository, refs: ['release/ulmo.4'] }])
  })

  test('are not asked for where none is declared, nor where nobody says of which repository', async () => {
    const { registry } = await mirrorWith(DEBIAN, MYSQL, REDIS)
    for (const change of [{ repository: '/nowhere' }, { releases: RELEASES }])
      expect((await look(registry, [definitionAt(registry.host, change)])).lock.releases).toEqual({})
  })
})

describe('two locks differ', () => {
  const images = (...digits: string[]): Lock['images'] =>
    Object.fromEntries(digits.map((digit, at) => [`image-${at}`, `sha256:${digit}`]))
  const releases = (of: { [name: string]: [ref: string, commit: string] }): Lock['releases'] =>
    Object.fromEntries(Object.entries(of).map(([name, [ref, commit]]) => [name, { ref, commit }]))

  testEach<{ title: string; before: Partial<Lock>; after: Partial<Lock>; changes: string[] }>([
    { title: 'in nothing', before: { images: images('1') }, after: { images: images('1') }, changes: [] },
    { title: 'in nothing where there is nothing', before: {}, after: {}, changes: [] },
    {
      title: 'in images',
      before: { images: images('1', '2', '3') },
      after: { images: { ...images('1', '9'), other: 'sha256:0' } },
      changes: ['image-1 moved', 'image-2 is gone', 'other is locked'],
    },
    {
      title: 'in commits of releases',
      before: { releases: releases({ main: ['main', 'a'], 'ulmo.3': ['x', 'b'] }) },
      after: { releases: releases({ main: ['main', 'c'], 'ulmo.4': ['y', 'd'] }) },
      changes: ['release main moved', 'release ulmo.3 is gone', 'release ulmo.4 is locked'],
    },
    {
      title: 'in the ref of a release at the same commit',
      before: { releases: releases({ main: ['master', 'a'] }) },
      after: { releases: releases({ main: ['main', 'a'] }) },
      changes: ['release main moved'],
    },
    {
      title: 'not in their order',
      before: { images: { a: '1', b: '2' }, releases: releases({ x: ['x', '1'], y: ['y', '2'] }) },
      after: { images: { b: '2', a: '1' }, releases: releases({ y: ['y', '2'], x: ['x', '1'] }) },
      changes: [],
    },
    {
      title: 'in an image that is called like a release',
      before: { images: { main: 'sha256:1' } },
      after: { releases: releases({ main: ['main', 'a'] }) },
      changes: ['main is gone', 'release main is locked'],
    },
  ])('$title', ({ before, after, changes }) => {
    expect(compareLocks({ ...NOTHING, ...before }, { ...NOTHING, ...after })).toEqual(changes)
  })
})

describe('a lock is written', () => {
  const LOCK: Lock = { images: { [MYSQL]: `sha256:${'1'.repeat(64)}` }, releases: {} }

  test('where there is none, and where it says something new', () => {
    const directory = temporaryFolder()
    writeLock({ directory }, NOTHING)
    expect(readLock({ directory })).toEqual(NOTHING)
    writeLock({ directory }, LOCK)
    expect(readLock({ directory })).toEqual(LOCK)
  })

  test('not again where it says the same', () => {
    const directory = writeFiles(temporaryFolder(), { [LOCK_FILE]: renderLock(LOCK) })
    const file = join(directory, LOCK_FILE)
    utimesSync(file, 1, 1)
    writeLock({ directory }, LOCK)
    expect(statSync(file).mtimeMs).toBe(1000)
  })

  test('again where a person wrote the same in another way', () => {
    const directory = temporaryFolder()
    writeFileSync(join(directory, LOCK_FILE), JSON.stringify(LOCK))
    writeLock({ directory }, LOCK)
    expect(readFileSync(join(directory, LOCK_FILE), 'utf8')).toBe(renderLock(LOCK))
  })
})
