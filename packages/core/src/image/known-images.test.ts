import { describe, expect, test } from 'vitest'
import { sampleEngine } from '../../test/engine.js'
import { type ImageSample, type SampleRegistry, sampleRegistry } from '../../test/registry.js'
import { testEach } from '../../test/samples.js'
import { LABELS } from '../engine/labels.js'
import { repositoryOf } from '../registry/repository.js'
import { compareInputs, tagOf } from './image-inputs.js'
import { askRegistry, comparedTags, readKnownImages } from './known-images.js'

/** What is known of `devenv/hello` where the engine has these images. */
async function known(...images: Parameters<typeof sampleEngine>[0] & object) {
  const { engine } = await sampleEngine(images)
  return await readKnownImages(engine, 'devenv/hello')
}
const image = (tags: string[] | null, labels: { [label: string]: string } = {}, created = 0) => ({
  tags,
  created,
  labels: { [LABELS.digest]: '0123', [LABELS.inputs]: '{"Dockerfile":"45"}', ...labels },
})

describe('of the engine’s images', () => {
  test('a devenv image is known by its tag, with its digest and its inputs', async () => {
    expect(await known(image(['mine:1', 'devenv/hello:inputs-0123']))).toEqual([
      {
        reference: 'devenv/hello:inputs-0123',
        digest: '0123',
        inputs: { Dockerfile: '45' },
        standInsFrom: undefined,
        platforms: [],
        lost: [],
      },
    ])
  })

  test('one is known under every registry that it is named after', async () => {
    const tags = [
      'ghcr.io/openedx/devenv/hello:inputs-0123',
      'devenv/hello:inputs-0123',
      'localhost:5000/devenv/hello:inputs-0123',
    ]
    expect((await known(image(tags))).map(({ reference }) => reference)).toEqual(tags)
  })

  test('the newest comes first', async () => {
    const images = [image(['devenv/hello:inputs-1'], {}, 1), image(['devenv/hello:inputs-2'], {}, 2)]
    expect((await known(...images)).map(({ reference }) => reference)).toEqual([
      'devenv/hello:inputs-2',
      'devenv/hello:inputs-1',
    ])
  })

  test.each([
    ['that has lost its tag', null],
    ['of another service', ['devenv/hello-world:inputs-0123']],
    ['of a service whose name ends alike', ['devenv/devenv-hello:inputs-0123', 'mydevenv/hello:inputs-0123']],
    ['that is the snapshot', ['ghcr.io/openedx/devenv/hello-snapshot:inputs-0123']],
    ['under another tag', ['devenv/hello:latest']],
    ['under the tag of a release', ['ghcr.io/openedx/devenv/hello:ulmo.4-1.0.0']],
  ])('one %s is not present', async (_what, tags) => {
    expect(await known(image(tags))).toEqual([])
  })

  test('one whose bases were stand-ins says from where; one whose origin is lost is not real either', async () => {
    const [first, second] = await known(
      image(['devenv/hello:inputs-1'], { [LABELS.standIn]: 'library/debian:12', [LABELS.mirror]: 'localhost:5000' }, 2),
      image(['devenv/hello:inputs-2'], { [LABELS.standIn]: 'library/debian:12' }, 1),
    )
    expect(first?.standInsFrom).toBe('localhost:5000')
    expect(second?.standInsFrom).toBe('')
  })

  test('a real one is not a stand-in because it came through a mirror', async () => {
    const [found] = await known(image(['devenv/hello:inputs-1'], { [LABELS.mirror]: 'mirror.example.com' }))
    expect(found?.standInsFrom).toBeUndefined()
  })

  test.each(['{', '', 'null', '[]', '"text"', '{"Dockerfile":1}'])(
    'a damaged list of inputs is an empty one: %j',
    async (inputs) => {
      const [found] = await known(image(['devenv/hello:inputs-1'], { [LABELS.inputs]: inputs }))
      expect(compareInputs(found?.inputs ?? { never: '' }, {})).toEqual([])
    },
  )
})

test.each<[string[], string[]]>([
  [[], []],
  [['latest', 'ulmo', 'ulmo.4-1.0.0', 'inputs-0', 'buildcache', 'v1.0'], []],
  [
    ['main', 'ulmo.2', 'ulmo.10', 'teak.1'],
    ['teak.1', 'ulmo.2', 'ulmo.10', 'main'],
  ],
  [
    ['z.1', 'y.1', 'x.1', 'w.1', 'v.1', 'u.2', 'u.1', 'main'],
    ['u.2', 'v.1', 'w.1', 'x.1', 'y.1', 'z.1', 'main'],
  ],
])('of the tags %j the newest six releases and main are compared with', (tags, compared) => {
  expect(comparedTags(tags)).toEqual(compared)
})

