import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, sampleRecord, sampleSettings, temporaryFolder, writeFiles } from '../../test/samples.js'
import { CORE_DIRECTORY } from '../definition/core-directory.js'
import { differs, parseBeside, registryOf, remember, rememberedOf, settingsFrom, variablesOf } from './settings.js'

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
        publish: undefined,
        programs: undefined,
        proxies: {},
      })
    },
  )

  test('DEVENV_RELOAD is one of its words, in any case', () => {
    expect(settingsFrom({ DEVENV_RELOAD: 'Plain' }).reload).toBe('plain')
  })

  test('a word that a setting does not have is refused, all of them at once', async () => {
    const yesOrNo = ['1', 'yes', 'true', '0', 'no', 'false']
    const known = {
      DEVENV_OFFLINE: yesOrNo,
      DEVENV_FOLLOW_BRANCH: yesOrNo,
      DEVENV_SEEDS: ['none', '0', 'no', 'false', '1', 'yes', 'true'],
      DEVENV_RELOAD: ['plain', 'checkpoint'],
    }
    const set = Object.fromEntries(Object.keys(known).map((variable) => [variable, 'maybe']))
    expect(await problemsOf(() => settingsFrom(set))).toEqual(
      Object.entries(known).map(([variable, words]) => ({
        code: 'setting-unknown',
        variable,
        found: 'maybe',
        known: words,
      })),
    )
  })

  test.each(['0', 'no', 'False', ''])('to DEVENV_OFFLINE and DEVENV_FOLLOW_BRANCH %j means no', (no) => {
    const { network, followsBranch } = settingsFrom({ DEVENV_OFFLINE: no, DEVENV_FOLLOW_BRANCH: no })
    expect({ network, followsBranch }).toEqual({ network: 'online', followsBranch: false })
  })

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
    const folder = () =>
      writeFiles(temporaryFolder(), { 'ours.pem': '-----BEGIN CERTIFICATE-----', 'ssl.pem': '', 'none.txt': 'x' })

    test('is the one that was named to us, before the one that was named to others', () => {
      const root = folder()
      const env = { DEVENV_CA_BUNDLE: join(root, 'ours.pem'), SSL_CERT_FILE: join(root, 'ssl.pem') }
      expect(settingsFrom(env).caBundle).toBe(env.DEVENV_CA_BUNDLE)
      expect(settingsFrom({ SSL_CERT_FILE: env.SSL_CERT_FILE }).caBundle).toBe(env.SSL_CERT_FILE)
    })

    test('is never a file that is not there', async () => {
      const root = folder()
      const file = join(root, 'none.pem')
      expect(await problemsOf(() => settingsFrom({ DEVENV_CA_BUNDLE: file }))).toEqual([
        { code: 'authorities-unreadable', file, detail: 'It is not there.' },
      ])
      expect(settingsFrom({ SSL_CERT_FILE: join(root, 'none.pem') }).caBundle).not.toBe(join(root, 'none.pem'))
    })

    test('that is named to us is a file; others may name a folder to others', async () => {
      const root = folder()
      expect(await problemsOf(() => settingsFrom({ DEVENV_CA_BUNDLE: root }))).toEqual([
        { code: 'authorities-unreadable', file: root, detail: 'It is a folder, not a file.' },
      ])
      const text = join(root, 'none.txt')
      expect(await problemsOf(() => settingsFrom({ DEVENV_CA_BUNDLE: text }))).toEqual([
        { code: 'authorities-unreadable', file: text, detail: 'It holds no certificate (PEM).' },
      ])
      const env = { SSL_CERT_FILE: join(root, 'ssl.pem'), REQUESTS_CA_BUNDLE: root }
      expect(settingsFrom(env).caBundle).toBe(env.SSL_CERT_FILE)
      expect(settingsFrom({ REQUESTS_CA_BUNDLE: root }).caBundle).not.toBe(root)
    })

    test('is not what comes on top of Node’s own', () => {
      const file = join(folder(), 'ours.pem')
      expect(settingsFrom({ NODE_EXTRA_CA_CERTS: file }).caBundle).not.toBe(file)
    })
  })
})

test.each(['http://x', 'a b', '-x', 'x-', 'Ghcr.io', 'ghcr.io:', 'ghcr.io/a//b', 'ghcr.io/_a'])(
  '%j names no registry, whatever is called',
  async (registry) => {
    expect(await problemsOf(() => settingsFrom({ DEVENV_MIRROR: registry, DEVENV_REGISTRY: registry }))).toEqual(
      ['DEVENV_MIRROR', 'DEVENV_REGISTRY'].map((variable) => ({ code: 'registry-invalid', variable, registry })),
    )
  },
)

test.each(['localhost:5000', '127.0.0.1', '[::1]:5000', 'a-b.example.com/x/y_z/a--b', 'xn--a.io', 'openedx'])(
  '%j names a registry',
  (registry) => {
    expect(settingsFrom({ DEVENV_MIRROR: registry, DEVENV_REGISTRY: registry })).toMatchObject({
      mirror: registry,
      registry,
    })
  },
)

