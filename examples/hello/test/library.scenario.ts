import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Checkout, eventually, fresh, REPOSITORY, shared, succeeded } from '../../../tools/scenarios/checkout.js'
import { processesOf } from '../../../tools/scenarios/engine.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout, Hello } from './checkout.js'

class Library extends Checkout {
  constructor(name = 'ciao') {
    const sources = [join(REPOSITORY, 'examples/ciao')]
    super({ service: 'library', sources, package: join(REPOSITORY, 'packages/library'), port: 0 }, name)
  }

  /** A second one of another language. */
  async becomes(name: string, language: string, words: string): Promise<void> {
    renameSync(join(this.path, 'ciao'), join(this.path, name))
    await this.edit('setup.py', "name='ciao'", `name='${name}'`)
    await this.edit('setup.py', "packages=['ciao']", `packages=['${name}']`)
    await this.edit('setup.py', 'Italian = ciao:', `${language} = ${name}:`)
    await this.edit(`${name}/__init__.py`, 'Ciao', words)
  }
}

const pageOf = async (hello: Hello) => (await hello.get('/')).body
const seesIn = (hello: Hello, words: string) => eventually(async () => expect(await pageOf(hello)).toContain(words))
const idOf = async (hello: Hello) => (await hello.container('hello')).id
const changesOf = (checkout: Checkout) => ask('git', '-C', checkout.path, 'status', '--porcelain')

