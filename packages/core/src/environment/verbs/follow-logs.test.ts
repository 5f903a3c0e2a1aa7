import { createServer, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, temporaryFolder, testEach } from '../../../test/samples.js'
import { readEngineClock } from '../../engine/container-logs.js'
import type { Engine } from '../../engine/engine.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import { identify } from '../environment.js'
import { continuing, followLogs, isShown, withProgram } from './follow-logs.js'
import type { LogEntry } from './search-logs.js'

/** An engine with one container, that can be killed and started again; `log` is what it has written. */
function engineOfOne() {
  const socket = join(temporaryFolder(), 'engine.sock')
  const state = { State: 'running', log: 'first' }
  let server: Server | undefined
  let events: ServerResponse | undefined
  const answer = (url: string, response: ServerResponse) => {
    if (url.startsWith('/events')) {
      events = response
      return response.flushHeaders()
    }
    if (url === '/info') return response.end(JSON.stringify({ SystemTime: new Date() }))
    if (url.includes('/logs')) {
      const line = `${state.log}\n`
      return response.write(Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, line.length]), Buffer.from(line)]))
    }
    const redis = { Id: '1', Names: ['/redis'], Image: 'redis', ImageID: '', Status: 'Up', State: state.State }
    return response.end(JSON.stringify([{ ...redis, Labels: { 'com.docker.compose.service': 'redis' } }]))
  }
  const end = () => {
    server?.closeAllConnections()
    server?.close()
  }
  onTestFinished(end)
  return {
    engine: { endpoint: `unix://${socket}`, address: { socketPath: socket } },
    state,
    start: async () => {
      server = createServer((request, response) => void answer(request.url ?? '', response))
      await new Promise<void>((resolve) => server?.listen(socket, resolve))
    },
    kill: end,
    /** As it does with SIGTERM: its events end as they should. */
    stop: () => {
      events?.end()
      end()
    },
  }
}

function view({ engine }: ReturnType<typeof engineOfOne>) {
  const shown: string[] = []
  const leaving = new AbortController()
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  const report = (progress: { kind: string; text?: string }) => void shown.push(progress.text ?? progress.kind)
  const over = followLogs(
    { engine, environment, report },
    { tail: 20 },
    'all',
    ({ source, line }) => void shown.push(`${source} | ${line}`),
    leaving.signal,
  )
  return { shown, over, leave: () => leaving.abort() }
}

const GONE = expect.stringMatching(/^the Docker engine at unix:.* is gone; the view waits until it is back$/)
const BACK = 'the Docker engine is back'
const [FIRST, SECOND] = ['redis | first', 'redis | second']

test.each(['kill', 'stop'] as const)('a view waits for an engine that ends by %s, and goes on', async (how) => {
  const engine = engineOfOne()
  await engine.start()
  const { shown, over, leave } = view(engine)
  await vi.waitFor(() => expect(shown).toEqual([FIRST]))
  engine[how]()
  await vi.waitFor(() => expect(shown).toEqual([FIRST, GONE]))
  engine.state.log = 'second'
  await engine.start()
  await vi.waitFor(() => expect(shown).toEqual([FIRST, GONE, BACK, SECOND]), 5000)
  leave()
  await over
})

test('a view ends where nothing runs when the engine is back', async () => {
  const engine = engineOfOne()
  await engine.start()
  const { shown, over } = view(engine)
  await vi.waitFor(() => expect(shown).toEqual([FIRST]))
  engine.kill()
  engine.state.State = 'exited'
  await vi.waitFor(() => expect(shown).toEqual([FIRST, GONE]))
  await engine.start()
  await over
  expect(shown).toEqual([FIRST, GONE, BACK])
})

test('a view can be left while it waits', async () => {
  const engine = engineOfOne()
  await engine.start()
  const { shown, over, leave } = view(engine)
  await vi.waitFor(() => expect(shown).toEqual([FIRST]))
  engine.kill()
  await vi.waitFor(() => expect(shown).toEqual([FIRST, GONE]))
  leave()
  await over
})

