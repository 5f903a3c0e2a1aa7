import { createServer } from 'node:http'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, temporaryFolder, testEach, writeFiles } from '../../../test/samples.js'
import type { Engine } from '../../engine/engine.js'
import { identify } from '../environment.js'
import {
  inOrder,
  type LogEntry,
  type LogQuery,
  listLogFiles,
  matching,
  parseLogLine,
  parseSince,
  parseStampedLine,
  searchLogs,
} from './search-logs.js'

describe('log files', () => {
  test('are listed by program, oldest first, also past the ninth', () => {
    const root = writeFiles(temporaryFolder(), {
      'web.log': '',
      'web.log.1': '',
      'web.log.2': '',
      'web.log.10': '',
      'worker.log': '',
      'static-assets.log': '',
    })
    const listed = Object.entries(listLogFiles(root)).map(([name, files]) => [
      name,
      files.map((file) => basename(file)),
    ])
    expect(Object.fromEntries(listed)).toEqual({
      web: ['web.log.10', 'web.log.2', 'web.log.1', 'web.log'],
      worker: ['worker.log'],
      'static-assets': ['static-assets.log'],
    })
  })

  test('are nothing else that lies there', () => {
    const root = writeFiles(temporaryFolder(), { README: '', 'web.log.gz': '', 'web.log.tmp': '', '.log': '' })
    expect(listLogFiles(root)).toEqual({})
  })

  test('are none before the first start', () => {
    expect(listLogFiles(join(temporaryFolder(), 'logs'))).toEqual({})
  })
})

describe('a line of a log file', () => {
  const AT = '2026-11-23T20:14:05.123Z'
  testEach<{ title: string; text: string; entry: Omit<LogEntry, 'source'> }>([
    { title: 'has time, channel and words', text: `${AT} out GET /`, entry: { at: AT, channel: 'out', line: 'GET /' } },
    { title: 'may be of the other channel', text: `${AT} err oh`, entry: { at: AT, channel: 'err', line: 'oh' } },
    { title: 'may be empty', text: `${AT} out `, entry: { at: AT, channel: 'out', line: '' } },
    { title: 'keeps its blanks', text: `${AT} out   a  b `, entry: { at: AT, channel: 'out', line: '  a  b ' } },
    {
      title: 'may look like another',
      text: `${AT} out ${AT} err x`,
      entry: { at: AT, channel: 'out', line: `${AT} err x` },
    },
    {
      title: 'may move back to its start',
      text: `${AT} out 1%\r2%`,
      entry: { at: AT, channel: 'out', line: '1%\r2%' },
    },
    {
      title: 'may hold a separator of Unicode',
      text: `${AT} out a\u2028b`,
      entry: { at: AT, channel: 'out', line: 'a\u2028b' },
    },
    {
      title: 'of another form is kept as it is',
      text: 'Traceback',
      entry: { at: '', channel: 'out', line: 'Traceback' },
    },
  ])('$title', ({ text, entry }) => {
    expect(parseLogLine(text, 'web')).toEqual({ source: 'web', ...entry })
  })
})

describe('since', () => {
  const NOW = new Date('2026-11-23T12:00:00Z')
  test.each([
    ['30s', '2026-11-23T11:59:30.000Z'],
    ['15m', '2026-11-23T11:45:00.000Z'],
    ['2h', '2026-11-23T10:00:00.000Z'],
    ['1d', '2026-11-22T12:00:00.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T08:30:00Z', '2026-11-20T08:30:00.000Z'],
    ['2026-11-20 08:30Z', '2026-11-20T08:30:00.000Z'],
  ])('%s is %s', (text, at) => {
    expect(parseSince(text, NOW)?.toISOString()).toBe(at)
  })

  test.each([
    '',
    'yesterday',
    '1w',
    '-5m',
    'm',
    '10',
    '2026',
    '10.5',
    'Mar 7',
    '2026-13-40',
    '99999999999h',
    '1960-01-01',
  ])('%j is neither a time span nor a date', (text) => {
    expect(parseSince(text, NOW)).toBeUndefined()
  })
})

