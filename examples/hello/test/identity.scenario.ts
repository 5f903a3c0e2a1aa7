import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Checkout, eventually, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { freshCheckout, startedCheckout } from './checkout.js'

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server))
  })

const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const asking = connect({ port, host: '127.0.0.1' })
    asking.once('error', () => resolve(false))
    asking.once('connect', () => {
      asking.destroy()
      resolve(true)
    })
  })

const stateOf = async (hello: Checkout) => (await hello.containers()).map(({ id, startedAt }) => ({ id, startedAt }))

describe('two checkouts of one folder name', () => {
  const one = startedCheckout()
  const two = startedCheckout()

  test('run at once, each with its own address and data', async () => {
    expect(await one.url()).not.toBe(await two.url())
    await one.greet('One')
    await two.greet('Two')
    expect((await one.get('/')).body).not.toContain('Hello, Two!')
    expect((await two.get('/')).body).not.toContain('Hello, One!')
  })

  test('an address stays the same from start to start', async () => {
    const before = await one.url()
    await one.devenv('stop')
    await one.start()
    expect(await one.url()).toBe(before)
  })

  test('a port that somebody else has taken is left to him, and the new one told', async () => {
    const before = await one.url()
    const { port } = new URL(before)
    await one.devenv('stop')
    const other = await listen(Number(port))
    onTestFinished(() => void other.close())
    const { stdout, stderr } = await one.start()
    const after = await one.url()
    expect(after).not.toBe(before)
    expect(stdout).toContain(after)
    expect(stderr).toContain(port)
    expect((await one.get('/')).body, 'the service knows its own address').toContain(`<a href="${after}/">`)
  })

  test('one that is moved while it runs goes on in its new place, with its data', async () => {
    const [before] = await one.containers()
    const old = one.path
    one.move('moved hello')
    expect(succeeded(await one.devenv('status')).stdout).toContain(`moved     from ${old}`)
    expect(succeeded(await one.devenv('stop')).stdout).toContain('Stopped: hello, mysql, redis')
    await one.start()
    expect((await one.get('/')).body).toContain('Hello, One!')
    expect(await ask('docker', 'ps', '-aq', '--filter', `label=org.openedx.devenv.checkout=${old}`)).toBe('')
    expect(
      await ask('docker', 'network', 'ls', '-q', '--filter', `label=com.docker.compose.project=${before?.project}`),
    ).toBe('')
    await one.edit('hello/web.py', '<h1>Greetings</h1>', '<h1>Moved</h1>')
    await eventually(async () => expect((await one.get('/')).body).toContain('<h1>Moved</h1>'))
    expect(existsSync(old)).toBe(false)
  })

  test('clean of one leaves the other as it is', async () => {
    const before = await stateOf(two)
    succeeded(await one.devenv('clean'))
    expect(await one.containers()).toEqual([])
    expect(await stateOf(two)).toEqual(before)
    expect((await two.get('/')).body).toContain('Hello, Two!')
  })
})

test('a data directory has one writer at a time, and the next one finds the data', async () => {
  const first = freshCheckout('first')
  const second = freshCheckout('second')
  const shared = join(first.folder, 'shared data')
  mkdirSync(shared)
  first.env.DEVENV_DIR = shared
  second.env.DEVENV_DIR = shared
  await first.start()
  expect(existsSync(join(first.path, '.dev'))).toBe(false)
  expect((await first.devenv('exec', '--', 'ls', '/run/devenv')).stdout.split('\n')).not.toContain('polling')
  await first.greet('First')

  for (const command of ['start', 'clean']) {
    const refused = await second.devenv(command)
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('store-in-use')
    expect(refused.stderr).toContain(first.path)
  }
  expect(await second.containers()).toEqual([])
  expect((await first.get('/')).body).toContain('Hello, First!')

  await first.devenv('stop')
  await second.start()
  expect((await second.get('/')).body).toContain('Hello, First!')
  const back = await first.devenv('start')
  expect(back.exitCode).toBe(1)
  expect(back.stderr).toContain(second.path)
  expect((await first.containers()).some(({ running }) => running)).toBe(false)

  // The second's records go with the stores that both used; the folder was there before.
  succeeded(await second.devenv('clean'))
  expect(existsSync(shared)).toBe(true)
  expect(await second.containers()).toEqual([])
})

test('a checkout may lie in a folder of any name', async () => {
  const hello = freshCheckout(`it's a "test" of $HOME & \${PATH} ünd (so) 100%`)
  await hello.start()
  expect((await hello.get('/')).status).toBe(200)
  expect((await hello.make('dev.greet', 'NAME=$$you')).stdout).toBe('Hello, $you!\n')
  expect((await hello.devenv('exec', '--', 'pwd')).stdout).toBe('/edx/app/hello\n')
  expect(JSON.parse((await hello.devenv('status', '--json')).stdout).checkout).toBe(hello.path)
  succeeded(await hello.make('dev.clean'))
  expect(await hello.containers()).toEqual([])
  expect(existsSync(join(hello.path, '.dev'))).toBe(false)
})

test('another project that has the usual ports and names is left as it is', async () => {
  const hello = freshCheckout()
  const devstack = join(hello.folder, 'devstack')
  const project = `devstack${process.pid}`
  mkdirSync(devstack)
  const usual = [3306, 6379, 8000, 9200, 11_211, 18_000, 18_381, 27_017]
  // What something on this machine has already makes the point as well.
  for (const port of usual) {
    const taken = await listen(port).catch(() => undefined)
    onTestFinished(() => void taken?.close())
  }
  const service = (name: string) => ({
    image: `${process.env.DEVENV_MIRROR ?? 'docker.io'}/library/redis:7.4.5`,
    container_name: `${project}.${name}`,
    volumes: ['data:/data'],
  })
  const services = { hello: service('hello'), mysql: service('mysql') }
  writeFileSync(join(devstack, 'compose.yaml'), JSON.stringify({ name: project, services, volumes: { data: {} } }))
  const compose = ['docker', 'compose', '--file', join(devstack, 'compose.yaml')]
  onTestFinished(async () => void (await run([...compose, 'down', '--volumes', '--timeout', '1'])))
  // The image may still have to be fetched.
  await ask(...compose, 'up', '--detach')
  const theirs = () =>
    ask(
      'docker',
      'ps',
      '--no-trunc',
      '--format',
      '{{.ID}} {{.Names}} {{.Ports}}',
      '--filter',
      `label=com.docker.compose.project=${project}`,
    )
  const before = await theirs()
  expect(before).not.toBe('')

  await hello.start()
  expect((await hello.get('/')).status).toBe(200)
  expect(await theirs()).toBe(before)
  succeeded(await hello.devenv('clean'))
  expect(await theirs()).toBe(before)
  expect(await Promise.all(usual.map(isTaken))).toEqual(usual.map(() => true))
  expect(await ask('docker', 'volume', 'ls', '--quiet', '--filter', `name=${project}_data`)).toBe(`${project}_data`)
})