describe('a library that is attached to a service', () => {
  const ciao = shared(new Library(), (library) => library.commitToGit())
  const hello = shared(new Hello(), async (checkout) => {
    await checkout.commitToGit()
    succeeded(await checkout.devenv('start', '--with', ciao.path))
  })

  test('is found by its entry points, remembered and named', async () => {
    await seesIn(hello, 'Italian: Ciao, world!')
    const id = await idOf(hello)
    succeeded(await hello.start())
    expect(succeeded(await hello.devenv('start', '--dry-run')).stdout).toContain('Nothing to do')
    expect(await idOf(hello)).toBe(id)
    const status = JSON.parse((await hello.devenv('status', '--json')).stdout)
    expect(status.libraries).toEqual([{ name: 'ciao', checkout: ciao.path, presence: 'there', problems: [] }])
    expect((await hello.devenv('status')).stdout).toMatch(new RegExp(`library +ciao +${ciao.path}`))
    expect((await hello.devenv('list')).stdout).toMatch(new RegExp(`${hello.path} +with ciao`))
  })

  test('knows of the service, which it was never started with, and needs no container of its own to reach it', async () => {
    expect(succeeded(await ciao.devenv('status')).stdout).toMatch(
      new RegExp(`installed in hello +${await hello.url()} +${hello.path}`),
    )
    const imported = ['exec', 'hello', '--', 'python3', '-c', 'import ciao; print(ciao.__file__)']
    expect(succeeded(await ciao.devenv(...imported)).stdout).toContain('/edx/libraries/ciao/')
    expect(await ciao.devenv('exec', 'nobody', '--', 'true')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('service-unknown'),
    })
    expect(await ciao.containers()).toEqual([])
  })

  test('is served as it is saved, a new entry point too', async () => {
    await ciao.edit('ciao/__init__.py', "'Ciao, ", "'Buongiorno, ")
    await seesIn(hello, 'Italian: Buongiorno, world!')
    await ciao.edit(
      'setup.py',
      "['Italian = ciao:greeting_for']",
      "['Italian = ciao:greeting_for', 'Tuscan = ciao:greeting_for']",
    )
    await seesIn(hello, 'Tuscan: Buongiorno, world!')
  })

  test('is seen again by one start where another folder took the place of its own', async () => {
    cpSync(ciao.path, join(ciao.folder, 'copy'), { recursive: true })
    renameSync(ciao.path, join(ciao.folder, 'before'))
    expect((await hello.devenv('status')).stdout).toContain(`${ciao.path}  (gone)`)
    renameSync(join(ciao.folder, 'copy'), ciao.path)
    await ciao.edit('ciao/__init__.py', "'Buongiorno, ", "'Buonasera, ")
    expect(succeeded(await hello.devenv('exec', '--', 'true')).stderr).toContain(
      'the container still has the old folder',
    )
    expect(succeeded(await hello.start()).stderr).toContain('another folder is in the place of one that it has')
    await seesIn(hello, 'Tuscan: Buonasera, world!')
    await ciao.edit('ciao/__init__.py', "'Buonasera, ", "'Buongiorno, ")
    await seesIn(hello, 'Tuscan: Buongiorno, world!')
  })

  test('whose setup.py breaks while it runs stays as it was installed, and comes back when it is mended', async () => {
    const setup = await ciao.read('setup.py')
    await ciao.write('setup.py', 'from setuptools import setup\nsetup(\n')
    // By the program that noticed it first.
    await eventually(async () =>
      expect((await hello.devenv('logs')).stdout).toContain('ciao stays as it was installed: setup.py:2: SyntaxError'),
    )
    await seesIn(hello, 'Tuscan: Buongiorno, world!')
    const told = [succeeded(await hello.start()).stderr, (await hello.devenv('status')).stdout]
    for (const each of told) expect(each).toMatch(/library-broken[\s\S]*setup\.py:2: SyntaxError/)
    await ciao.write('setup.py', setup.replace('Tuscan', 'Roman'))
    await seesIn(hello, 'Roman: Buongiorno, world!')
  })

  test('is in the service’s tests, shells and commands, also where its container is new', async () => {
    succeeded(await hello.devenv('stop'))
    const ask =
      "from importlib import metadata; print([p.name for p in metadata.entry_points(group='hello.languages')])"
    expect(succeeded(await hello.devenv('exec', '--', 'python3', '-c', ask)).stdout).toContain("['Italian', 'Roman']")
    expect(succeeded(await hello.make('dev.test', 'TESTS=tests/test_greetings.py')).stdout).toMatch(/\d+ passed/)
  })

  test('is no reason to lose a stop of its container, whenever that comes', async () => {
    succeeded(await hello.devenv('stop'))
    const container = await hello.container('hello')
    const { id } = container
    const setup = await ciao.read('setup.py')
    await ciao.write('setup.py', `import time\ntime.sleep(1)\n${setup}`)
    const stopsOnce = async (isThere: () => Promise<unknown>) => {
      await ask('docker', 'start', id)
      await eventually(isThere)
      await ask('docker', 'stop', id)
      return await ask('docker', 'inspect', '--format', '{{.State.ExitCode}}', id)
    }
    const describes = async () =>
      expect(await processesOf(container)).toContainEqual(expect.stringContaining('libraries --describe'))
    expect(await stopsOnce(describes)).toBe('143')
    await ciao.write('setup.py', setup)

    // While the programs begin, of which each is a copy of supervisord at first. Not 137: nothing had to be killed.
    const started = async () => (await ask('docker', 'logs', id)).split('supervisord started').length
    for (let turn = 0; turn < 5; turn++) {
      const before = await started()
      expect(await stopsOnce(async () => expect(await started()).toBeGreaterThan(before))).toBe('0')
    }
  })

  test('has what it needs and the container lacks named with each start of its container', async () => {
    await ciao.edit('setup.py', 'install_requires=[]', "install_requires=['flask', 'no-such-package>=7', 'redis>=99']")
    succeeded(await hello.devenv('stop'))
    const { stderr } = await hello.start()
    expect(stderr).toContain('The library ciao needs no-such-package>=7, redis>=99, and the container of hello')
    await seesIn(hello, 'Roman: Buongiorno, world!')
  })

  test('brings migrations, which are applied, and again when they change', async () => {
    expect(await ask('git', '-C', ciao.path, 'checkout', '.')).toBe('')
    mkdirSync(join(ciao.path, 'ciao/migrations'))
    await ciao.write('ciao/migrations/0001_ciao.sql', "INSERT INTO greetings (words) VALUES ('Ciao, database!');\n")
    await ciao.edit('setup.py', "'hello.languages'", "'hello.migrations': ['ciao = ciao'], 'hello.languages'")
    const planned = succeeded(await hello.devenv('start', '--dry-run')).stdout
    expect(planned).toMatch(/^provision +migrations: ciao\/ciao\/migrations\/0001_ciao\.sql is new/m)
    succeeded(await hello.start())
    await seesIn(hello, 'Ciao, database!')
    await ciao.write('ciao/migrations/0002_more.sql', "INSERT INTO greetings (words) VALUES ('Ciao, again!');\n")
    succeeded(await hello.start())
    await seesIn(hello, 'Ciao, again!')
  })

  test('is taken away without a trace', async () => {
    expect(await changesOf(hello)).toBe('')
    await ask('git', '-C', ciao.path, 'checkout', '.')
    await ask('git', '-C', ciao.path, 'clean', '--force', '-d', '--quiet')
    succeeded(await hello.start())
    expect(await changesOf(ciao)).toBe('')
    succeeded(await hello.make('devenv.start', 'WITH='))
    expect(await pageOf(hello)).not.toContain('Italian')
    const inside = await hello.devenv('exec', '--', 'sh', '-c', 'ls /edx/libraries /run/devenv/libraries; env')
    expect(inside.stdout).not.toMatch(/ciao|DEVENV_LIBRARIES/)
    expect([await changesOf(hello), await changesOf(ciao)]).toEqual(['', ''])
    expect(JSON.parse((await hello.devenv('status', '--json')).stdout).libraries).toEqual([])
  })
})