describe('searching', () => {
  /** An engine with one third-party container, that logs one line. */
  async function engineWithRedis(): Promise<Engine> {
    const socket = join(temporaryFolder(), 'engine.sock')
    const line = '2026-11-23T10:00:00.000000000Z ready\n'
    const server = createServer((request, response) => {
      if (request.url?.includes('/logs'))
        return response.end(Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, line.length]), Buffer.from(line)]))
      const redis = {
        Id: '1',
        Names: ['/redis'],
        Image: 'redis',
        ImageID: '',
        State: 'running',
        Status: 'Up',
        Labels: { 'com.docker.compose.service': 'redis' },
      }
      return response.end(JSON.stringify([redis]))
    })
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    onTestFinished(() => void server.close())
    return { endpoint: `unix://${socket}`, address: { socketPath: socket } }
  }

  async function search(query: Partial<LogQuery>): Promise<string[]> {
    const checkout = temporaryFolder()
    const environment = identify(SAMPLE_PACKAGE, checkout, undefined)
    writeFiles(environment.paths.logs, {
      'web.log.1': '2026-11-23T08:00:00.000Z out old\n',
      'web.log': '2026-11-23T09:00:00.000Z err 1%\r2% of it\n2026-11-23T11:00:00.000Z out last, without an end',
      'worker.log': '2026-11-23T10:30:00.000Z out at work\n',
    })
    const found: string[] = []
    const all = { programs: [], grep: undefined, since: undefined, context: 0 }
    for await (const { source, line } of searchLogs(
      { engine: await engineWithRedis(), environment },
      { ...all, ...query },
    ))
      found.push(`${source} ${line}`)
    return found
  }

  test('finds everything, by time', async () => {
    expect(await search({})).toEqual([
      'web old',
      'web 1%\r2% of it',
      'redis ready',
      'worker at work',
      'web last, without an end',
    ])
  })

  testEach<{ what: string; query: Partial<LogQuery>; found: string[] }>([
    { what: 'one program', query: { programs: ['worker'] }, found: ['worker at work'] },
    { what: 'one third-party service', query: { programs: ['redis'] }, found: ['redis ready'] },
    { what: 'what matches', query: { grep: /^a|old/ }, found: ['web old', 'worker at work'] },
    {
      what: 'what is recent',
      query: { since: new Date('2026-11-23T09:00:00.000Z'), programs: ['web'] },
      found: ['web 1%\r2% of it', 'web last, without an end'],
    },
  ])('finds $what', async ({ query, found }) => {
    expect(await search(query)).toEqual(found)
  })

  test('for a program that there is not is refused, and names those that there are', async () => {
    expect(await problemsOf(() => search({ programs: ['web', 'wrok'] }))).toEqual([
      { code: 'program-unknown', name: 'wrok', known: ['web', 'worker', 'redis'] },
    ])
  })
})

test('a link among the logs is no log: a checkout can bring one along', () => {
  const root = writeFiles(temporaryFolder(), { 'web.log': '', 'mail.log': { link: '/etc/passwd' } })
  expect(Object.keys(listLogFiles(root))).toEqual(['web'])
  const folder = writeFiles(temporaryFolder(), { logs: { link: root } })
  expect(listLogFiles(join(folder, 'logs'))).toEqual({})
})

async function* logOf(source: string, lines: readonly (readonly [string, string])[]): AsyncGenerator<LogEntry> {
  for (const [at, line] of lines) yield { at, source, channel: 'out', line }
}

async function linesOf(entries: AsyncIterable<LogEntry>): Promise<string[]> {
  const lines: string[] = []
  for await (const { source, line, apart } of entries) lines.push(`${apart ? '-- ' : ''}${source} ${line}`)
  return lines
}

test('several logs are one, by time, and each keeps its own order', async () => {
  const web = logOf('web', [
    ['1', 'a'],
    ['4', 'b'],
    ['3', 'c'],
  ])
  const worker = logOf('worker', [
    ['2', 'd'],
    ['4', 'e'],
    ['5', 'f'],
  ])
  expect(await linesOf(inOrder([web, worker, logOf('none', [])]))).toEqual([
    'web a',
    'worker d',
    'web b',
    'web c',
    'worker e',
    'worker f',
  ])
})

test('around what matches are the lines of the same source, and a mark where some are left out', async () => {
  const web = () =>
    logOf(
      'web',
      [...'abXcdefXX g h'.replaceAll(' ', '')].map((line, at) => [String(at), line] as const),
    )
  const query = { grep: /X/, since: undefined }
  expect(await linesOf(matching(web(), { ...query, context: 1 }))).toEqual([
    '-- web b',
    'web X',
    'web c',
    '-- web f',
    'web X',
    'web X',
    'web g',
  ])
  expect(await linesOf(matching(web(), { ...query, context: 0 }))).toEqual(['web X', 'web X', 'web X'])
})

test('the engine’s time has the form of all others', () => {
  expect(parseStampedLine('2026-11-23T10:00:00.123456789Z  ready', 'redis', 'err')).toEqual({
    at: '2026-11-23T10:00:00.123Z',
    source: 'redis',
    channel: 'err',
    line: ' ready',
  })
  expect(parseStampedLine('no time', 'redis', 'out')).toMatchObject({ at: '', line: 'no time' })
})
