import { describe, expect, test } from 'vitest'
import { sampleEngine } from '../../test/engine.js'
import {
  dockerIs,
  problemsOf,
  SAMPLE_INPUTS,
  sampleDefinition,
  sampleImageSettings,
  testEach,
} from '../../test/samples.js'
import { LABELS } from '../engine/labels.js'
import type { Progress } from '../progress/progress.js'
import {
  carryOutImages,
  type ImagesPlan,
  lackingOf,
  type OfficialPlan,
  readImagesPlan,
  takeServices,
} from './ensure-images.js'
import { digestOf } from './image-inputs.js'
import { wantedOf } from './image-source.js'
import { type ImagePlan, referenceOf } from './plan-image.js'

const SETTINGS = sampleImageSettings()
const OWN = referenceOf(wantedOf(SAMPLE_INPUTS))
const [MYSQL, MEMCACHED] = ['mysql:8.4.9', 'memcached:1.6.38'].map((name) => `docker.io/library/${name}`) as [
  string,
  string,
]
const LABELLED = { [LABELS.digest]: digestOf(SAMPLE_INPUTS), [LABELS.inputs]: '{}' }
const own = (does: ImagePlan['do']): ImagePlan => {
  const named = { reference: OWN, digest: digestOf(SAMPLE_INPUTS), because: 'requirements.txt changed' }
  return does === 'tag' ? { ...named, do: 'tag', from: 'ghcr.io/x:inputs-0' } : { ...named, do: does }
}
const official = (reference: string, does: 'use' | 'pull'): OfficialPlan => ({
  reference,
  taken: reference,
  standIn: false,
  do: does,
  platform: 'linux/amd64',
})

describe('the plan for the images of an environment', () => {
  test('is that of its own and of each server that is needed, and of no other', async () => {
    const { engine } = await sampleEngine([{ tags: [OWN], labels: LABELLED }, { tags: [MYSQL] }])
    const plan = (services: string[]) => readImagesPlan(engine, sampleDefinition(), SAMPLE_INPUTS, services, SETTINGS)
    expect(await plan(['mysql', 'memcached'])).toMatchObject({
      own: { do: 'use', reference: OWN },
      official: [
        { taken: MYSQL, do: 'use' },
        { taken: MEMCACHED, do: 'pull' },
      ],
    })
    expect((await plan(['mysql'])).official).toHaveLength(1)
    expect((await plan([])).official).toEqual([])
  })

  test('has the images of other Open edX services apart from official ones, as the definition names them', async () => {
    const SHOP = 'devenv/shop-snapshot:1.2'
    const when = { files: [], installed: [], stores: [], libraries: [], image: false, address: false }
    const definition = {
      ...sampleDefinition({}, { shop: { image: SHOP } }),
      provision: [{ name: 'fill', service: 'shop', run: ['fill'] as [string], when }],
    }
    const plan = async (images: { tags: string[] }[], services: string[]) =>
      readImagesPlan((await sampleEngine(images)).engine, definition, SAMPLE_INPUTS, services, SETTINGS)
    expect(await plan([], ['hello', 'shop', 'mysql'])).toMatchObject({
      official: [{ taken: MYSQL }],
      published: [{ reference: SHOP, do: 'pull' }],
    })
    expect((await plan([{ tags: [SHOP] }], ['shop'])).published).toEqual([
      { reference: SHOP, do: 'use', platform: 'linux/amd64' },
    ])
    expect((await plan([], ['mysql'])).published).toEqual([])
  })

  test('wants an image that two servers share once', async () => {
    const { engine } = await sampleEngine()
    const definition = sampleDefinition({}, { memcached: { image: MYSQL } })
    expect(
      (await readImagesPlan(engine, definition, SAMPLE_INPUTS, ['mysql', 'memcached'], SETTINGS)).official,
    ).toHaveLength(1)
  })

  test('pulls one again that is here for another platform; a service may say which it runs on', async () => {
    const { engine } = await sampleEngine([{ tags: [MYSQL], architecture: 'arm64' }])
    const does = async (platform?: string) => {
      const definition = sampleDefinition({}, { mysql: { image: MYSQL, ...(platform && { platform }) } })
      return (await readImagesPlan(engine, definition, SAMPLE_INPUTS, ['mysql'], SETTINGS)).official[0]
    }
    expect(await does()).toMatchObject({ do: 'pull', platform: 'linux/amd64' })
    expect(await does('linux/arm64/v8')).toMatchObject({ do: 'use', platform: 'linux/arm64/v8' })
  })

  test('wants exactly the digest that is locked: a tag that is here may be another', async () => {
    const { engine } = await sampleEngine([{ tags: [MYSQL] }])
    const locked = { [MYSQL]: `sha256:${'1'.repeat(64)}` }
    const { official: planned } = await readImagesPlan(engine, sampleDefinition(), SAMPLE_INPUTS, ['mysql'], {
      ...SETTINGS,
      locked,
    })
    expect(planned).toMatchObject([{ do: 'pull', reference: MYSQL, taken: `${MYSQL}@${locked[MYSQL]}` }])
  })
})

