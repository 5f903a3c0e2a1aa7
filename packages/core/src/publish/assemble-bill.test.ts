import { describe, expect, test } from 'vitest'
import { sampleRegistry } from '../../test/registry.js'
import { testEach } from '../../test/samples.js'
import type { PublishedImage } from '../engine/registry/registry.js'
import { findPublishedImage } from '../engine/registry/registry.js'
import type { RegistryAccess } from '../engine/registry/repository.js'
import { repositoryOf } from '../engine/registry/repository.js'
import { assembleBill, becameOf, beforeOf } from './assemble-bill.js'
import type { PublishStep } from './plan-publish.js'
import type { Prepared } from './publish.js'
import { type Edition, parseEdition } from './release-tags.js'

const ACCESS: RegistryAccess = { caBundle: undefined, proxies: {} }
const NAME = 'ghcr.io/openedx/hello'
const REFERENCE = `${NAME}:inputs-a`
const editions = (...tags: string[]): Edition[] => tags.flatMap((tag) => parseEdition(tag) ?? [])
const planOf = (...steps: PublishStep[]) => ({ plan: { steps, present: [], notes: [] } })
const build = (reference: string): PublishStep => ({
  do: 'build',
  reference,
  digest: 'a',
  releases: [],
  because: 'a.txt changed',
})
const tag = (kind: 'edition' | 'floating', from: string, as: string, name = NAME): PublishStep => {
  const step = { do: 'tag' as const, name, from, as, because: 'a cause' }
  return kind === 'edition' ? { ...step, kind, digest: 'a' } : { ...step, kind }
}

describe('what became of an image', () => {
  testEach<{ title: string; tags: string[]; steps: PublishStep[]; became: object }>([
    {
      title: 'built, with every tag that leads to it now',
      tags: ['ulmo.4-1.0.0'],
      steps: [
        build(REFERENCE),
        tag('edition', 'inputs-a', 'ulmo.4-1.0.0'),
        tag('floating', 'ulmo.4-1.0.0', 'ulmo.4'),
        tag('floating', 'ulmo.4-1.0.0', 'latest'),
      ],
      became: {
        became: 'built',
        because: 'a.txt changed',
        tags: [`${NAME}:ulmo.4-1.0.0`, `${NAME}:ulmo.4`, `${NAME}:latest`],
      },
    },
    {
      title: 'built, for no release',
      tags: [],
      steps: [build(REFERENCE)],
      became: { became: 'built', because: 'a.txt changed', tags: [] },
    },
    {
      title: 'only tagged',
      tags: ['ulmo.4-1.1.0'],
      steps: [build(`${NAME}:inputs-b`), tag('edition', 'inputs-a', 'ulmo.4-1.1.0')],
      became: { became: 'tagged', because: 'the registry had it', tags: [`${NAME}:ulmo.4-1.1.0`] },
    },
    {
      title: 'unchanged, where other images were built and tagged',
      tags: ['ulmo.4-1.0.0'],
      steps: [
        build(`${NAME}:inputs-b`),
        tag('edition', 'inputs-b', 'ulmo.3-1.0.0'),
        tag('floating', 'ulmo.3-1.0.0', 'ulmo.3'),
        tag('edition', 'inputs-s', 'ulmo.4-1.0.0', `${NAME}-snapshot`),
      ],
      became: { became: 'unchanged', because: 'the registry has it', tags: [`${NAME}:ulmo.4-1.0.0`] },
    },
    {
      title: 'of two editions, both',
      tags: ['ulmo.3-1.0.0', 'ulmo.4-1.0.0'],
      steps: [tag('edition', 'inputs-a', 'ulmo.4-1.0.0')],
      became: {
        became: 'tagged',
        because: 'the registry had it',
        tags: [`${NAME}:ulmo.3-1.0.0`, `${NAME}:ulmo.4-1.0.0`],
      },
    },
  ])('is told: $title', ({ tags, steps, became }) => {
    expect(becameOf(REFERENCE, NAME, editions(...tags), planOf(...steps))).toEqual(became)
  })
})

