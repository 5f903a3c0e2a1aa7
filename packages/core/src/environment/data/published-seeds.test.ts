import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type SampleRegistry, sampleRegistry } from '../../../test/registry.js'
import { problemsOf, sampleArchive, temporaryFolder } from '../../../test/samples.js'
import { carryOutSeedPublication } from '../../publish/publish-seed.js'
import { type Description, openStoreData } from './archive.js'
import { findPublishedSeeds, pullSeed, seedsBeside, tagOfSeed } from './published-seeds.js'
import { keepSeed, listSeeds, nameOfSeed, type Seed } from './seeds.js'

const DIRECT = { caBundle: undefined, proxies: {} }
const DIGEST = '0123456789abcdef0123'
const PATH = 'devenv/hello-data'
const described = (change: Partial<Description> = {}): Description =>
  sampleArchive({ digest: DIGEST, ...change }).description

/** A machine of its own for each test, and what it is told to forget. */
beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', temporaryFolder())
  onTestFinished(() => void vi.unstubAllEnvs())
})
const onAnotherMachine = () => void vi.stubEnv('XDG_CACHE_HOME', temporaryFolder())

/** Publishes a seed under these tags. */
async function publish(registry: SampleRegistry, change: Partial<Description>, ...tags: string[]): Promise<Seed> {
  const content = described(change)
  const seed = await keepSeed(content, { 'mysql-8.4': async (out) => void out.write(`data of ${content.digest}`) })
  const repository = `${registry.host}/${PATH}`
  for (const tag of tags) {
    const steps = [{ do: 'push' as const, reference: `${repository}:${tag}`, because: 'x' }]
    const wanted = { name: nameOfSeed(content), tag, editions: [] }
    const where = { access: DIRECT, repository, service: content.service }
    await carryOutSeedPublication({ steps, present: [], notes: [] }, wanted, seed, where, () => {}).catch((error) => {
      // Of another service on purpose.
      if (content.service === 'hello') throw error
    })
  }
  return seed
}

const find = ({ host }: { host: string }, digest = DIGEST) =>
  findPublishedSeeds(seedsBeside(`${host}/devenv/hello:inputs-0`), { ...described({ digest }), digest }, DIRECT)

describe('of a registry, a start looks at', () => {
  test('the exact seed alone, and at none of its data', async () => {
    const registry = await sampleRegistry()
    await publish(registry, {}, tagOfSeed(described()), 'main')
    registry.asked.length = 0
    const { seeds } = await find(registry)
    expect(seeds.map(({ description }) => description)).toEqual([described()])
    expect(registry.asked).toEqual([
      `GET /v2/${PATH}/manifests/${tagOfSeed(described())}`,
      expect.stringMatching(/^GET .*\/blobs\/sha256:/),
    ])
  })

  test('the seeds of main and of releases, where it has not the exact one', async () => {
    const registry = await sampleRegistry()
    await publish(registry, { digest: 'a'.repeat(20) }, 'main', 'steps-other')
    await publish(registry, { digest: 'b'.repeat(20) }, 'ulmo.4', 'ulmo.4-1.0.0', 'latest')
    const { seeds } = await find(registry)
    expect(seeds.map(({ published }) => published.reference.replace(/.*:/, '')).sort()).toEqual(['main', 'ulmo.4'])
  })

  test('nothing that is no seed of this service, or would lie elsewhere', async () => {
    const registry = await sampleRegistry()
    registry.push(PATH, 'main')
    await publish(registry, { service: 'other' }, 'ulmo.1')
    // It is there; the push itself looks for it afterwards, and does not find it either.
    await expect(publish(registry, { digest: '../escaped' }, 'ulmo.2')).rejects.toThrow('push-incomplete')
    expect(await find(registry)).toEqual({ seeds: [], silent: undefined })
  })

  test.each([404, 401, 403])('nothing where it has no such repository, and says %i', async (status) => {
    const registry = await sampleRegistry()
    registry.intercept(() => status)
    expect(await find(registry)).toEqual({ seeds: [], silent: undefined })
  })

  test('nothing where it does not answer, and says so within a few seconds', async () => {
    const registry = await sampleRegistry()
    registry.intercept(() => 500)
    expect((await find(registry)).silent).toMatch(/does not say which seeds it has: 500/)
    const { createServer } = await import('node:net')
    const mute = createServer(() => {})
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void mute.close())
    const address = mute.address()
    const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const began = performance.now()
    expect((await find({ host })).silent).toMatch(/no whole answer within 4 s/)
    expect(performance.now() - began).toBeLessThan(10_000)
  })
})

describe('a seed that is pulled', () => {
  test('is here as it is there', async () => {
    const registry = await sampleRegistry()
    const { manifest } = await publish(registry, {}, tagOfSeed(described()))
    onAnotherMachine()
    const [seed] = (await find(registry)).seeds
    if (seed === undefined) throw new Error('it was not found')
    await pullSeed(seed)
    const [here, ...others] = listSeeds('hello')
    expect(others).toEqual([])
    expect(here).toMatchObject({ folder: seed.folder, manifest })
    expect(here?.description).toEqual(described())
    expect(here && (await text(await openStoreData(here, 'mysql-8.4')))).toBe(`data of ${DIGEST}`)
  })

  test.each([
    ['other bytes', 'other bytes'],
    ['no bytes', undefined],
  ])('and comes as %s leaves nothing here', async (_title, body) => {
    const registry = await sampleRegistry()
    const { blobs } = await publish(registry, {}, tagOfSeed(described()))
    onAnotherMachine()
    const [seed] = (await find(registry)).seeds
    if (seed === undefined) throw new Error('it was not found')
    registry.damage(blobs['mysql-8.4']?.digest ?? '', body)
    expect(await problemsOf(() => pullSeed(seed))).toMatchObject([{ code: 'seed-unpulled' }])
    expect(existsSync(seed.folder)).toBe(false)
    expect(readdirSync(dirname(seed.folder))).toEqual([])
  })
})
