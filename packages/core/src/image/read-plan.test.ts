import { describe, expect, test } from 'vitest'
import { sampleEngine } from '../../test/engine.js'
import { type ImageSample, type SampleRegistry, sampleRegistry } from '../../test/registry.js'
import { problemsOf, sampleImageSettings, testEach } from '../../test/samples.js'
import { LABELS } from '../engine/labels.js'
import { tagOf } from './image-inputs.js'
import { readKnownImages } from './known-images.js'
import { type ImagePlan, referenceOf, type WantedImage } from './plan-image.js'
import { type ImageSources, readImagePlan } from './read-plan.js'

const DIGEST = 'a'.repeat(64)
const SOURCES: ImageSources = sampleImageSettings()
const LABELLED = { [LABELS.digest]: DIGEST, [LABELS.inputs]: '{"Dockerfile":"1"}' }

/** The plan where the engine has these names of the image, and the registry has it or not. */
async function plan(
  here: string[],
  { pushed = false, down = false, ...change }: Partial<ImageSources> & { pushed?: boolean; down?: boolean } = {},
): Promise<{ plan: ImagePlan; wanted: WantedImage; registry: SampleRegistry }> {
  const registry = await sampleRegistry()
  if (pushed) registry.push('devenv/hello', tagOf(DIGEST), { labels: LABELLED })
  if (down) registry.intercept(() => 403)
  const wanted = { name: `${registry.host}/devenv/hello`, digest: DIGEST, inputs: { Dockerfile: '1' } }
  const tags = here.map((name) => name.replace('REGISTRY', registry.host))
  const { engine } = await sampleEngine(tags.length > 0 ? [{ tags, labels: LABELLED }] : [])
  const known = await readKnownImages(engine, 'devenv/hello')
  const sources = { ...SOURCES, registry: registry.host, ...change }
  return { plan: await readImagePlan(engine, known, wanted, sources), wanted, registry }
}

describe('the plan for an image', () => {
  testEach<{ title: string; here: string[]; how: Parameters<typeof plan>[1]; does: ImagePlan['do']; asks: boolean }>([
    {
      title: 'uses what the engine has, and asks nobody',
      here: [`REGISTRY/devenv/hello:${tagOf(DIGEST)}`],
      how: { pushed: true },
      does: 'use',
      asks: false,
    },
    {
      title: 'names what the engine has from elsewhere, and asks nobody',
      here: [`devenv/hello:${tagOf(DIGEST)}`],
      how: { pushed: true },
      does: 'tag',
      asks: false,
    },
    { title: 'pulls what the registry has', here: [], how: { pushed: true }, does: 'pull', asks: true },
    { title: 'builds what it does not have', here: [], how: {}, does: 'build', asks: true },
    { title: 'builds where it forbids', here: [], how: { pushed: true, down: true }, does: 'build', asks: true },
    {
      title: 'asks nobody offline',
      here: [],
      how: { pushed: true, network: 'offline' },
      does: 'build',
      asks: false,
    },
    {
      title: 'asks nobody where no registry is set',
      here: [],
      how: { pushed: true, registry: undefined },
      does: 'build',
      asks: false,
    },
  ])('$title', async ({ here, how, does, asks }) => {
    const { plan: planned, wanted, registry } = await plan(here, how)
    expect(planned).toMatchObject({ do: does, reference: referenceOf(wanted), digest: DIGEST })
    expect(registry.asked.length > 0).toBe(asks)
  })

  test('says why it builds although there is a registry', async () => {
    expect((await plan([], { down: true })).plan.because).toMatch(/^there is no image yet; 127\..*403/)
  })
})

