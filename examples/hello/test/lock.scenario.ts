import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, succeeded } from '../../../tools/scenarios/checkout.js'
import { networksOf } from '../../../tools/scenarios/engine.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { freshCheckout, PACKAGE } from './checkout.js'
import { git, Monorepo, pushBase } from './monorepo.js'
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
      '  primary: hello\n',
      `  primary: hello\n  repository: file://${monorepo.discovery.path}\n  releases: { main: master, hello.1: release/hello.1 }\n`,
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

test.runIf(process.env.DEVENV_MIRROR)('a stand-in is not locked, which is said', async () => {
  const hello = freshCheckout()
  const folder = join(hello.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true })
  hello.env.DEVENV_PACKAGE = folder
  const { stdout, stderr } = succeeded(await hello.devenv('lock'))
  expect(stdout).toBe('Nothing moved.\n')
  expect(stderr).toContain('stand-ins are served for them: docker.io/library/')
  expect(existsSync(join(folder, 'devenv-lock.json')), 'nothing to lock, no file').toBe(false)
})

test('a snapshot serves without its checkout', async () => {
  const hello = freshCheckout()
  const folder = join(hello.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true })
  hello.env.DEVENV_PACKAGE = folder
  hello.env.DEVENV_REGISTRY = registry.host
  await hello.commitToGit()
  await git(hello.path, 'tag', 'release/hello.1')
  const compose = readFileSync(join(folder, 'compose.yaml'), 'utf8')
  const releases = `  primary: hello\n  repository: file://${hello.path}\n  releases: { hello.1: release/hello.1 }\n`
  writeFileSync(join(folder, 'compose.yaml'), compose.replace('  primary: hello\n', releases))
  succeeded(await hello.devenv('lock'))
  expect(existsSync(join(folder, 'devenv-lock.json'))).toBe(true)
  succeeded(await hello.devenv('publish'))

  // Its servers, and their data, are those of an environment.
  await hello.start()
  const { project } = await hello.container('hello')
  await hello.write('hello/web.py', 'this is no Python\n')
  const [network = ''] = await networksOf(project)
  const snapshot = `${registry.host}/devenv/hello-snapshot:latest`
  const settings = ['--env', 'HELLO_DATABASE_HOST=mysql', '--env', 'HELLO_REDIS_URL=redis://redis:6379/0']
  const id = await ask('docker', 'run', '--detach', '--network', network, ...settings, snapshot)
  try {
    await eventually(async () => {
      const asked = await run([
        'docker',
        'exec',
        id,
        'curl',
        '-fsS',
        '--max-time',
        '5',
        'http://localhost:8000/health/',
      ])
      if (asked.exitCode !== 0) throw new Error(`${asked.stderr}${await ask('docker', 'logs', id)}`)
    }, 60)
    expect(await ask('docker', 'exec', id, 'stat', '--format=%u', '/edx/app/hello/hello/web.py')).toBe('1000')
  } finally {
    await run(['docker', 'rm', '--force', id])
  }
})
