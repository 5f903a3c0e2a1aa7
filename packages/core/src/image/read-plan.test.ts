import { describe, expect, test } from 'vitest'
import { sampleEngine } from '../../test/engine.js'
import { type SampleRegistry, sampleRegistry } from '../../test/registry.js'
import { testEach } from '../../test/samples.js'
import { LABELS } from '../engine/labels.js'
import { tagOf } from './image-inputs.js'
import { readKnownImages } from './known-images.js'
import { type ImagePlan, referenceOf, type WantedImage } from './plan-image.js'
import { type ImageSources, readImagePlan } from './read-plan.js'

const DIGEST = 'a'.repeat(64)
const SOURCES: ImageSources = {
  registry: undefined,
  mirror: undefined,
  locked: {},
  published: {},
  network: 'online',
  access: { caBundle: undefined, proxies: {} },
}
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
    expect((await plan([], { down: true })).plan.because).toMatch(/^there is none yet; 127\..*403/)
  })
})

describe('the plan for an image that is named by the digest of what was published', () => {
  const PUBLISHED = `sha256:${'1'.repeat(64)}`
  /** Where that image is here, or is not; another of the same inputs is. */
  async function pinned(here: boolean, published: { [tag: string]: string } = { [tagOf(DIGEST)]: PUBLISHED }) {
    const wanted = { name: 'ghcr.io/openedx/devenv/hello', digest: DIGEST, inputs: {} }
    const tags = [referenceOf(wanted), ...(here ? [`${wanted.name}@${PUBLISHED}`] : [])]
    const { engine } = await sampleEngine([{ tags, labels: LABELLED }])
    const named = Object.entries(published).map(([tag, digest]) => [`${wanted.name}:${tag}`, digest])
    return await readImagePlan(engine, await readKnownImages(engine, 'devenv/hello'), wanted, {
      ...SOURCES,
      published: Object.fromEntries(named),
    })
  }

  test('takes exactly that, pulled or from here, and no other of the same inputs', async () => {
    const reference = `ghcr.io/openedx/devenv/hello@${PUBLISHED}`
    expect(await pinned(false)).toMatchObject({ do: 'pull', reference, digest: DIGEST })
    expect(await pinned(true)).toMatchObject({ do: 'use', reference, digest: DIGEST })
  })

  test('is as always where nothing names it', async () => {
    expect(await pinned(true, { main: PUBLISHED })).toMatchObject({
      do: 'use',
      reference: `ghcr.io/openedx/devenv/hello:${tagOf(DIGEST)}`,
    })
  })
})