test('an image of another platform that the engine has is not used; the registry’s is pulled if it is for this one', async () => {
  const registry = await sampleRegistry()
  registry.push('devenv/hello', tagOf(DIGEST), { labels: LABELLED, platforms: ['linux/arm64', 'linux/amd64'] })
  const wanted = { name: `${registry.host}/devenv/hello`, digest: DIGEST, inputs: { Dockerfile: '1' } }
  const { engine } = await sampleEngine([{ tags: [referenceOf(wanted)], labels: LABELLED, architecture: 'arm64' }])
  const known = await readKnownImages(engine, 'devenv/hello')
  expect(await readImagePlan(engine, known, wanted, { ...SOURCES, registry: registry.host })).toMatchObject({
    do: 'pull',
  })
  expect(await readImagePlan(engine, known, wanted, SOURCES)).toMatchObject({
    do: 'build',
    because: 'the image here is for linux/arm64, but the engine is linux/amd64',
  })
})

describe('the plan for an image that is named by the digest of what was published', () => {
  /** Where that image is here, or is in the registry; another of the same inputs is here in any case. */
  async function pinned({
    here = [],
    published = { labels: LABELLED },
    as = tagOf(DIGEST),
    network = 'online',
  }: {
    here?: { labels?: { [label: string]: string }; architecture?: string }[]
    published?: ImageSample
    as?: string
    network?: 'online' | 'offline'
  }) {
    const registry = await sampleRegistry()
    const digest = registry.push('devenv/hello', 'main', published)
    const wanted = { name: `${registry.host}/devenv/hello`, digest: DIGEST, inputs: {} }
    const reference = `${wanted.name}@${digest}`
    const { engine } = await sampleEngine([
      { tags: [referenceOf(wanted)], labels: LABELLED },
      ...here.map((image) => ({ ...image, tags: [reference] })),
    ])
    const known = await readKnownImages(engine, 'devenv/hello')
    const sources = { ...SOURCES, network, published: { [`${wanted.name}:${as}`]: digest } }
    return { reference, wanted, plan: () => readImagePlan(engine, known, wanted, sources) }
  }

  test('takes exactly that, pulled or from here, and no other of the same inputs', async () => {
    for (const [does, how] of [
      ['pull', {}],
      ['pull', { network: 'offline' }],
      ['use', { here: [{ labels: LABELLED }] }],
    ] as const) {
      const { plan: planned, reference } = await pinned({ ...how, here: 'here' in how ? [...how.here] : [] })
      expect(await planned()).toMatchObject({ do: does, reference, digest: DIGEST })
    }
  })

  testEach<{ title: string; how: Parameters<typeof pinned>[0]; detail: RegExp }>([
    {
      title: 'one here of other inputs',
      how: { here: [{ labels: { [LABELS.digest]: 'b'.repeat(64) } }] },
      detail: /^It is inputs-bbbb.* but this checkout needs inputs-aaaa/,
    },
    { title: 'one here that is not ours', how: { here: [{}] }, detail: /^It is not an image that devenv built/ },
    {
      title: 'one here for another platform',
      how: { here: [{ labels: LABELLED, architecture: 'arm64' }] },
      detail: /^It is for linux\/arm64, but the engine is linux\/amd64/,
    },
    {
      title: 'one of the registry of other inputs',
      how: { published: { labels: { [LABELS.digest]: 'b'.repeat(64) } } },
      detail: /^It is inputs-bbbb/,
    },
    {
      title: 'one of the registry for another platform',
      how: { published: { labels: LABELLED, platforms: ['linux/arm64'] } },
      detail: /^It is for linux\/arm64/,
    },
  ])('refuses $title', async ({ how, detail }) => {
    const { plan: planned, reference } = await pinned(how)
    expect(await problemsOf(planned)).toEqual([
      { code: 'digest-unfit', image: reference, detail: expect.stringMatching(detail) },
    ])
  })

  test('is as always where nothing names it, and says so', async () => {
    const { plan: planned, wanted } = await pinned({ as: 'main' })
    expect(await planned()).toMatchObject({
      do: 'use',
      reference: referenceOf(wanted),
      because: expect.stringMatching(/; DEVENV_DIGESTS does not name it$/),
    })
  })
})
