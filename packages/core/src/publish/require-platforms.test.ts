import { describe, expect, test } from 'vitest'
import { sampleRegistry } from '../../test/registry.js'
import { problemsOf, testEach } from '../../test/samples.js'
import type { PublishedImage } from '../registry/registry.js'
import { notePlatforms, platformsOn, requirePlatforms } from './require-platforms.js'

const ACCESS = { caBundle: undefined, proxies: {} }
const BOTH = ['linux/amd64', 'linux/arm64']

describe('base images must be there for each platform', () => {
  test('those that are not are all named, once', async () => {
    const registry = await sampleRegistry()
    registry.push('library/debian', '12', { platforms: ['linux/amd64'] })
    registry.push('library/node', '24', { platforms: ['linux/arm64', 'linux/s390x'] })
    const digest = registry.push('library/python', '3.12', { platforms: BOTH })
    const [debian, node] = [`${registry.host}/library/debian:12`, `${registry.host}/library/node:24`]
    const bases = [debian, node, `${registry.host}/library/python:3.12@${digest}`, debian]
    expect(await problemsOf(() => requirePlatforms(bases, BOTH, ACCESS))).toEqual([
      { code: 'base-lacks-platform', base: debian, platforms: ['linux/arm64'], has: ['linux/amd64'] },
      { code: 'base-lacks-platform', base: node, platforms: ['linux/amd64'], has: ['linux/arm64', 'linux/s390x'] },
    ])
  })

  test('a variant is no other machine', async () => {
    const registry = await sampleRegistry()
    registry.push('library/debian', 'latest', { platforms: BOTH })
    const required = requirePlatforms([`${registry.host}/library/debian`], ['linux/amd64/v2', 'linux/arm64/v8'], ACCESS)
    await expect(required).resolves.toBeUndefined()
  })

  test('a registry that does not have it, or does not answer, is the build’s to name', async () => {
    const registry = await sampleRegistry()
    const bases = [`${registry.host}/library/debian:12`, 'localhost:1/library/debian:12']
    await expect(requirePlatforms(bases, BOTH, ACCESS)).resolves.toBeUndefined()
  })
})

const published = (...platforms: string[]): PublishedImage => ({
  digest: 'sha256:a',
  manifest: { digest: 'sha256:a', mediaType: '', body: Buffer.alloc(0) },
  platforms: platforms.map((platform) => ({ platform, labels: {}, layers: [] })),
  lost: [],
})

test('an image on a devenv image is for the platforms of that one', async () => {
  expect(platformsOn(published(...BOTH), 'devenv/hello:inputs-0', BOTH)).toEqual(BOTH)
  expect(platformsOn(published('linux/amd64'), 'devenv/hello:inputs-0', BOTH)).toEqual(['linux/amd64'])
  expect(await problemsOf(() => platformsOn(published('linux/s390x'), 'devenv/hello:inputs-0', BOTH))).toEqual([
    { code: 'base-lacks-platform', base: 'devenv/hello:inputs-0', platforms: BOTH, has: ['linux/s390x'] },
  ])
})

testEach<{ title: string; image: PublishedImage | undefined; named: string[] | undefined; lacks: string | undefined }>([
  { title: 'lacks one that was named', image: published('linux/amd64'), named: BOTH, lacks: 'linux/arm64' },
  { title: 'has all that were named', image: published(...BOTH), named: BOTH, lacks: undefined },
  { title: 'has one, where none was named', image: published('linux/amd64'), named: undefined, lacks: undefined },
  { title: 'is not there', image: undefined, named: BOTH, lacks: undefined },
])('a note on what is there says that it $title: only where it lacks something', ({ image, named, lacks }) => {
  const notes = notePlatforms('devenv/hello:inputs-0', image, { platforms: named })
  expect(notes).toHaveLength(lacks === undefined ? 0 : 1)
  if (lacks !== undefined) expect(notes[0]).toMatch(new RegExp(`^devenv/hello:inputs-0 .* not for ${lacks},`))
})