test('a view of an engine that is not there begins not at all', async () => {
  expect(await problemsOf(() => view(engineOfOne()).over)).toMatchObject([{ code: 'engine-missing' }])
})

const LABELS = { [COMPOSE_LABELS.service]: 'web' }

/** A line of a container without a terminal, as the engine frames it. */
function frameOf(line: string): Buffer {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(line.length + 1, 4)
  return Buffer.concat([header, Buffer.from(`${line}\n`)])
}

/** An engine whose clock is apart from ours, and in which one container starts, writes a line and ends. */
async function engineWith(seconds: number): Promise<{ engine: Engine; now: Date }> {
  const socket = join(temporaryFolder(), 'engine.sock')
  const now = new Date(Date.now() + seconds * 1000)
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://engine')
    if (url.pathname === '/info') return response.end(JSON.stringify({ SystemTime: now }))
    if (url.pathname === '/containers/json') return response.end('[]')
    if (url.pathname === '/events') {
      const event = (Action: string) =>
        `${JSON.stringify({ Action, Actor: { ID: 'one', Attributes: LABELS }, timeNano: now.getTime() * 1e6 })}\n`
      response.write(event('start'))
      return response.end(event('die'))
    }
    // It wrote when it started; what is older than `since` is not given.
    return response.end(Number(url.searchParams.get('since')) * 1000 <= now.getTime() ? frameOf('the first line') : '')
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => void server.close())
  return { engine: { endpoint: `unix://${socket}`, address: { socketPath: socket } }, now }
}

testEach<{ title: string; seconds: number }>([
  { title: 'as ours', seconds: 0 },
  { title: 'behind ours', seconds: -30 },
  { title: 'before ours', seconds: 30 },
])('with a clock $title, the engine gives the first lines of what starts', async ({ seconds }) => {
  const { engine, now } = await engineWith(seconds)
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  const lines: string[] = []
  await followLogs(
    { engine, environment, report: () => {} },
    { tail: 0 },
    'all',
    ({ source, line }) => lines.push(`${source} | ${line}`),
    new AbortController().signal,
  )
  expect(lines).toEqual(['web | the first line'])
  expect(await readEngineClock(engine)).toEqual(now)
})

const entry = (at: string, source: string, line: string): LogEntry => ({
  at: `2026-11-23T10:00:${at}Z`,
  source,
  channel: 'out',
  line,
})

test('a line of one of our containers belongs to the program that it names', () => {
  expect(withProgram(entry('00.000', 'hello', 'web | GET / | 200'))).toMatchObject({
    source: 'web',
    line: 'GET / | 200',
  })
  expect(withProgram(entry('00.000', 'hello', 'entrypoint: no such user'))).toMatchObject({ source: 'hello' })
})

test.each([
  ['programs', 'web', 'of a program', true],
  ['programs', 'mysql', 'of a server', false],
  ['all', 'mysql', 'of a server', true],
  [['web', 'mysql'], 'mysql', 'of a server', true],
  [['web', 'mysql'], 'worker', 'of a program', false],
] as const)('of %j, %s (%s) is shown: %j', (shown, source, whose, expected) => {
  expect(isShown(shown, source, whose)).toBe(expected)
})

test('what follows begins a second before the last entry that was read, and repeats none', () => {
  const read = [entry('01.000', 'web', 'a'), entry('04.500', 'worker', 'b'), entry('04.900', 'web', 'a')]
  const { from, isNew } = continuing(read)
  expect(from).toEqual({ since: new Date('2026-11-23T10:00:03.900Z').getTime() / 1000 })
  const live = [
    entry('04.501', 'worker', 'b'),
    entry('04.700', 'worker', 'missed'),
    entry('04.902', 'web', 'a'),
    entry('06.000', 'web', 'a'),
  ]
  expect(live.filter(isNew).map(({ at }) => at.slice(17, 23))).toEqual(['04.700', '06.000'])
  expect(continuing([]).from).toEqual({ tail: 0 })
})
