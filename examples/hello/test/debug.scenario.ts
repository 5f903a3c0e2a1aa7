import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { attach } from '../../../tools/scenarios/attach.js'
import { eventually, get, post, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask, type Run } from '../../../tools/scenarios/run.js'
import { startedCheckout } from './checkout.js'

const hello = startedCheckout(async (checkout) => {
  const view = [
    "@app.get('/stops')",
    'def stops():',
    '    found = 6',
    '    breakpoint()',
    "    return 'found %d' % found",
  ]
  await checkout.edit('hello/web.py', "@app.get('/health/')", `${view.join('\n')}\n\n\n@app.get('/health/')`)
})

const programs = async (): Promise<Record<string, string>> => {
  const { containers } = JSON.parse((await hello.devenv('status', '--json')).stdout) as {
    containers: { service: string; programs?: { name: string; state: string }[] }[]
  }
  const found = containers.find(({ service }) => service === 'hello')?.programs ?? []
  return Object.fromEntries(found.map(({ name, state }) => [name, state]))
}

const givenBack = () =>
  eventually(async () => {
    expect(await programs()).toEqual({ web: 'RUNNING', worker: 'RUNNING' })
    expect((await hello.get('/health/')).status).toBe(200)
  })

const debugWeb = async () => {
  const terminal = hello.beginDevenv(['debug', 'web'], { terminal: true })
  await terminal.said(/Listening at/)
  expect((await programs()).web).toBe('DEBUGGED')
  return terminal
}

/** A breakpoint in a file of the checkout, as an editor on this machine sets it. */
const attachTo = async (port: number, file: string, text: string) =>
  attach({
    port,
    path: join(hello.path, file),
    line: await lineOf(file, text),
    configuration: { pathMappings: [{ localRoot: hello.path, remoteRoot: '/edx/app/hello' }] },
  })
const lineOf = async (file: string, text: string) =>
  (await hello.read(file)).split('\n').findIndex((line) => line.includes(text)) + 1
const portOf = async (run: Run) => Number((await run.said(/at localhost:(\d+)/))[1])

describe('the debugger of an editor', () => {
  test('stops a program at a line, also after a save, and the program goes back', async () => {
    const debugging = hello.beginDevenv(['debug', 'worker', '--listen'])
    const port = await portOf(debugging)
    const starts = () => debugging.written().match(/waiting for greetings/g)?.length ?? 0
    for (const [index, name] of ['Ann', 'Bob'].entries()) {
      await eventually(async () => expect(starts()).toBe(index + 1))
      const editor = await attachTo(port, 'hello/worker.py', 'greetings.keep(')
      await post(`${await hello.url()}/greetings`, { name })
      expect(await editor.evaluates("job['name']")).toBe(`'${name}'`)
      await debugging.said(new RegExp(`kept the greeting of '${name}'`))
      await hello.edit('hello/worker.py', 'import time', `import time  # ${name}`)
    }
    debugging.signal('SIGINT')
    expect((await debugging.ended).exitCode).toBe(130)
    await givenBack()
  })

  test('stops a test, which waits for it', async () => {
    const testing = hello.beginDevenv(['make', 'test', 'DEBUG=1'])
    const editor = await attachTo(
      await portOf(testing),
      'tests/test_greetings.py',
      'assert greetings.greeting_for(name)',
    )
    expect(await editor.evaluates('words is not None')).toBe('True')
    const { exitCode, stdout } = await testing.ended
    expect(stdout).toMatch(/\d+ passed/)
    expect(exitCode).toBe(0)
  })

  test('is refused a port that somebody has, and no port', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    expect((await hello.devenv('debug', 'web', '--listen', String(port))).stderr).toContain('port-taken')
    expect((await hello.devenv('debug', 'web', '--listen', 'x')).exitCode).toBe(2)
    expect((await hello.devenv('debug', 'web', '--wait')).exitCode).toBe(2)
    await givenBack()
  })
})

describe('devenv debug', () => {
  test('lets a breakpoint() be answered, and gives the program back', async () => {
    const terminal = await debugWeb()
    const answer = get(`${await hello.url()}/stops`)
    await terminal.said(/\(Pdb\)/)
    terminal.type('print("is", found * 7)\n')
    await terminal.said(/^is 42/m)
    const check = [(await hello.container('hello')).id, '/opt/devenv/bin/answers', 'web=http://localhost:8000/health/']
    await ask('docker', 'exec', ...check)
    expect(terminal.written()).not.toContain('/health/')
    terminal.type('found = 9\n')
    terminal.type('continue\n')
    expect(await answer).toEqual({ status: 200, body: 'found 9' })
    terminal.type('\u0003')
    await terminal.ended
    expect((await hello.get('/')).status, 'whoever asks at once').toBe(200)
    await givenBack()
  })

  test('serves what is saved meanwhile', async () => {
    const terminal = await debugWeb()
    await hello.edit('hello/web.py', '<h1>Greetings</h1>', '<h1>Saved while debugging</h1>')
    await eventually(async () => expect((await hello.get('/')).body).toContain('<h1>Saved while debugging</h1>'))
    const answer = get(`${await hello.url()}/stops`)
    await terminal.said(/\(Pdb\)/)
    terminal.type('continue\n')
    expect((await answer).body).toBe('found 6')
    terminal.type('\u0003')
    await terminal.ended
    await givenBack()
  })

  test('gives the program back when the terminal goes away, at a breakpoint too', async () => {
    const terminal = await debugWeb()
    const answer = get(`${await hello.url()}/stops`).catch(() => undefined)
    await terminal.said(/\(Pdb\)/)
    terminal.signal('SIGKILL')
    await givenBack()
    await answer
  })

  test('gives the program back when it is ended from outside', async () => {
    const terminal = await debugWeb()
    terminal.signalAll('SIGTERM')
    await givenBack()
  })

  test.each([200, 900])(
    'gives the program back to whoever changes their mind %d ms after it begins to move',
    async (after) => {
      const terminal = hello.beginDevenv(['debug', 'web'], { terminal: true })
      await terminal.said(/moves into this terminal/)
      await pause(after)
      terminal.type('\u0003')
      await terminal.ended
      expect(terminal.written()).not.toContain('Traceback')
      await givenBack()
    },
  )

  test('is no obstacle to a start, which starts again what somebody has stopped by hand', async () => {
    const supervisorctl = (...words: string[]) => hello.devenv('exec', '--', 'supervisorctl', ...words)
    succeeded(await supervisorctl('stop', 'web'))
    expect(JSON.parse((await hello.devenv('status', '--json')).stdout).state).toBe('partly running')
    expect((await hello.start()).stderr).toContain('web of hello did not run: starting again')
    await givenBack()

    const terminal = await debugWeb()
    expect((await hello.start()).stderr).not.toContain('starting again')
    const second = await hello.beginDevenv(['debug', 'web'], { terminal: true }).ended
    expect(second.stdout).toContain('program-debugged')
    expect((await programs()).web).toBe('DEBUGGED')
    terminal.type('\u0003')
    await terminal.ended
    await givenBack()
  })

  test('leaves the other programs alone, and takes only what is there', async () => {
    const unknown = await hello.beginDevenv(['debug', 'wbe'], { terminal: true }).ended
    expect(unknown.exitCode).toBe(1)
    expect(unknown.stdout).toContain('program-unknown')
    expect(unknown.stdout).not.toContain('moves into this terminal')
    const blind = await hello.devenv('debug', 'web')
    expect(blind.exitCode).toBe(1)
    expect(blind.stderr).toContain('no-terminal')
    await givenBack()
  })
})
