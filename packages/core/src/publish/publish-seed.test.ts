import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { sampleRegistry } from '../../test/registry.js'
import { problemsOf, sampleArchive, temporaryFolder, testEach } from '../../test/samples.js'
import { renderSeedPublishPlan } from '../cli/render-plans.js'
import { tagOfSeed } from '../environment/data/published-seeds.js'
import { keepSeed, nameOfSeed } from '../environment/data/seeds.js'
import { repositoryOf } from '../registry/repository.js'
import type { HeldContent } from './plan-tags.js'
import {
  carryOutSeedPublication,
  type HeldSeeds,
  planSeedPublication,
  readHeldSeeds,
  type WantedSeed,
} from './publish-seed.js'
import { parseEdition } from './release-tags.js'

const NAME = 'ghcr.io/openedx/devenv/hello-data'
const wanted = (...editions: string[]): WantedSeed => ({
  name: 'a',
  tag: 'steps-a',
  editions: editions.flatMap((tag) => parseEdition(tag) ?? []),
})
const held = (tags: { [tag: string]: string }, change: Partial<HeldContent> = {}): HeldSeeds => ({
  name: NAME,
  tags: Object.keys(tags),
  unlisted: new Set(),
  seeds: new Map(
    Object.entries(tags).map(([tag, digest]) => [tag, { digest, manifest: `sha256:${digest}`, lost: [], ...change }]),
  ),
})
const printed = (publication: WantedSeed, repository: HeldSeeds) => {
  const { plan, problems } = planSeedPublication(publication, repository)
  return [...renderSeedPublishPlan(plan), ...problems.map((problem) => JSON.stringify(problem))].map((line) =>
    line.replaceAll(`${NAME}:`, ''),
  )
}

describe('the plan for a seed', () => {
  testEach<{ title: string; of: WantedSeed; where: HeldSeeds; plan: string[] }>([
    {
      title: 'of no release is its content alone',
      of: wanted(),
      where: held({}),
      plan: ['push  steps-a  (the registry does not have it)'],
    },
    {
      title: 'of a release is its content, then the edition, then the tags that follow',
      of: wanted('ulmo.4-1.0.0'),
      where: held({}),
      plan: [
        'push  steps-a  (the registry does not have it)',
        'tag   ulmo.4-1.0.0 = steps-a  (a new edition)',
        'tag   ulmo.4 = ulmo.4-1.0.0  (ulmo.4-1.0.0 is the highest)',
        'tag   ulmo = ulmo.4-1.0.0  (ulmo.4-1.0.0 is the highest)',
        'tag   latest = ulmo.4-1.0.0  (ulmo.4-1.0.0 is the highest)',
      ],
    },
    {
      title: 'is empty where all is there',
      of: wanted('main-1.0.0'),
      where: held({ 'steps-a': 'a', 'main-1.0.0': 'a', main: 'a' }),
      plan: ['keep  steps-a  (the registry has it)', 'Nothing to do.'],
    },
    {
      title: 'moves main',
      of: wanted('main-1.0.0'),
      where: held({ 'steps-a': 'a', 'main-1.0.0': 'b', main: 'b' }),
      plan: [
        'keep  steps-a  (the registry has it)',
        'tag   main-1.0.0 = steps-a  (main has moved on)',
        'tag   main = main-1.0.0  (main-1.0.0 is the highest)',
      ],
    },
    {
      title: 'moves no tag down',
      of: wanted('ulmo.3-1.0.0'),
      where: held({ 'ulmo.4-1.0.0': 'b', ulmo: 'b', latest: 'b' }),
      plan: [
        'push  steps-a  (the registry does not have it)',
        'tag   ulmo.3-1.0.0 = steps-a  (a new edition)',
        'tag   ulmo.3 = ulmo.3-1.0.0  (ulmo.3-1.0.0 is the highest)',
      ],
    },
    {
      title: 'pushes again what has lost its data',
      of: wanted(),
      where: held({ 'steps-a': 'a' }, { lost: ['mysql-8.4'] }),
      plan: ['push  steps-a  (the registry has lost mysql-8.4)'],
    },
  ])('$title', ({ of, where, plan }) => {
    expect(printed(of, where)).toEqual(plan)
  })

  test('never moves the edition of a release', () => {
    const { problems } = planSeedPublication(wanted('ulmo.4-1.0.0'), held({ 'steps-a': 'a', 'ulmo.4-1.0.0': 'b' }))
    expect(problems).toEqual([{ code: 'tag-taken', tag: `${NAME}:ulmo.4-1.0.0`, holds: 'steps-b', wants: 'steps-a' }])
  })
})

describe('publishing a seed', () => {
  beforeEach(() => {
    vi.stubEnv('XDG_CACHE_HOME', temporaryFolder())
    onTestFinished(() => void vi.unstubAllEnvs())
  })

  async function prepare() {
    const registry = await sampleRegistry()
    const { description } = sampleArchive({ digest: '0123456789abcdef0123' })
    const seed = await keepSeed(description, { 'mysql-8.4': async (out) => void out.write('data') })
    const editions = [parseEdition('ulmo.4-1.0.0') ?? { release: '', version: '' }]
    const publication = { name: nameOfSeed(description), tag: tagOfSeed(description), editions }
    const where = {
      access: { caBundle: undefined, proxies: {} },
      repository: `${registry.host}/devenv/hello-data`,
      service: 'hello',
    }
    const look = async () => {
      const repository = repositoryOf(where.repository, where.access)
      return planSeedPublication(publication, await readHeldSeeds(where.repository, repository, publication, 'hello'))
    }
    const go = async () => carryOutSeedPublication((await look()).plan, publication, seed, where, () => {})
    return { registry, seed, publication, look, go }
  }
  const TAGS = ['latest', 'ulmo', 'ulmo.4', 'ulmo.4-1.0.0']

  test('gives every tag what this machine has, and a second time does nothing', async () => {
    const { registry, seed, publication, look, go } = await prepare()
    await go()
    expect(registry.tags('devenv/hello-data')).toEqual(
      Object.fromEntries([...TAGS, publication.tag].map((tag) => [tag, seed.manifest])),
    )
    expect((await look()).plan.steps).toEqual([])
    registry.asked.length = 0
    await go()
    expect(registry.asked.filter((call) => !/^(GET|HEAD)/.test(call))).toEqual([])
  })

  test.each([
    ['data', /PUT .*blobs/],
    ['its manifest', /PUT .*manifests\/steps-/],
    ['the tag of its edition', /PUT .*manifests\/ulmo\.4-/],
    ['a tag that follows', /PUT .*manifests\/ulmo$/],
  ])('that ends before %s leads nowhere half there, and the next ends it', async (_title, call) => {
    const { registry, seed, publication, go } = await prepare()
    registry.intercept((asked) => (call.test(asked) ? 400 : undefined))
    expect(await problemsOf(go)).toMatchObject([{ code: 'registry-refused' }])
    for (const digest of Object.values(registry.tags('devenv/hello-data'))) expect(digest).toBe(seed.manifest)
    registry.intercept(() => undefined)
    await go()
    expect(Object.keys(registry.tags('devenv/hello-data')).sort()).toEqual([...TAGS, publication.tag].sort())
  })

  test('pushes again what the registry has lost', async () => {
    const { registry, seed, look, go } = await prepare()
    await go()
    registry.damage(seed.blobs['mysql-8.4']?.digest ?? '')
    expect((await look()).plan.steps[0]).toMatchObject({ do: 'push', because: 'the registry has lost mysql-8.4' })
    await go()
    expect((await look()).plan.steps).toEqual([])
  })
})