describe('the registry of our images', () => {
  test('is the one that is set, none where that is empty, else the one that is written in core', () => {
    const written = JSON.parse(readFileSync(join(CORE_DIRECTORY, 'package.json'), 'utf8')).devenv?.registry
    expect(registryOf('ghcr.io/openedx')).toBe('ghcr.io/openedx')
    expect(registryOf('')).toBeUndefined()
    expect(registryOf(undefined)).toBe(written || undefined)
  })
})

test('which services are left out is a list; none is an answer too, and nothing is no answer', () => {
  expect(settingsFrom({ DEVENV_WITHOUT: 'redis, meilisearch' }).without).toEqual(['meilisearch', 'redis'])
  expect(settingsFrom({ DEVENV_WITHOUT: 'none' }).without).toEqual([])
  expect(settingsFrom({}).without).toBeUndefined()
})

const { settings: BEFORE } = sampleRecord()

describe('what is remembered', () => {
  test('is what was set, until it is set again', () => {
    expect(remember(sampleSettings(), BEFORE)).toMatchObject({
      publish: ['mysql'],
      programs: ['web'],
      without: ['search'],
    })
    const again = sampleSettings({ publish: ['redis'], programs: 'all', without: [] })
    expect(remember(again, BEFORE)).toMatchObject({ publish: ['redis'], programs: 'all', without: [] })
  })

  test('is of each variable its last value; of others nothing is kept', () => {
    const given = sampleSettings({ variables: { A: 'now', EMPTY: '', HOME: '/home/dev' } })
    const variables = { A: 'before', B: 'before', EMPTY: 'before', GONE: 'before', NEVER: null }
    const settings = remember(given, { ...BEFORE, variables })
    expect(variablesOf(['A', 'B', 'EMPTY', 'NEVER', 'NEW'], settings)).toEqual({
      A: 'now',
      B: 'before',
      EMPTY: '',
      NEVER: null,
      NEW: null,
    })
  })

  test('is nothing before the first start', () => {
    expect(remember(sampleSettings(), undefined)).toMatchObject({ publish: undefined, programs: undefined })
  })

  test('knows two ways to reload, and keeps the last one', () => {
    const before = rememberedOf(settingsFrom({ DEVENV_RELOAD: 'plain' }), {})
    expect(remember(settingsFrom({}), before).reload).toBe('plain')
    expect(remember(settingsFrom({ DEVENV_RELOAD: 'checkpoint' }), before).reload).toBe('checkpoint')
  })

  test('goes with its line, where a file of the checkout set it', () => {
    const files = { DEVENV_WITHOUT: 'search', DEVENV_PROGRAMS: 'web', A: '1' }
    const given = settingsFrom({ DEVENV_PROGRAMS: 'worker', B: '2' }, files)
    expect(given).toMatchObject({ without: ['search'], programs: ['worker'], variables: { A: '1', B: '2' } })
    const before = rememberedOf(given, variablesOf(['A', 'B'], given))
    expect(before.filed).toEqual(['DEVENV_WITHOUT', 'A'])
    expect(differs(given, before)).toBe(false)
    expect(differs(settingsFrom({}, files), before)).toBe(true)
    const after = remember(settingsFrom({}), before)
    expect(after).toMatchObject({ without: undefined, programs: ['worker'], variables: { B: '2' } })
    expect(after.variables.A).toBeUndefined()
    expect(differs(settingsFrom({}), before)).toBe(true)
  })

  test('differs where something is set otherwise than before, and only then', () => {
    expect(differs(sampleSettings(), BEFORE)).toBe(false)
    expect(differs(sampleSettings({ ...BEFORE, variables: { A: '1', C: 'unread' } }), BEFORE)).toBe(false)
    for (const change of [{ mirror: 'other' }, { programs: 'all' as const }, { without: [] }, { variables: { B: '' } }])
      expect(differs(sampleSettings(change), BEFORE)).toBe(true)
  })
})

describe('what is to run beside this one', () => {
  test.each(["it's", '"', "'../a b"])('%j has a quote that nothing closes', async (text) => {
    expect(await problemsOf(() => parseBeside(text))).toEqual([{ code: 'neighbours-misquoted', text }])
    expect(parseBeside(`/a "/it's"`)).toEqual(['/a', "/it's"])
  })

  test.each([
    ['../edx-platform /b', ['/b', join(process.cwd(), '../edx-platform')].sort()],
    [`"../my lms" '/a b'`, ['/a b', join(process.cwd(), '../my lms')].sort()],
    ['/a /a', ['/a']],
    // A name without a path is that of a service, whatever lies here.
    ['edx-platform@ulmo.4 ./src discovery', [join(process.cwd(), 'src'), 'discovery', 'edx-platform@ulmo.4']],
    ['none', []],
    [' ', undefined],
  ])('%j are %j', (text, paths) => {
    expect(parseBeside(text)).toEqual(paths)
    expect(settingsFrom({ DEVENV_WITH: text }).with).toEqual(paths)
  })
})
