import { cpSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Checkout, eventually } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout, PACKAGE } from './checkout.js'

type HealthCheck = { path: string; startPeriod: number; interval: number; retries: number }

/** Hello, whose provisioning lasts until there is a file `let-go` in the checkout. */
async function lateHello({ path, startPeriod, interval, retries }: HealthCheck): Promise<Checkout> {
  const hello = freshCheckout()
  const folder = join(hello.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true, filter: (source) => basename(source) !== 'node_modules' })
  hello.env.DEVENV_PACKAGE = folder
  const file = join(folder, 'compose.yaml')
  const changes: [RegExp, string][] = [
    [
      / {2}provision:\n/,
      '  needs: []\n$&    - { name: patience, run: [sh, -c, "until [ -e let-go ]; do sleep 0.1; done"] }\n',
    ],
    [
      /localhost:8000\/health\/"\]/,
      `localhost:8000${path}"], start_period: ${startPeriod}s, interval: ${interval}s, retries: ${retries}`,
    ],
  ]
  let text = await readFile(file, 'utf8')
  for (const [from, to] of changes) {
    if (!from.test(text)) throw new Error(`${file} does not hold ${from}`)
    text = text.replace(from, to)
  }
  await writeFile(file, text)
  return hello
}

const stateOf = async (hello: Checkout) => JSON.parse((await hello.devenv('status', '--json')).stdout)
const programsOf = async (hello: Checkout): Promise<Record<string, string>> => {
  const { containers } = await stateOf(hello)
  const found = containers.find(({ service }: { service: string }) => service === 'hello').programs
  return Object.fromEntries(found.map(({ name, state }: { name: string; state: string }) => [name, state]))
}
const healthOf = async (hello: Checkout) => (await hello.container('hello')).health

/** By the engine's clock, which is that of the machine. */
const upFor = (hello: Checkout, seconds: number) =>
  eventually(async () => {
    const { running, startedAt } = await hello.container('hello')
    expect(running).toBe(true)
    expect(Date.now() - Date.parse(startedAt)).toBeGreaterThan(seconds * 1000)
  })

describe('a provisioning that lasts longer than the start period', () => {
  test('ends well: the time of the programs counts from when they are released', async () => {
    // Whoever asks only once in an interval would be told too late.
    const hello = await lateHello({ path: '/health/', startPeriod: 25, interval: 120, retries: 3 })
    const page = await hello.read('hello/web.py')
    const boots = "import os, time\nwhile not os.path.exists('boot'):\n    time.sleep(0.1)\n"
    await hello.write('hello/web.py', page.replace('import sys\n', `import sys\n${boots}`))
    const starting = hello.beginDevenv(['start'])
    await upFor(hello, 26)
    expect(await stateOf(hello)).toMatchObject({ state: 'starting' })

    await hello.write('let-go', '')
    await starting.said(/hello is not ready yet, after \d+ s: its probe has not answered yet/)
    const booted = Date.now()
    await hello.write('boot', '')
    const { exitCode, stderr } = await starting.ended
    expect({ exitCode, health: await healthOf(hello) }, stderr).toEqual({ exitCode: 0, health: 'healthy' })
    expect(stderr).not.toContain('wait until provisioning')
    expect(Date.now() - booted, 'not at the end of an interval').toBeLessThan(100_000)

    await ask('docker', 'restart', (await hello.container('hello')).id)
    await eventually(async () => expect(await healthOf(hello)).toBe('healthy'))

    // A target needs no programs: they are held once more.
    await hello.devenv('stop')
    expect((await hello.make('dev.greet')).stdout).toBe('Hello, world!\n')
    expect(await programsOf(hello)).toEqual({ web: 'HELD', worker: 'HELD' })
    await ask('docker', 'restart', (await hello.container('hello')).id)
    await eventually(async () => expect(await programsOf(hello)).toEqual({ web: 'HELD', worker: 'HELD' }))
    await hello.start()
    expect(await healthOf(hello)).toBe('healthy')
  })

  test('is no excuse: what does not answer then has failed in its time, and the probe is named', async () => {
    const hello = await lateHello({ path: '/nowhere/', startPeriod: 5, interval: 1, retries: 2 })
    const starting = hello.beginDevenv(['start'])
    await upFor(hello, 10)
    expect(await healthOf(hello)).toBe('starting')

    await hello.write('let-go', '')
    const { exitCode, stderr } = await starting.ended
    expect(exitCode).toBe(1)
    expect(stderr).toContain('not-healthy')
    expect(stderr).toContain(
      'Its probe /opt/devenv/bin/answers web=http://localhost:8000/nowhere/ ended with 1: web: it answered 404',
    )
    expect(stderr).not.toContain('wait until provisioning')
    const seconds = Number(/does not pass its health check after (\d+) s/.exec(stderr)?.[1])
    expect(seconds).toBeGreaterThanOrEqual(7)
    expect(seconds).toBeLessThan(120)
    expect(await healthOf(hello)).toBe('unhealthy')
  })
})