describe('the image of the release before', () => {
  const published = (digest: string): PublishedImage => ({
    digest,
    manifest: { digest, mediaType: '', body: Buffer.alloc(0) },
    platforms: [],
    lost: [],
  })
  const before = new Map(['ulmo.4', 'ulmo', 'latest', 'main'].map((name) => [`${NAME}:${name}`, published(name)]))
  const without = (...names: string[]) =>
    new Map([...before].filter(([name]) => !names.includes(name.split(':')[1] ?? '')))

  testEach<{ title: string; tags: string[]; before: Map<string, PublishedImage>; found: string | undefined }>([
    { title: 'its own release', tags: ['ulmo.4-1.1.0'], before, found: 'ulmo.4' },
    { title: 'the one of that name', tags: ['ulmo.5-1.1.0'], before, found: 'ulmo' },
    { title: 'the latest', tags: ['verawood.1-1.1.0'], before, found: 'latest' },
    { title: 'main, where there is no release', tags: ['verawood.1-1.1.0'], before: without('latest'), found: 'main' },
    { title: 'main, of main', tags: ['main-1.0.0'], before, found: 'main' },
    { title: 'main, of no release', tags: [], before, found: 'main' },
    { title: 'none', tags: ['ulmo.4-1.0.0'], before: new Map(), found: undefined },
    {
      title: 'none of another name',
      tags: ['ulmo.4-1.0.0'],
      before: new Map([[`${NAME}-snapshot:ulmo.4`, published('x')]]),
      found: undefined,
    },
  ])('is $title', ({ tags, before: there, found }) => {
    expect(
      beforeOf(
        NAME,
        editions(...tags).map(({ release }) => release),
        there,
      )?.tag,
    ).toBe(found)
  })
})

describe('a bill', () => {
  /** What was prepared for one image of a registry, which holds it. */
  async function prepared(steps: (name: string) => PublishStep[]) {
    const registry = await sampleRegistry()
    const name = `${registry.host}/hello`
    const digest = registry.push('hello', 'inputs-a', { layers: { one: 10, two: 20 } })
    const all: Prepared = {
      ...planOf(...steps(name)),
      sources: new Map(),
      before: new Map(),
      publications: [
        { release: 'ulmo.4', edition: editions('ulmo.4-1.0.0')[0], commit: 'a', references: [`${name}:inputs-a`] },
        { release: 'main', edition: editions('main-1.0.0')[0], commit: 'b', references: [`${name}:inputs-a`] },
      ],
    }
    return { registry, name, digest, prepared: all }
  }

  test('has each image once, as the registry holds it, with the tags of all its releases', async () => {
    const { name, digest, prepared: all } = await prepared((at) => [build(`${at}:inputs-a`)])
    expect(await assembleBill(all, ACCESS)).toMatchObject([
      {
        reference: `${name}:inputs-a`,
        became: 'built',
        tags: [`${name}:ulmo.4-1.0.0`, `${name}:main-1.0.0`],
        image: { digest, platforms: [{ platform: 'linux/amd64', layers: [{ bytes: 10 }, { bytes: 20 }] }] },
        before: undefined,
      },
    ])
  })

  test('leaves out what the registry does not hold', async () => {
    const { name, prepared: all } = await prepared(() => [])
    const publications = [
      { release: undefined, edition: undefined, commit: undefined, references: [`${name}:inputs-b`] },
    ]
    expect(await assembleBill({ ...all, publications }, ACCESS)).toEqual([])
  })

  test('asks nobody for what needed no build', async () => {
    const { name, registry, digest, prepared: all } = await prepared(() => [])
    const image = await findPublishedImage(repositoryOf(name, ACCESS), 'inputs-a')
    registry.asked.length = 0
    const before = new Map(image === undefined ? [] : [[`${name}:inputs-a`, image]])
    const plan = { ...all.plan, present: [`${name}:inputs-a`] }
    expect(await assembleBill({ ...all, plan, before }, ACCESS)).toMatchObject([
      { became: 'unchanged', image: { digest } },
    ])
    expect(registry.asked).toEqual([])
  })

  test('shows what was built, not what was there before under the same tag', async () => {
    const { name, registry, prepared: all } = await prepared((at) => [build(`${at}:inputs-a`)])
    const onStandIns = await findPublishedImage(repositoryOf(name, ACCESS), 'inputs-a')
    const built = registry.push('hello', 'inputs-a', { note: 'built anew' })
    const before = new Map(onStandIns === undefined ? [] : [[`${name}:inputs-a`, onStandIns]])
    expect(await assembleBill({ ...all, before }, ACCESS)).toMatchObject([
      { became: 'built', image: { digest: built } },
    ])
  })
})
