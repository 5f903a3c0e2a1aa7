import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { succeeded } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout, PACKAGE } from './checkout.js'
import { Monorepo, pushBase } from './monorepo.js'
import { sharedRegistry } from './registry.js'

const registry = sharedRegistry()

describe('the lock', () => {
  const monorepo = new Monorepo()
  const file = 'examples/hello/environment/devenv-lock.json'
  const read = () => JSON.parse(monorepo.read(file))

  beforeAll(async () => {
    await pushBase(registry.host)
    await monorepo.make(registry.host)
    const compose = 'examples/hello/environment/compose.yaml'
    monorepo.edit(compose, /library\/mysql:8\.4\.9/, 'library/base:1')
    monorepo.edit(compose, /library\/redis:7\.4\.5/, 'library/base:1')
    monorepo.edit(
      compose,
      'x-devenv:\n',
      `x-devenv:\n  repository: file://${monorepo.discovery.path}\n  releases: { main: master, hello.1: release/hello.1 }\n`,
    )
    await monorepo.discovery.release('hello.1')
  })
  afterAll(() => monorepo.remove())

  test('holds the digests of official images and the commits of releases', async () => {
    expect(succeeded(await monorepo.devenv('hello', ['lock'])).stdout).toContain('release hello.1 is locked')
    expect(read()).toEqual({
      images: { 'docker.io/library/base:1': await registry.digest('library/base', '1') },
      releases: {
        main: { ref: 'master', commit: await monorepo.discovery.commitOf('master') },
        'hello.1': { ref: 'release/hello.1', commit: await monorepo.discovery.commitOf('release/hello.1') },
      },
    })
    expect(succeeded(await monorepo.devenv('hello', ['lock'])).stdout).toBe('Nothing moved.\n')
  })

  test('decides what a build starts from, until it is refreshed', async () => {
    const before: string = (await monorepo.json('hello', ['digest'])).digest
    const baseOf = async () => {
      const reference = succeeded(await monorepo.devenv('hello', ['image'])).stdout.trim()
      const container = await ask('docker', 'create', reference)
      await ask('docker', 'cp', `${container}:/content`, join(monorepo.folder, 'content'))
      await ask('docker', 'rm', container)
      return readFileSync(join(monorepo.folder, 'content'), 'utf8')
    }
    // Upstream moves its tag.
    await pushBase(registry.host, undefined, 'moved')
    expect(await baseOf()).toBe('base')
    expect((await monorepo.json('hello', ['digest'])).digest).toBe(before)

    expect(succeeded(await monorepo.devenv('hello', ['lock', '--dry-run'])).stdout).toContain('base:1 moved')
    expect((await monorepo.json('hello', ['digest'])).digest, 'a dry run writes nothing').toBe(before)
    succeeded(await monorepo.devenv('hello', ['lock']))
    expect((await monorepo.json('hello', ['digest'])).digest).not.toBe(before)
    expect((await monorepo.json('hello', ['explain'])).own.because).toContain(
      'base image docker.io/library/base:1 changed',
    )
    expect(await baseOf()).toBe('moved')
  })

  test('names every ref and every image that is not there, and writes nothing', async () => {
    const before = monorepo.read(file)
    const compose = monorepo.read('examples/hello/environment/compose.yaml')
    monorepo.edit('examples/hello/environment/compose.yaml', 'main: master', 'main: nowhere, hello.2: neither')
    const refs = await monorepo.devenv('hello', ['lock'])
    expect(refs.exitCode).toBe(1)
    expect(refs.stderr).toMatch(/^refs-missing$/m)
    expect(refs.stderr).toContain('no neither, no nowhere')
    monorepo.write('examples/hello/environment/compose.yaml', compose.replaceAll('library/base:1', 'library/absent:1'))
    const images = await monorepo.devenv('hello', ['lock'])
    expect(images.stderr).toMatch(/^image-unavailable$/m)
    expect(images.stderr).toContain('docker.io/library/absent:1')
    expect(monorepo.read(file)).toBe(before)
  })
})

test.runIf(process.env.DEVENV_MIRROR)('devenv locks no stand-in, and names each', async () => {
  const hello = freshCheckout()
  const folder = join(hello.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true })
  hello.env.DEVENV_PACKAGE = folder
  const { stdout, stderr } = succeeded(await hello.devenv('lock'))
  expect(stdout).toBe('Nothing moved.\n')
  expect(stderr).toContain('the mirror has only stand-ins for them: docker.io/library/')
  expect(existsSync(join(folder, 'devenv-lock.json')), 'nothing to lock, no file').toBe(false)
})