describe('a registry', () => {
  const DIGEST = 'a'.repeat(64)
  const labelled = (digest: string, inputs: object = {}, labels: object = {}): ImageSample => ({
    labels: { [LABELS.digest]: digest, [LABELS.inputs]: JSON.stringify(inputs), ...labels },
  })
  const ask = ({ host }: SampleRegistry) => {
    const name = `${host}/openedx/hello`
    return askRegistry(name, repositoryOf(name, { caBundle: undefined, proxies: {} }), DIGEST)
  }

  test('that has the image is asked for nothing else', async () => {
    const registry = await sampleRegistry()
    registry.push('openedx/hello', tagOf(DIGEST), labelled(DIGEST, { Dockerfile: '1' }))
    registry.push('openedx/hello', 'ulmo.4', labelled('b'.repeat(64)))
    expect(await ask(registry)).toEqual({
      kind: 'answered',
      held: {
        reference: `${registry.host}/openedx/hello:${tagOf(DIGEST)}`,
        digest: DIGEST,
        inputs: { Dockerfile: '1' },
        standInsFrom: undefined,
        platforms: ['linux/amd64'],
        lost: [],
      },
      releases: new Map(),
    })
    expect(registry.asked.some((call) => call.includes('tags/list') || call.includes('ulmo'))).toBe(false)
  })

  test('that has it says what its image says itself, also where that is another digest or on stand-ins', async () => {
    const registry = await sampleRegistry()
    const standIn = { [LABELS.standIn]: 'library/debian:12', [LABELS.mirror]: 'localhost:5055' }
    registry.push('openedx/hello', tagOf(DIGEST), labelled('b'.repeat(64), {}, standIn))
    expect(await ask(registry)).toMatchObject({ held: { digest: 'b'.repeat(64), standInsFrom: 'localhost:5055' } })
  })

  test('that has it for several platforms speaks of the first', async () => {
    const registry = await sampleRegistry()
    registry.push('openedx/hello', tagOf(DIGEST), { ...labelled(DIGEST), platforms: ['linux/amd64', 'linux/arm64'] })
    expect(await ask(registry)).toMatchObject({ held: { digest: DIGEST } })
  })

  test('that does not have it says what its releases were made of', async () => {
    const registry = await sampleRegistry()
    registry.push('openedx/hello', 'ulmo.4', labelled('b'.repeat(64), { Dockerfile: '4' }))
    registry.push('openedx/hello', 'main', labelled('c'.repeat(64), { Dockerfile: 'm' }))
    registry.push('openedx/hello', 'ulmo.4-1.0.0', labelled('b'.repeat(64)))
    const answer = await ask(registry)
    if (answer.kind !== 'answered') throw new Error(answer.kind)
    expect(answer.held).toBeUndefined()
    expect([...answer.releases].map(([tag, { inputs }]) => [tag, inputs])).toEqual([
      ['ulmo.4', { Dockerfile: '4' }],
      ['main', { Dockerfile: 'm' }],
    ])
  })

  test('that has no such repository has neither', async () => {
    expect(await ask(await sampleRegistry())).toEqual({ kind: 'answered', held: undefined, releases: new Map() })
  })

  testEach<{ title: string; status: number }>([
    { title: 'refuses', status: 400 },
    { title: 'forbids', status: 403 },
    { title: 'is broken', status: 500 },
  ])('that $title is no obstacle: its words are kept', async ({ status }) => {
    const registry = await sampleRegistry()
    registry.intercept(() => status)
    expect(await ask(registry)).toEqual({
      kind: 'failed',
      said: expect.stringMatching(new RegExp(`^${registry.host} did not give it: ${status} `)),
    })
  })

  test('that is not there is no obstacle either', async () => {
    const name = '127.0.0.1:1/openedx/hello'
    expect(await askRegistry(name, repositoryOf(name, { caBundle: undefined, proxies: {} }), DIGEST)).toMatchObject({
      kind: 'failed',
      said: expect.stringMatching(/^127\.0\.0\.1:1 did not answer: .*ECONNREFUSED/),
    })
  })
})
