import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually, succeeded } from '../../../tools/scenarios/checkout.js'
import { freshCheckout, startedCheckout } from './checkout.js'

const hello = startedCheckout()

const statusOf = async (checkout = hello) => JSON.parse((await checkout.devenv('status', '--json')).stdout)

test('status tells a machine what runs, where it answers, and from which images', async () => {
  const status = await eventually(async () => {
    const found = await statusOf()
    // A program counts as running once it has lived for a second.
    expect(JSON.stringify(found)).not.toContain('STARTING')
    return found
  })
  const container = await hello.container('hello')
  expect(status).toMatchObject({
    service: 'hello',
    checkout: hello.path,
    project: container.project,
    state: 'running',
    urls: [await hello.url()],
  })
  const described = Object.fromEntries(status.containers.map((one: { service: string }) => [one.service, one]))
  expect(Object.keys(described).sort()).toEqual(['hello', 'mysql', 'redis'])
  expect(described.hello).toMatchObject({
    name: container.name,
    state: 'running',
    health: 'healthy',
    image: expect.stringMatching(/^devenv\/hello:inputs-[0-9a-f]+$/),
    programs: expect.arrayContaining([
      { name: 'web', state: 'RUNNING', memoryBytes: expect.any(Number) },
      { name: 'worker', state: 'RUNNING', memoryBytes: expect.any(Number) },
    ]),
  })
  expect(described.mysql.image).toMatch(/library\/mysql:8\.4\.9$/)
  expect(described.mysql.addresses, 'a database is not published').toEqual([])
})

test('status tells what each container and each program holds in memory', async () => {
  const status = await statusOf()
  const of = Object.fromEntries(status.containers.map((one: { service: string }) => [one.service, one]))
  const MIB = 1024 ** 2
  const sum = status.containers.reduce((all: number, one: { memoryBytes: number }) => all + one.memoryBytes, 0)
  expect(status.memoryBytes).toBe(sum)
  const [web, worker] = of.hello.programs as { name: string; memoryBytes: number }[]
  // A web server and its two workers are more than the one process that supervisord started.
  expect(web?.memoryBytes).toBeGreaterThan(20 * MIB)
  expect(worker?.memoryBytes).toBeGreaterThan(5 * MIB)
  expect((web?.memoryBytes ?? 0) + (worker?.memoryBytes ?? 0)).toBeLessThan(2 * of.hello.memoryBytes)
  const { stdout } = await hello.devenv('status')
  expect(stdout).toMatch(/^ {2}memory +\d+(\.\d)? [MG]iB in all$/m)
  expect(stdout).toMatch(/^ +web +running +\d+(\.\d)? MiB$/m)
})

test('graph draws what runs and where it answers, and open hands that to a browser', async () => {
  const url = await hello.url()
  const drawn = succeeded(await hello.devenv('graph')).stdout
  expect(drawn).toMatch(/^flowchart LR$/m)
  expect(drawn).toContain(`port 8000: ${url}`)
  expect(drawn).toContain('program worker')
  expect(succeeded(await hello.devenv('graph', '--svg')).stdout).toMatch(/<svg [\s\S]*mysql/)
  expect(succeeded(await hello.devenv('explain', '--graph')).stdout).toContain('requirements/debian.txt')

  const browser = join(hello.folder, 'browser')
  writeFileSync(browser, `#!/bin/sh\necho "$1" > ${join(hello.folder, 'opened')}\n`, { mode: 0o755 })
  hello.env = { ...hello.env, BROWSER: browser }
  expect(succeeded(await hello.devenv('open')).stdout).toBe(`${url}\n`)
  await eventually(async () => expect(readFileSync(join(hello.folder, 'opened'), 'utf8')).toBe(`${url}\n`))
  expect((await hello.devenv('open', 'studio')).stderr).toContain('address-unknown')
})

test('status names each stand-in, and what it really is', async () => {
  for (const service of ['mysql', 'redis']) {
    const { image } = await hello.container(service)
    const { containers } = await statusOf()
    const { standIn } = containers.find((one: { service: string }) => one.service === service)
    const really = (
      await hello.run([
        'docker',
        'image',
        'inspect',
        image,
        '--format',
        '{{index .Config.Labels "org.openedx.devenv.stand-in.server"}}',
      ])
    ).stdout.trim()
    expect(standIn ?? '').toBe(really)
  }
})

test('status follows the environment', async () => {
  const fresh = freshCheckout()
  expect(await statusOf(fresh)).toMatchObject({ state: 'not created', urls: [], containers: [] })
  await hello.devenv('stop')
  expect(await statusOf()).toMatchObject({ state: 'stopped' })
  await hello.start()
  expect(await statusOf()).toMatchObject({ state: 'running' })
})

test('supervisord warns of nothing in an environment where nothing is wrong', async () => {
  const whole = await hello.read('.dev/devenv/logs/supervisord.log')
  // Other tests of this file stop it, and of that it warns.
  const log = whole.replace(/.* WARN (received SIGTERM|stopped: ).*\n/g, '')
  expect(log).toContain('supervisord started')
  expect(log).not.toMatch(/ (WARN|CRIT|ERRO) /)
})

test('the first process of the primary container is supervisord, as the owner', async () => {
  const { stdout } = await hello.devenv('exec', '--', 'ps', '-o', 'uid=,args=', '-p', '1')
  expect(stdout).toMatch(new RegExp(`^\\s*${process.getuid?.()} .*supervis`))
})

test('DEVENV_PUBLISH publishes a database, on loopback only, until clean', async () => {
  hello.env.DEVENV_PUBLISH = 'mysql'
  await hello.start()
  hello.env.DEVENV_PUBLISH = undefined
  const published = async () => Object.values((await hello.container('mysql')).ports).map(({ address }) => address)
  expect(await published()).toEqual(['127.0.0.1'])
  await hello.start()
  expect(await published()).toEqual(['127.0.0.1'])
  expect((await hello.get('/')).status).toBe(200)
})

test('a checkout may add to the definition, in devenv/compose.yaml', async () => {
  await hello.run(['mkdir', 'devenv'])
  const ports = [{ name: 'admin', target: 8001 }]
  const addition = { services: { hello: { environment: { HELLO_ADDED: 'by $$the checkout' }, ports } } }
  await hello.write('devenv/compose.yaml', JSON.stringify(addition))
  const { stdout: said } = await hello.start()
  expect((await hello.devenv('exec', '--', 'printenv', 'HELLO_ADDED')).stdout).toBe('by $the checkout\n')
  const { ports: bound } = await hello.container('hello')
  const urls = ['8000', '8001'].map((port) => `http://localhost:${bound[port]?.port}`)
  expect(said).toMatch(new RegExp(`^ +8000 +${urls[0]}\n +admin +${urls[1]}$`, 'm'))
  expect((await statusOf()).addresses).toEqual([
    { name: '8000', url: urls[0] },
    { name: 'admin', url: urls[1] },
  ])
  expect((await hello.devenv('exec', '--', 'printenv', 'DEVENV_URL')).stdout).toBe(`${urls[0]}\n`)
  await hello.run(['rm', '-r', 'devenv'])
  await hello.start()
  expect((await hello.devenv('exec', '--', 'printenv', 'HELLO_ADDED')).exitCode).toBe(1)
})