describe('what a plan lacks on this machine', () => {
  testEach<{ title: string; plan: ImagesPlan; lacking: string[] }>([
    { title: 'nothing', plan: { own: own('use'), published: [], official: [official(MYSQL, 'use')] }, lacking: [] },
    {
      title: 'nothing that has another name here',
      plan: { own: own('tag'), published: [], official: [] },
      lacking: [],
    },
    { title: 'what is pulled', plan: { own: own('pull'), published: [], official: [] }, lacking: [OWN] },
    { title: 'what is built', plan: { own: own('build'), published: [], official: [] }, lacking: [OWN] },
    {
      title: 'servers, each as it is taken',
      plan: {
        own: own('use'),
        published: [],
        official: [official(MYSQL, 'use'), { ...official(MEMCACHED, 'pull'), taken: `${MEMCACHED}@sha256:0` }],
      },
      lacking: [`${MEMCACHED}@sha256:0`],
    },
  ])('is $title', ({ plan, lacking }) => {
    expect(lackingOf(plan)).toEqual(lacking)
  })
})

describe('carrying out', () => {
  const carryOut = async (plan: ImagesPlan, network: 'online' | 'offline') => {
    const { engine, named } = await sampleEngine([{ tags: ['ghcr.io/x:inputs-0'], labels: LABELLED }])
    const told: Progress[] = []
    const done = carryOutImages(plan, engine, SAMPLE_INPUTS, { ...SETTINGS, network }, (progress) =>
      told.push(progress),
    )
    return { done, told, named }
  }

  test('offline refuses every missing image at once, before anything is done', async () => {
    const plan = { own: own('build'), published: [], official: [official(MYSQL, 'pull'), official(MEMCACHED, 'use')] }
    const { done, told } = await carryOut(plan, 'offline')
    expect(await problemsOf(() => done)).toEqual([
      { code: 'offline-lacks', images: [MYSQL, OWN], because: 'requirements.txt changed' },
    ])
    expect(told).toEqual([])
  })

  test.each(['online', 'offline'] as const)('gives what is here its own name, %s too', async (network) => {
    const { done, told, named } = await carryOut(
      { own: own('tag'), published: [], official: [official(MYSQL, 'use')] },
      network,
    )
    await done
    expect(named()).toEqual(['ghcr.io/x:inputs-0', OWN])
    expect(told.map(({ kind }) => kind)).toEqual(['begin', 'end'])
  })

  test('never asks Docker Hub for a devenv image, and says so before anything is built', async () => {
    const published = [{ reference: 'devenv/shop-snapshot:1.2', do: 'pull' as const, platform: 'linux/amd64' }]
    const { done, told } = await carryOut({ own: own('build'), published, official: [] }, 'online')
    expect(await problemsOf(() => done)).toMatchObject([
      { code: 'image-unpublished', images: ['devenv/shop-snapshot:1.2'], registry: undefined },
    ])
    expect(told).toEqual([])
  })

  test('names every official image that it cannot get, and says of none that it was pulled', async () => {
    dockerIs('case $* in *redis*) exit 0;; esac; echo "Error: manifest unknown" >&2; exit 1')
    const REDIS = 'docker.io/library/redis:7.4.2'
    const wanted = [MYSQL, REDIS, MEMCACHED].map((name) => official(name, 'pull'))
    const { done, told } = await carryOut({ own: own('use'), published: [], official: wanted }, 'online')
    expect(await problemsOf(() => done)).toMatchObject([
      { code: 'image-unavailable', images: [MYSQL, MEMCACHED], detail: 'Error: manifest unknown' },
    ])
    expect(told.filter(({ kind }) => kind === 'end')).toMatchObject([{ step: `pull ${REDIS}` }])
  })

  test('does nothing where everything is here', async () => {
    const { done, told, named } = await carryOut(
      { own: own('use'), published: [], official: [official(MYSQL, 'use')] },
      'online',
    )
    await done
    expect(named()).toEqual(['ghcr.io/x:inputs-0'])
    expect(told).toEqual([])
  })
})

test('what was decided for a server before is not asked again', async () => {
  const { engine, asked } = await sampleEngine()
  const planned = [{ reference: MYSQL, taken: 'as planned', standIn: true }]
  const taken = await takeServices(engine, sampleDefinition(), planned, {
    ...SETTINGS,
    mirror: 'localhost:1',
    network: 'offline',
  })
  expect(taken.mysql).toBe('as planned')
  expect(asked.join()).not.toContain('mysql')
})

test('every server is named as its image is taken; the primary is not among them', async () => {
  const { engine } = await sampleEngine()
  const locked = { [MYSQL]: `sha256:${'1'.repeat(64)}` }
  expect(await takeServices(engine, sampleDefinition(), [], { ...SETTINGS, locked })).toEqual({
    mysql: `${MYSQL}@${locked[MYSQL]}`,
    memcached: MEMCACHED,
  })
})
