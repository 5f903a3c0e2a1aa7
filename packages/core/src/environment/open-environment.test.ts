import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, sampleSettings, temporaryFolder, writeFiles } from '../../test/samples.js'
import { openEnvironment, openPackage, requireRecognised, type Where } from './open-environment.js'

const COMPOSE = `x-devenv:
  primary: hello
  repository: https://example.com/hello
  recognised-by: [Makefile, hello/web.py]
services: { hello: { build: { context: "\${DEVENV_CHECKOUT:-../service}" } } }
`

const sample = (files: { [path: string]: string } = {}) =>
  writeFiles(temporaryFolder(), {
    'package/package.json': '{"name":"@devenv/hello","version":"1.0.0"}',
    'package/compose.yaml': COMPOSE,
    'service/Makefile': '',
    'service/hello/web.py': '',
    'prepared/devenv/package.json': '{"dependencies":{"@devenv/hello":"1.0.0"}}',
    'prepared/devenv/node_modules/@devenv/hello/package.json': '{"name":"@devenv/hello","version":"2.0.0"}',
    'prepared/devenv/node_modules/@devenv/hello/compose.yaml': COMPOSE,
    'prepared/src/file': '',
    ...files,
  })
const open = async (root: string, where: Partial<Where>, dataRoot?: string) =>
  openEnvironment(
    await openPackage({
      directory: root,
      checkout: undefined,
      package: undefined,
      otherwise: 'checkout-around',
      ...where,
    }),
    sampleSettings({ dataRoot }),
  )

describe('the environment that a command means', () => {
  test('is that of the checkout around the current folder, with the package that it depends on', async () => {
    const root = sample()
    const { checkout, package: found } = await open(root, { directory: join(root, 'prepared/src') })
    expect(checkout).toBe(join(root, 'prepared'))
    expect(found.version).toBe('2.0.0')
  })

  test('is that of the checkout that was named, from where it was named', async () => {
    const root = sample()
    const { checkout } = await open(root, { directory: join(root, 'package'), package: '.', checkout: '../service' })
    expect(checkout).toBe(join(root, 'service'))
  })

  test('has the package that was named, also in a checkout that depends on another', async () => {
    const root = sample()
    const { package: found } = await open(root, { directory: join(root, 'prepared'), package: '../package' })
    expect(found.version).toBe('1.0.0')
  })

  test('is, of a package alone, that of its usual checkout', async () => {
    const root = sample()
    expect((await open(root, { package: 'package', otherwise: 'fitting-checkout' })).checkout).toBe(
      join(root, 'service'),
    )
  })

  test('is, of a package alone, that of the current folder where this is a checkout of its service', async () => {
    const root = sample({ 'other/Makefile': '', 'other/hello/web.py': '' })
    const at = (directory: string) =>
      open(root, { directory: join(root, directory), package: join(root, 'package'), otherwise: 'fitting-checkout' })
    expect((await at('other')).checkout).toBe(join(root, 'other'))
    expect((await at('prepared')).checkout).toBe(join(root, 'service'))
  })

  test('is the same through a link to the checkout', async () => {
    const root = sample()
    writeFiles(root, { link: { link: 'service' } })
    const [direct, linked] = await Promise.all(
      ['service', 'link'].map((checkout) => open(root, { package: 'package', checkout })),
    )
    expect(linked).toEqual(direct)
  })

  test('keeps its data where that was set', async () => {
    const root = sample()
    const { paths } = await open(root, { package: 'package', checkout: 'service' }, '/data')
    expect(paths.dataDirectory).toBe('/data/hello')
  })

  test('is refused without a checkout, which is told with where to clone it from', async () => {
    const root = sample()
    expect(await problemsOf(() => open(root, { package: 'package', checkout: 'none' }))).toEqual([
      {
        code: 'checkout-missing',
        service: 'hello',
        looked: join(root, 'none'),
        repository: 'https://example.com/hello',
      },
    ])
  })

  test('is refused for a service that has none, which is told', async () => {
    const parts = COMPOSE.replace(/repository: (\S+)/, 'parts: { a: $1 }')
    const root = sample({ 'package/compose.yaml': parts })
    expect(await problemsOf(() => open(root, { package: 'package', checkout: 'none' }))).toEqual([
      { code: 'checkout-none', service: 'hello' },
    ])
  })

  test('is refused where the checkout is a file', async () => {
    const root = sample({ file: '' })
    expect(await problemsOf(() => open(root, { package: 'package', checkout: 'file' }))).toEqual([
      { code: 'checkout-no-folder', looked: join(root, 'file') },
    ])
  })

  test('is refused where nothing says which package', async () => {
    const root = sample()
    expect(await problemsOf(() => open(root, { directory: join(root, 'service') }))).toMatchObject([
      { code: 'package-unknown', checkout: join(root, 'service') },
    ])
  })
})