test('several libraries are attached at once, each by itself', async () => {
  const [hello, ciao, hallo] = [freshCheckout(), fresh(new Library()), fresh(new Library('hallo'))]
  await hallo.becomes('hallo', 'German', 'Hallo')
  succeeded(await hello.devenv('start', '--with', `${ciao.path} ${hallo.path}`))
  await seesIn(hello, 'Italian: Ciao, world!')
  await seesIn(hello, 'German: Hallo, world!')
  succeeded(await hello.devenv('start', '--with', hallo.path))
  expect(await pageOf(hello)).not.toContain('Italian')
  await seesIn(hello, 'German: Hallo, world!')
})

describe('a library that cannot be attached', () => {
  test('because it is broken is named, and the service runs without it until it is mended', async () => {
    const [hello, ciao] = [freshCheckout(), fresh(new Library())]
    const setup = await ciao.read('setup.py')
    await ciao.write('setup.py', 'from setuptools import setup\nsetup(\n')
    const started = succeeded(await hello.devenv('start', '--with', ciao.path))
    expect(started.stderr).toContain('library-broken')
    expect(started.stderr).toContain('setup.py:2: SyntaxError')
    expect(started.stdout).toContain(`hello answers at ${await hello.url()}`)
    expect((await hello.get('/')).status).toBe(200)
    await ciao.write('setup.py', setup)
    await seesIn(hello, 'Italian: Ciao, world!')
  })

  test('because it is gone is told, and is no obstacle', async () => {
    const [hello, ciao] = [freshCheckout(), fresh(new Library())]
    succeeded(await hello.devenv('start', '--with', ciao.path))
    succeeded(await hello.devenv('stop'))
    renameSync(ciao.path, `${ciao.path}-away`)
    succeeded(await hello.devenv('make', 'test', 'TESTS=tests/test_greetings.py'))
    const { stderr } = await hello.start()
    expect(stderr).toContain(`${ciao.path}, which is not there`)
    expect(await pageOf(hello)).not.toContain('Italian')
    renameSync(`${ciao.path}-away`, ciao.path)
    succeeded(await hello.start())
    await seesIn(hello, 'Italian: Ciao, world!')
  })

  test('because it is none, or one too many, is refused before anything is done', async () => {
    const [hello, ciao] = [freshCheckout(), fresh(new Library())]
    mkdirSync(join(hello.folder, 'empty'))
    const none = await hello.devenv('start', '--with', join(hello.folder, 'empty'))
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('neighbour-unknown') })
    cpSync(ciao.path, join(hello.folder, 'other/ciao'), { recursive: true })
    const alike = await hello.devenv('start', '--with', `${ciao.path} ${join(hello.folder, 'other/ciao')}`)
    expect(alike).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('libraries-alike') })
    expect(await hello.containers()).toEqual([])
  })
})

test('a library has a container of its own for its tests, and starts the service that it is named', async () => {
  const [hello, ciao] = [freshCheckout(), fresh(new Library())]
  await ciao.write('Makefile', '-include $(DEVENV_MK)\n')
  await ciao.commitToGit()
  expect(succeeded(await ciao.make('dev.test')).stdout).toContain('1 passed')
  await ciao.edit('ciao/__init__.py', "'Ciao, ", "'Salve, ")
  const failed = await ciao.devenv('make', 'test', 'TESTS=tests/test_ciao.py', 'ARGS=-q')
  expect(failed).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('1 failed') })
  expect(succeeded(await ciao.devenv('status')).stdout).toMatch(/^ciao: running/)

  const view = ciao.begin(['make', 'dev.watch', `WITH=${hello.path}`])
  await view.said(/hello answers at http:/)
  await seesIn(hello, 'Italian: Salve, world!')
  view.signalAll('SIGINT')
  expect((await view.ended).stderr).toContain('hello keeps running')
  // By its name, as any service beside.
  const imported = ['exec', 'hello', '--', 'python3', '-c', 'import ciao; print(ciao.__file__)']
  expect(succeeded(await ciao.devenv(...imported)).stdout).toContain('/edx/libraries/ciao/')
  expect(succeeded(await ciao.devenv('logs', 'hello', '--grep', 'GET /')).stdout).toMatch(/ web \| /)
  // Remembered by both.
  for (const each of [hello, ciao])
    expect(succeeded(await each.devenv('start', '--dry-run')).stdout).toContain('Nothing to do')
  succeeded(await ciao.make('devenv.start', 'WITH='))
  expect(await pageOf(hello)).not.toContain('Italian')
  succeeded(await ciao.devenv('clean', '--yes'))
  expect(existsSync(join(ciao.path, '.dev/devenv'))).toBe(false)
  expect(await changesOf(ciao)).toBe('M ciao/__init__.py')
})
