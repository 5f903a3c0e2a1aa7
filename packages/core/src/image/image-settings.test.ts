import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, sampleSettings, temporaryFolder, writeFiles } from '../../test/samples.js'
import { imageSettingsOf } from './image-settings.js'

describe('the settings for images', () => {
  const NOTHING = { images: {}, releases: {} }
  const engine = () => {
    throw new Error('Nobody asks it here.')
  }

  test('are those of a person, with what is locked', () => {
    const settings = sampleSettings({
      registry: 'ghcr.io/openedx',
      mirror: 'localhost:5000',
      network: 'offline',
      caBundle: '/ca.pem',
      proxies: { HTTPS_PROXY: 'http://proxy' },
    })
    const images = { 'docker.io/library/mysql:8.4.9': `sha256:${'1'.repeat(64)}` }
    expect(imageSettingsOf(settings, { images, releases: {} }, engine)).toEqual({
      registry: 'ghcr.io/openedx',
      mirror: 'localhost:5000',
      locked: images,
      published: {},
      network: 'offline',
      caBundle: '/ca.pem',
      proxies: { HTTPS_PROXY: 'http://proxy' },
      access: {
        caBundle: '/ca.pem',
        proxies: { HTTPS_PROXY: 'http://proxy' },
        isInsecure: expect.any(Function),
      },
    })
  })

  test('hand no proxy on loopback to builds, and ask registries through it', () => {
    const proxies = { HTTPS_PROXY: 'http://127.0.0.1:3128', HTTP_PROXY: 'http://proxy' }
    expect(imageSettingsOf(sampleSettings({ proxies }), NOTHING, engine)).toMatchObject({
      proxies: { HTTP_PROXY: 'http://proxy' },
      access: { proxies },
    })
    expect(imageSettingsOf(sampleSettings({ proxies }), NOTHING, engine).proxies).not.toHaveProperty('HTTPS_PROXY')
  })

  test('have the digests of what was published, from the file that is named', () => {
    const published = { 'ghcr.io/openedx/hello:main': `sha256:${'2'.repeat(64)}` }
    const root = writeFiles(temporaryFolder(), { 'digests.json': JSON.stringify(published) })
    const settings = sampleSettings({ digests: join(root, 'digests.json') })
    expect(imageSettingsOf(settings, NOTHING, engine).published).toEqual(published)
  })

  test.each([
    ['is not there', undefined],
    ['is cut off', '{'],
    ['is null', 'null'],
    ['is a text', '"sha256:0"'],
    ['is a list', '[]'],
    ['has a name without a digest', '{"ghcr.io/openedx/hello:main":"1.2.3"}'],
  ])('are refused where that file %s', async (_what, text) => {
    const root = writeFiles(temporaryFolder(), text === undefined ? {} : { 'digests.json': text })
    const digests = join(root, 'digests.json')
    expect(await problemsOf(() => imageSettingsOf(sampleSettings({ digests }), NOTHING, engine))).toMatchObject([
      { code: 'digests-unreadable', file: digests, detail: expect.stringMatching(/./) },
    ])
  })
})
