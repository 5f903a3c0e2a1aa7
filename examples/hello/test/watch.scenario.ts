import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually, get, post } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout, startedCheckout } from './checkout.js'

const stateOf = (containers: readonly { id: string; startedAt: string }[]) =>
  containers.map(({ id, startedAt }) => ({ id, startedAt }))

test('dev.watch brings a checkout from nothing to where it answers at the printed address', async () => {
  const hello = freshCheckout()
  const view = hello.begin(['make', 'dev.watch'])
  const [url] = await view.said(/http:\/\/localhost:\d+/)
  expect((await get(`${url}/health/`)).status).toBe(200)
  expect((await get(`${url}/`)).body).toContain(`<a href="${url}/">`)

  const containers = await hello.containers()
  expect(containers.map(({ service }) => service).sort()).toEqual(['hello', 'mysql', 'redis'])
  expect(containers.every(({ health }) => health === 'healthy')).toBe(true)
  const published = containers.flatMap(({ service, ports }) => Object.values(ports).map((at) => ({ service, ...at })))
  expect(published).toEqual([{ service: 'hello', address: '127.0.0.1', port: Number(new URL(url).port) }])
})

describe('in an environment that runs', () => {
  const hello = startedCheckout(async (checkout) => {
    await checkout.edit(
      'hello/web.py',
      "@app.get('/health/')",
      [
        "@app.get('/burst/<run>/<int:lines>')",
        'def burst(run, lines):',
        '    for number in range(lines):',
        "        print('burst %s %d %s' % (run, number, 'x' * 600))",
        '    return run',
        '',
        '',
        "@app.get('/health/')",
      ].join('\n'),
    )
  })

  test('watching again recreates and restarts nothing', async () => {
    const before = stateOf(await hello.containers())
    const view = hello.begin(['make', 'dev.watch'])
    await view.said(/http:\/\/localhost:\d+/)
    expect(stateOf(await hello.containers())).toEqual(before)
    await hello.start()
    expect(stateOf(await hello.containers())).toEqual(before)
  })

  test('Ctrl-C leaves the view, not the services', async () => {
    const before = stateOf(await hello.containers())
    const view = hello.beginDevenv(['watch'], { terminal: true })
    await view.said(/http:\/\/localhost:\d+/)
    view.type('\u0003')
    expect((await view.ended).exitCode).toBe(0)
    expect(stateOf(await hello.containers())).toEqual(before)
    expect((await hello.get('/health/')).status).toBe(200)
  })

  test('Ctrl-C in make dev.watch leaves the services as well', async () => {
    const before = stateOf(await hello.containers())
    const view = hello.begin(['make', 'dev.watch'], { terminal: true })
    await view.said(/http:\/\/localhost:\d+/)
    view.type('\u0003')
    await view.ended
    expect(stateOf(await hello.containers())).toEqual(before)
  })

  test('a view that nobody reads any more ends', async () => {
    const view = hello.begin(['sh', '-c', 'make dev.watch 2>&1 | head -1'])
    await post(`${await hello.url()}/greetings`, { name: 'nobody' })
    expect((await view.ended).exitCode).toBe(0)
  })

  test('what every program writes is on the screen and on disk', async () => {
    const view = hello.beginDevenv(['watch'])
    await view.said(/http:\/\/localhost:\d+/)
    await post(`${await hello.url()}/greetings`, { name: 'Grace' })
    await view.said(/^web \| asked for a greeting of 'Grace'$/m)
    await view.said(/^worker \| kept the greeting of 'Grace'$/m)
    const onDisk = (program: string) => readFileSync(join(hello.path, '.dev/devenv/logs', `${program}.log`), 'utf8')
    expect(onDisk('web')).toMatch(/^\d{4}-\d\d-\d\dT\S+Z err asked for a greeting of 'Grace'$/m)
    expect(onDisk('worker')).toMatch(/^\S+Z out kept the greeting of 'Grace'$/m)
  })

  test('of a burst of 20,000 lines none is lost, on the screen or on disk', async () => {
    const LINES = 20_000
    const view = hello.beginDevenv(['watch'])
    await view.said(/http:\/\/localhost:\d+/)
    expect((await hello.get(`/burst/first/${LINES}`)).status).toBe(200)
    await view.said(new RegExp(`burst first ${LINES - 1} x`))

    const numbers = (text: string) =>
      [...text.matchAll(/burst first (\d+) x{600}/g)].map(([, number]) => Number(number))
    const all = Array.from({ length: LINES }, (_, number) => number)
    expect(numbers(view.written())).toEqual(all)
    const kept = await eventually(async () => {
      const { stdout } = await hello.devenv('logs', 'web', '--grep', '^burst first')
      expect(stdout).toContain(`burst first ${LINES - 1} x`)
      return numbers(stdout)
    })
    expect(kept).toEqual(all)
    expect(existsSync(join(hello.path, '.dev/devenv/logs/web.log.1')), 'the burst went beyond one file').toBe(true)
  })

  test('what was removed or stopped by hand is brought back, and nothing else is touched', async () => {
    const before = await hello.containers()
    await ask('docker', 'rm', '--force', (await hello.container('redis')).id)
    await ask('docker', 'stop', (await hello.container('mysql')).id)
    expect((await hello.make('dev.greet')).stdout).toBe('Hello, world!\n')
    const after = await hello.containers()
    expect(after.every(({ running }) => running)).toBe(true)
    const same = (service: string) => {
      const of = (containers: typeof before) => containers.find((container) => container.service === service)
      return of(before)?.id === of(after)?.id
    }
    expect({ hello: same('hello'), mysql: same('mysql'), redis: same('redis') }).toEqual({
      hello: true,
      mysql: true,
      redis: false,
    })
    await post(`${await hello.url()}/greetings`, { name: 'Back' })
    await eventually(async () => expect((await hello.get('/')).body).toContain('Hello, Back!'))
  })

  test('a worker that could not begin while its database was away is begun again by the next start', async () => {
    const stateOfWorker = async () =>
      JSON.parse((await hello.devenv('status', '--json')).stdout)
        .containers.flatMap(({ programs = [] }: { programs?: { name: string; state: string }[] }) => programs)
        .find(({ name }: { name: string }) => name === 'worker')?.state
    const mysql = (await hello.container('mysql')).id
    await ask('docker', 'kill', mysql)
    await hello.edit('hello/worker.py', "    print('waiting", "    greetings.newest()\n    print('waiting")
    await eventually(async () => expect(await stateOfWorker()).toBe('WAITING'))
    await ask('docker', 'start', mysql)
    expect((await hello.start()).stderr).toContain('worker of hello had to run without mysql: starting again')
    await eventually(async () => expect(await stateOfWorker()).toBe('RUNNING'))
    await hello.edit('hello/worker.py', "    greetings.newest()\n    print('waiting", "    print('waiting")
  })

  test('a server that was disconnected from its network by hand is replaced', async () => {
    const { id, project } = await hello.container('redis')
    await ask('docker', 'network', 'disconnect', `${project}_default`, id)
    await hello.start()
    expect((await hello.container('redis')).id).not.toBe(id)
    await post(`${await hello.url()}/greetings`, { name: 'Again' })
    await eventually(async () => expect((await hello.get('/')).body).toContain('Hello, Again!'))
  })

  test('a primary container that the engine restarts serves again by itself', async () => {
    await ask('docker', 'restart', (await hello.container('hello')).id)
    await eventually(async () => expect((await hello.get('/health/')).status).toBe(200))
  })

  describe('logs', () => {
    const linesOf = (text: string) => text.split('\n').filter(Boolean)

    test('are searched by a pattern', async () => {
      await post(`${await hello.url()}/greetings`, { name: 'Needle' })
      await eventually(async () => {
        const { stdout } = await hello.devenv('logs', '--grep', "kept the greeting of 'Ne+dle'")
        expect(linesOf(stdout)).toEqual([expect.stringMatching(/ worker \| kept the greeting of 'Needle'$/)])
      })
    })

    test('are those of one program, or of one third-party service', async () => {
      const entriesOf = async (program: string) =>
        linesOf((await hello.devenv('logs', program, '--json')).stdout).map((line) => JSON.parse(line).source)
      expect(new Set(await entriesOf('worker'))).toEqual(new Set(['worker']))
      expect(new Set(await entriesOf('mysql'))).toEqual(new Set(['mysql']))
      const unknown = await hello.devenv('logs', 'wroker')
      expect(unknown.exitCode).toBe(1)
      expect(unknown.stderr).toContain('program-unknown')
    })

    test('begin where --since says', async () => {
      await post(`${await hello.url()}/greetings`, { name: 'Early' })
      await eventually(async () =>
        expect((await hello.devenv('logs', 'worker', '--grep', 'Early')).stdout).not.toBe(''),
      )
      const { stdout } = await hello.devenv('logs', 'worker', '--grep', 'Early', '--json')
      const { at } = JSON.parse(stdout) as { at: string }
      const after = new Date(new Date(at).getTime() + 1).toISOString()
      await post(`${await hello.url()}/greetings`, { name: 'Later' })
      await eventually(async () => {
        const since = await hello.devenv('logs', 'worker', '--since', after)
        expect(since.stdout).toContain("'Later'")
        expect(since.stdout).not.toContain("'Early'")
      })
      expect((await hello.devenv('logs', 'worker', '--since', '1h', '--grep', 'Early')).stdout).not.toBe('')
      expect((await hello.devenv('logs', '--since', 'yesterday-ish')).exitCode).toBe(2)
    })

    test('are there when nothing runs', async () => {
      await hello.devenv('stop')
      expect((await hello.containers()).some(({ running }) => running)).toBe(false)
      expect((await hello.devenv('logs', 'worker', '--grep', 'waiting for greetings')).stdout).not.toBe('')
      await hello.start()
    })
  })
})