describe('the package that a command means', () => {
  const find = (root: string, where: Partial<Where>) =>
    openPackage({ directory: root, checkout: undefined, package: undefined, otherwise: 'checkout-around', ...where })

  test('is there without a checkout, with the place where that would be', async () => {
    const root = sample()
    expect(await find(root, { package: 'package', checkout: 'none' })).toMatchObject({
      package: { version: '1.0.0' },
      checkout: undefined,
      looked: join(root, 'none'),
    })
  })

  test('is there without a checkout where its usual one is missing', async () => {
    const root = writeFiles(temporaryFolder(), {
      'package/package.json': '{"name":"@devenv/hello","version":"1.0.0"}',
      'package/compose.yaml': COMPOSE,
    })
    expect(await find(root, { package: 'package', otherwise: 'fitting-checkout' })).toMatchObject({
      package: { service: 'hello' },
      checkout: undefined,
      looked: join(root, 'service'),
    })
  })

  test('comes with its checkout where there is one, by its real path', async () => {
    const root = sample()
    writeFiles(root, { link: { link: 'service' } })
    expect(await find(root, { package: 'package', checkout: 'link' })).toMatchObject({
      checkout: join(root, 'service'),
      looked: join(root, 'link'),
    })
  })

  test('is none where neither is there', async () => {
    const root = sample()
    expect(await find(root, { checkout: 'none' })).toEqual({
      package: undefined,
      checkout: undefined,
      looked: join(root, 'none'),
    })
  })

  test('is refused where the one that was named is none', async () => {
    const root = sample()
    expect(await problemsOf(() => find(root, { package: 'service' }))).toEqual([
      { code: 'package-missing', looked: join(root, 'service') },
    ])
  })
})

describe('a folder', () => {
  test('is a checkout when it holds all that it is recognised by', async () => {
    const root = sample()
    await expect(
      requireRecognised(await open(root, { package: 'package', checkout: 'service' })),
    ).resolves.toBeUndefined()
  })

  test('is of the variant whose marks it holds', async () => {
    const marks = 'variants: { uv: { recognised-by: [uv.lock] }, pip: { recognised-by: [Makefile] } }'
    const root = sample({ 'package/compose.yaml': COMPOSE.replace('repository:', `${marks}\n  repository:`) })
    const environment = await open(root, { package: 'package', checkout: 'service' })
    expect(await requireRecognised(environment)).toBe('pip')
    writeFiles(root, { 'service/uv.lock': '' })
    expect(await requireRecognised(environment)).toBe('uv')
  })

  test.each(['a:b', 'a\\b'])('at %s is refused, whatever it holds', async (name) => {
    const root = sample({ [`${name}/Makefile`]: '', [`${name}/hello/web.py`]: '' })
    const environment = await open(root, { package: 'package', checkout: name })
    expect(await problemsOf(() => requireRecognised(environment))).toEqual([
      { code: 'checkout-unmountable', checkout: join(root, name) },
    ])
  })

  test('is none when it lacks some of that; what it lacks is told', async () => {
    const root = sample()
    const environment = await open(root, { package: 'package', checkout: 'prepared' })
    expect(await problemsOf(() => requireRecognised(environment))).toEqual([
      {
        code: 'checkout-unrecognised',
        service: 'hello',
        checkout: join(root, 'prepared'),
        missing: ['Makefile', 'hello/web.py'],
      },
    ])
  })
})
