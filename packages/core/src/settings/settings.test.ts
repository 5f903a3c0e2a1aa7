import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, sampleSettings, temporaryFolder, writeFiles } from '../../test/samples.js'
import { CORE_DIRECTORY } from '../definition/read-definition.js'
import { imageSettingsOf, registryOf, settingsFrom } from './settings.js'

describe('settings', () => {
  test.each(['DEVENV_DIR', 'DEVENV_MIRROR', 'DEVENV_DIGESTS', 'DEVENV_OFFLINE', 'DEVENV_PUBLISH'])(
    'an empty %s is the same as none',
    (name) => {
      const { variables: _, ...empty } = settingsFrom({ [name]: '' })
      const { variables: __, ...none } = settingsFrom({})
      expect(empty).toEqual(none)
      expect(none).toMatchObject({
        dataRoot: undefined,
        mirror: undefined,
        registry: undefined,
        digests: undefined,
        network: 'online',
        publish: [],
        programs: undefined,
        proxies: {},
      })
    },
  )

  test('an empty DEVENV_REGISTRY is none at all, which is not the same as none set', () => {
    expect(settingsFrom({ DEVENV_REGISTRY: '' }).registry).toBe('')
    expect(settingsFrom({}).registry).toBeUndefined()
  })

  test.each([
    ['ghcr.io', 'ghcr.io'],
    ['ghcr.io/openedx', 'ghcr.io/openedx'],
    ['ghcr.io/openedx/', 'ghcr.io/openedx'],
    ['localhost:5000//', 'localhost:5000'],
    ['/', ''],
  ])('DEVENV_REGISTRY=%s is the registry %j', (text, registry) => {
    expect(settingsFrom({ DEVENV_REGISTRY: text }).registry).toBe(registry)
  })

  test('DEVENV_OFFLINE=1 keeps every call on this machine', () => {
    expect(settingsFrom({ DEVENV_OFFLINE: '1' }).network).toBe('offline')
  })

  test('a file of digests is absolute, wherever devenv was called', () => {
    expect(settingsFrom({ DEVENV_DIGESTS: 'digests.json' }).digests).toBe(join(process.cwd(), 'digests.json'))
  })

  test('a data directory is absolute, wherever devenv was called', () => {
    expect(settingsFrom({ DEVENV_DIR: 'data' }).dataRoot).toBe(join(process.cwd(), 'data'))
    expect(settingsFrom({ DEVENV_DIR: '/data/' }).dataRoot).toBe('/data')
  })

  test.each([
    ['mysql', ['mysql']],
    ['mysql,redis', ['mysql', 'redis']],
    ['mysql redis', ['mysql', 'redis']],
    [' mysql, redis ,', ['mysql', 'redis']],
  ])('DEVENV_PUBLISH=%j publishes %j', (text, services) => {
    expect(settingsFrom({ DEVENV_PUBLISH: text }).publish).toEqual(services)
  })

  test.each([
    ['', undefined],
    [' , ', undefined],
    ['web', ['web']],
    ['worker,web', ['web', 'worker']],
    ['web worker, web', ['web', 'worker']],
    ['all', 'all'],
    ['web,all', 'all'],
  ])('DEVENV_PROGRAMS=%j chooses %j', (text, programs) => {
    expect(settingsFrom({ DEVENV_PROGRAMS: text }).programs).toEqual(programs)
  })

  test('proxies are taken in both spellings, each as it is set, and nothing else', () => {
    const proxies = { HTTP_PROXY: 'http://a', https_proxy: 'http://b', NO_PROXY: '*.local', no_proxy: 'localhost' }
    expect(settingsFrom({ ...proxies, HTTPS_PROXY: '', PROXY: 'x', HOME: '/home/dev' }).proxies).toEqual(proxies)
  })

  describe('the bundle of certificates', () => {
    const folder = () => writeFiles(temporaryFolder(), { 'ours.pem': '', 'ssl.pem': '' })

    test('is the one that was named to us, before the one that was named to others', () => {
      const root = folder()
      const env = { DEVENV_CA_BUNDLE: join(root, 'ours.pem'), SSL_CERT_FILE: join(root, 'ssl.pem') }
      expect(settingsFrom(env).caBundle).toBe(env.DEVENV_CA_BUNDLE)
      expect(settingsFrom({ SSL_CERT_FILE: env.SSL_CERT_FILE }).caBundle).toBe(env.SSL_CERT_FILE)
    })

    test('is never a file that is not there', () => {
      const root = folder()
      const env = { DEVENV_CA_BUNDLE: join(root, 'none.pem'), SSL_CERT_FILE: join(root, 'ssl.pem') }
      expect(settingsFrom(env).caBundle).toBe(env.SSL_CERT_FILE)
      expect(settingsFrom({ SSL_CERT_FILE: join(root, 'none.pem') }).caBundle).not.toBe(join(root, 'none.pem'))
    })

    test('is not what comes on top of Node’s own', () => {
      const file = join(folder(), 'ours.pem')
      expect(settingsFrom({ NODE_EXTRA_CA_CERTS: file }).caBundle).not.toBe(file)
    })
  })
})

describe('the registry of our images', () => {
  test('is the one that is set, none where that is empty, else the one that is written in core', () => {
    const written = JSON.parse(readFileSync(join(CORE_DIRECTORY, 'package.json'), 'utf8')).devenv?.registry
    expect(registryOf('ghcr.io/openedx')).toBe('ghcr.io/openedx')
    expect(registryOf('')).toBeUndefined()
    expect(registryOf(undefined)).toBe(written || undefined)
  })
})

describe('the settings for images', () => {
  const NOTHING = { images: {}, releases: {} }

  test('are those of a person, with what is locked', () => {
    const settings = sampleSettings({
      registry: 'ghcr.io/openedx',
      mirror: 'localhost:5000',
      network: 'offline',
      caBundle: '/ca.pem',
      proxies: { HTTPS_PROXY: 'http://proxy' },
    })
    const images = { 'docker.io/library/mysql:8.4.9': `sha256:${'1'.repeat(64)}` }
    expect(imageSettingsOf(settings, { images, releases: {} })).toEqual({
      registry: 'ghcr.io/openedx',
      mirror: 'localhost:5000',
      locked: images,
      published: {},
      network: 'offline',
      caBundle: '/ca.pem',
      proxies: { HTTPS_PROXY: 'http://proxy' },
      access: { caBundle: '/ca.pem', proxies: { HTTPS_PROXY: 'http://proxy' } },
    })
  })

  test('have the digests of what was published, from the file that is named', () => {
    const published = { 'ghcr.io/openedx/hello:main': `sha256:${'2'.repeat(64)}` }
    const root = writeFiles(temporaryFolder(), { 'digests.json': JSON.stringify(published) })
    const settings = sampleSettings({ digests: join(root, 'digests.json') })
    expect(imageSettingsOf(settings, NOTHING).published).toEqual(published)
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
    expect(await problemsOf(() => imageSettingsOf(sampleSettings({ digests }), NOTHING))).toMatchObject([
      { code: 'digests-unreadable', file: digests, detail: expect.stringMatching(/./) },
    ])
  })
})

test('which services are left out is a list; none is an answer too, and nothing is no answer', () => {
  expect(settingsFrom({ DEVENV_WITHOUT: 'redis, meilisearch' }).without).toEqual(['meilisearch', 'redis'])
  expect(settingsFrom({ DEVENV_WITHOUT: 'none' }).without).toEqual([])
  expect(settingsFrom({}).without).toBeUndefined()
})
