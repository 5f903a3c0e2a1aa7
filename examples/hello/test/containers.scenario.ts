import { cpSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually, get, REPOSITORY, succeeded } from '../../../tools/scenarios/checkout.js'
import { inside } from '../../../tools/scenarios/engine.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { PACKAGE, startedCheckout } from './checkout.js'

/** A name of our own for an image that is published elsewhere, as a person would have pulled it. */
const IMAGE = `devenv/greeter-${process.pid}:1.2`

/** What runs the checkout beside the primary: an image of ours, with programs, in a folder that is not the checkout. */
const GREETER = `
  greeter:
    image: ${IMAGE.replace('devenv/', `\${DEVENV_IMAGES:-devenv}/`)}
    working_dir: /edx/app
    volumes: ["\${DEVENV_CHECKOUT:-../service}:/edx/app/hello"]
    ports: [{ name: greeter, target: 8000 }]
    environment: { PYTHONPATH: /edx/app/hello, HELLO_DATABASE_HOST: mysql, HELLO_REDIS_URL: redis://redis:6379/0 }
    healthcheck:
      test: [CMD, /opt/devenv/bin/answers, "web=http://localhost:8000/health/"]
      interval: 10s
      timeout: 30s
      retries: 3
      start_period: 60s
      start_interval: 200ms
`

/** The package of a library: its own container has no program and no port, and the greeter has both. */
async function lightPackage(folder: string): Promise<string> {
  const path = join(folder, 'package')
  cpSync(PACKAGE, path, { recursive: true, filter: (source) => basename(source) !== 'node_modules' })
  rmSync(join(path, 'image/supervisor'), { recursive: true })
  await writeFile(join(path, 'image/README'), 'no programs\n')
  const file = join(path, 'compose.yaml')
  const text = await readFile(file, 'utf8')
  const edited = text
    .replace('    - name: migrations\n', '    - name: migrations\n      service: greeter\n')
    .replace('    ports: ["8000"]\n', '')
    .replace(/test: \[CMD, \/opt\/devenv\/bin\/answers, .*\]/, 'test: [CMD, /opt/devenv/bin/answers]')
    .replaceAll('../../../packages/core', join(REPOSITORY, 'packages/core'))
  await writeFile(file, `${edited}${GREETER}`)
  return path
}

let made = false
const hello = startedCheckout(async (checkout) => {
  // The image of hello itself, under the name of another.
  await ask('docker', 'tag', succeeded(await checkout.devenv('image')).stdout.trim(), IMAGE)
  made = true
  checkout.env.DEVENV_PACKAGE = await lightPackage(checkout.folder)
})
afterAll(async () => {
  if (made) await ask('docker', 'rmi', IMAGE)
})

const statusOf = async () => JSON.parse((await hello.devenv('status', '--json')).stdout)
const greeter = () => hello.container('greeter')
const url = async () => `http://localhost:${(await greeter()).ports['8000']?.port}`

describe('a second Open edX container', () => {
  test('publishes the address where the primary publishes none, and was provisioned before it served', async () => {
    const status = await statusOf()
    expect(status).toMatchObject({ state: 'running', urls: [await url()] })
    expect(await get(`${await url()}/health/`)).toMatchObject({ status: 200 })
    expect((await hello.devenv('exec', 'greeter', '--', 'printenv', 'DEVENV_URL')).stdout).toBe(`${await url()}\n`)
    expect((await hello.devenv('exec', '--', 'printenv', 'DEVENV_URL')).exitCode).toBe(1)
  })

  test('runs as the owner of the checkout, although its working directory is none', async () => {
    const { stdout } = await hello.devenv('exec', 'greeter', '--', 'sh', '-c', 'id -u; pwd; touch hello/from-greeter')
    expect(stdout).toBe(`${process.getuid?.()}\n/edx/app\n`)
    expect((await run(['stat', '-c', '%u', join(hello.path, 'from-greeter')])).stdout).toBe(`${process.getuid?.()}\n`)
    rmSync(join(hello.path, 'from-greeter'))
    const first = await inside(await greeter(), 'cat', '/proc/1/cmdline')
    expect(first).toContain('supervise.py')
  })

  test('shows and keeps the lines of its programs as the primary does', async () => {
    const view = hello.beginDevenv(['watch'])
    await view.said(/hello answers at http:\/\/localhost:\d+/)
    await get(`${await url()}/?shown`)
    await view.said(/^web \| .*GET \/\?shown/m)
    view.signal('SIGINT')
    await view.ended
    await eventually(async () => {
      expect((await hello.devenv('logs', 'web', '--grep', '\\?shown')).stdout).toContain('GET /?shown')
    })
    expect((await hello.devenv('logs', 'greeter')).stderr).toContain('program-unknown')
  })

  test('serves what is saved', async () => {
    await hello.edit('hello/web.py', '<h1>Greetings</h1>', '<h1>From the other one</h1>')
    await eventually(async () => expect((await get(`${await url()}/`)).body).toContain('From the other one'))
  })

  test('has its programs in status, and they can be debugged and chosen by name', async () => {
    const programs = async (): Promise<Record<string, string>> => {
      const { containers } = await statusOf()
      const found = containers.find(({ service }: { service: string }) => service === 'greeter').programs
      return Object.fromEntries(found.map(({ name, state }: { name: string; state: string }) => [name, state]))
    }
    await eventually(async () => expect(await programs()).toEqual({ web: 'RUNNING', worker: 'RUNNING' }))
    const terminal = hello.beginDevenv(['debug', 'worker'], { terminal: true })
    await terminal.said(/waiting for greetings/)
    terminal.type('\u0003')
    await terminal.ended
    await eventually(async () => expect(await programs()).toMatchObject({ worker: 'RUNNING' }))
    const before = await greeter()
    expect((await hello.devenv('start', '--programs', 'web')).exitCode).toBe(0)
    expect(await programs()).toMatchObject({ worker: 'LEFT_OUT' })
    expect((await greeter()).id).toBe(before.id)
    const unknown = await hello.devenv('start', '--programs', 'wbe')
    expect(unknown.stderr).toContain('programs-unknown')
    await hello.start()
    expect(await programs()).toMatchObject({ worker: 'LEFT_OUT' })
    expect((await hello.devenv('start', '--programs', 'all')).exitCode).toBe(0)
  })

  test('is stopped and started with the others, and what was released serves again', async () => {
    const { id } = await hello.container('redis')
    await ask('docker', 'pause', id)
    await hello.devenv('stop')
    expect(await ask('docker', 'inspect', '--format', '{{.State.Status}}', id)).toBe('exited')
    expect((await hello.containers()).some(({ running }) => running)).toBe(false)
    await hello.start()
    expect(await get(`${await url()}/health/`)).toMatchObject({ status: 200 })
  })

  test('whose image is nowhere is an error that says where it could come from', async () => {
    await hello.devenv('clean')
    const file = join(hello.env.DEVENV_PACKAGE ?? '', 'compose.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(/(greeter-\d+):1\.2/, '$1:1.3'))
    const refused = await hello.devenv('start')
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('image-unpublished')
    expect(refused.stderr).toMatch(/devenv\/greeter-\d+:1\.3/)
    expect(refused.stderr).toContain('DEVENV_REGISTRY')
    expect(await hello.containers()).toEqual([])
  })
})
