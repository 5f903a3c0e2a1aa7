import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { SAMPLE_PACKAGE, temporaryFolder, testEach } from '../../../test/samples.js'
import { readEngineClock } from '../../engine/container-logs.js'
import type { Engine } from '../../engine/engine.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import { identify } from '../environment.js'
import { followLogs } from './follow-logs.js'

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
  return { engine: { endpoint: `unix://${socket}`, socket }, now }
}

testEach<{ title: string; seconds: number }>([
  { title: 'as ours', seconds: 0 },
  { title: 'behind ours', seconds: -30 },
  { title: 'before ours', seconds: 30 },
])('with a clock $title, the engine gives the first lines of what starts', async ({ seconds }) => {
  const { engine, now } = await engineWith(seconds)
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  const lines: string[] = []
  await followLogs({ engine, environment }, { tail: 0 }, (line) => lines.push(line), new AbortController().signal)
  expect(lines).toEqual(['web | the first line'])
  expect(await readEngineClock(engine)).toEqual(now)
})
