import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { problemsOf, temporaryFolder, writeFiles } from '../../test/samples.js'
import { lastLogLines, readEvents } from './container-logs.js'
import { findImage, listContainers, stopContainer, tagImage } from './containers.js'
import { ask, type Engine, EngineRefusal, engineFrom, hijack, stream } from './engine.js'
import { runInside } from './execs.js'

/** An engine that answers what it is told to. */
async function answering(listener: RequestListener): Promise<Engine> {
  const socket = join(temporaryFolder(), 'engine.sock')
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { endpoint: `unix://${socket}`, address: { socketPath: socket } }
}

describe('the engine', () => {
  test('is asked on its socket, and its answer is parsed', async () => {
    const engine = await answering((request, response) => response.end(JSON.stringify({ asked: request.url })))
    expect(await ask(engine, { path: '/version', query: { a: 'b c' } })).toEqual({ asked: '/version?a=b+c' })
  })

  test('may listen on loopback', async () => {
    const server = createServer((request, response) => response.end(JSON.stringify({ asked: request.url })))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const engine = engineFrom({ DOCKER_HOST: `tcp://127.0.0.1:${port}` })
    expect(await ask(engine, { path: '/version' })).toEqual({ asked: '/version' })
  })

  test('may answer nothing', async () => {
    const engine = await answering((_request, response) => response.writeHead(204).end())
    expect(await ask(engine, { method: 'POST', path: '/containers/1/start' })).toBeUndefined()
  })

  test.each([
    ['{"message":"no such container"}', 'no such container'],
    ['not JSON', 'not JSON'],
  ])('that refuses with %s is quoted', async (body, detail) => {
    const engine = await answering((_request, response) => response.writeHead(404).end(body))
    const refusal = await ask(engine, { path: '/' }).catch((error) => error)
    expect(refusal).toBeInstanceOf(EngineRefusal)
    expect(refusal).toMatchObject({ status: 404, detail })
  })

  test('that is not there is a problem with a fix, not a stack', async () => {
    const endpoint = `unix://${join(temporaryFolder(), 'none.sock')}`
    expect(await problemsOf(() => ask(engineFrom({ DOCKER_HOST: endpoint }), { path: '/' }))).toMatchObject([
      { code: 'engine-missing', endpoint },
    ])
  })

  test('whose socket is no socket is missing as well', async () => {
    const root = writeFiles(temporaryFolder(), { file: '' })
    const engine = engineFrom({ DOCKER_HOST: `unix://${join(root, 'file')}` })
    expect(await problemsOf(() => ask(engine, { path: '/' }))).toMatchObject([{ code: 'engine-missing' }])
  })

  test('is not what a page on that port says', async () => {
    const engine = await answering((_request, response) => response.end('<p>Welcome'))
    expect(await problemsOf(() => ask(engine, { path: '/' }))).toMatchObject([
      { code: 'engine-missing', detail: 'something else answers there' },
    ])
  })

  test('is asked for containers by labels, the stopped ones too', async () => {
    let asked: URL | undefined
    const engine = await answering((request, response) => {
      asked = new URL(`http://engine${request.url}`)
      response.end('[]')
    })
    expect(await listContainers(engine, ['a=b', 'c'])).toEqual([])
    expect(asked?.searchParams.get('all')).toBe('1')
    expect(JSON.parse(asked?.searchParams.get('filters') ?? '')).toEqual({ label: ['a=b', 'c'] })
  })

  test('that lacks an image is no error; any other refusal is one', async () => {
    const engine = await answering((request, response) =>
      response.writeHead(request.url?.includes('absent') ? 404 : 500).end('{"message":"?"}'),
    )
    expect(await findImage(engine, 'absent:1')).toBeUndefined()
    await expect(findImage(engine, 'broken:1')).rejects.toThrow(EngineRefusal)
  })

  test.each([
    ['devenv/hello:inputs-0', 'devenv/hello', 'inputs-0'],
    ['localhost:5000/devenv/hello:inputs-0', 'localhost:5000/devenv/hello', 'inputs-0'],
    ['localhost:5000/devenv/hello', 'localhost:5000/devenv/hello', 'latest'],
  ])('gives an image one more name: %s', async (name, repo, tag) => {
    const asked: string[] = []
    const engine = await answering((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.writeHead(201).end()
    })
    await tagImage(engine, 'ghcr.io/x/hello:inputs-0', name)
    const query = new URLSearchParams({ repo, tag })
    expect(asked).toEqual([`POST /images/${encodeURIComponent('ghcr.io/x/hello:inputs-0')}/tag?${query}`])
  })

  test('that cannot give a name refuses', async () => {
    const engine = await answering((_request, response) => response.writeHead(404).end('{"message":"No such image"}'))
    await expect(tagImage(engine, 'a:1', 'b:1')).rejects.toMatchObject({ status: 404, detail: 'No such image' })
  })

  test('gives the last log lines of a container, both channels', async () => {
    const frame = (channel: number, text: string) =>
      Buffer.concat([Buffer.from([channel, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)])
    const engine = await answering((_request, response) => {
      response.write(frame(1, 'one\n'))
      response.end(frame(2, 'two\n'))
    })
    expect(await lastLogLines(engine, '1', 20)).toEqual(['one', 'two'])
  })
})

describe('an engine that hangs', () => {
  /** What a question ends with, and after how many seconds, from when it has come. */
  async function patienceOf(question: (engine: Engine) => Promise<unknown>, answer: RequestListener = () => {}) {
    let asked = () => {}
    const coming = new Promise<void>((resolve) => {
      asked = resolve
    })
    const engine = await answering((request, response) => {
      asked()
      answer(request, response)
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    let problems: unknown
    const ending = problemsOf(() => question(engine)).then((found) => {
      problems = found
    })
    await coming
    let seconds = 0
    for (; problems === undefined && seconds < 1000; seconds += 10) await vi.advanceTimersByTimeAsync(10_000)
    await ending
    return { problems, seconds }
  }

  const silent = (asked: string, seconds = 60) => ({
    seconds,
    problems: [{ code: 'engine-silent', endpoint: expect.stringMatching(/engine\.sock$/), seconds, asked }],
  })

  test('is not waited for for ever', async () => {
    expect(await patienceOf((engine) => ask(engine, { path: '/version' }))).toEqual(silent('GET /version'))
  })

  test('in the middle of an answer neither', async () => {
    const half: RequestListener = (_request, response) => void response.write('{"half":')
    expect(await patienceOf((engine) => ask(engine, { path: '/version' }), half)).toEqual(silent('GET /version'))
  })

  test('nor where an answer keeps coming, once begun', async () => {
    expect(await patienceOf((engine) => stream(engine, { path: '/events' }))).toEqual(silent('GET /events'))
    const exec = { method: 'POST', path: '/exec/1/start' } as const
    expect(await patienceOf((engine) => hijack(engine, exec))).toEqual(silent('POST /exec/1/start'))
  })

  test('has on top what a container may take to stop', async () => {
    expect(await patienceOf((engine) => stopContainer(engine, '1', 30))).toEqual(silent('POST /containers/1/stop', 90))
  })
})

describe('an engine that dies in the middle of a request', () => {
  const reset: RequestListener = (request) => request.socket.destroy()
  const gone = [{ code: 'engine-gone', endpoint: expect.stringMatching(/engine\.sock$/) }]

  test.each([
    ['before its answer', reset],
    ['in the middle of it', (_request, response) => void response.write('{', () => response.socket?.destroy())],
  ] satisfies [string, RequestListener][])('%s is a problem with a fix, not a stack', async (_when, listener) => {
    const engine = await answering(listener)
    expect(await problemsOf(() => ask(engine, { path: '/' }))).toEqual(gone)
  })

  test('ends logs, events and commands with the same', async () => {
    const engine = await answering((request, response) => {
      if (request.url?.endsWith('/exec')) return void response.end('{"Id":"1"}')
      response.write(Buffer.from([1, 0, 0, 0, 0, 0, 0, 9]), () => response.socket?.destroy())
    })
    expect(await problemsOf(() => lastLogLines(engine, '1', 20))).toEqual(gone)
    const events = readEvents(engine, 'hello', new AbortController().signal)
    expect(await problemsOf(() => events.next())).toEqual(gone)
    const command = { container: '1', argv: ['true'] } as const
    expect(await problemsOf(() => runInside(engine, command, () => {}))).toEqual(gone)
  })

  test('ends what runs inside with the same, also after its first lines', async () => {
    const server = createServer((request, response) => {
      if (request.url?.endsWith('/exec')) response.end('{"Id":"1"}')
    })
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
      socket.write(Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 4]), Buffer.from('one\n')]), () => {
        server.close()
        socket.destroy()
      })
    })
    const socket = join(temporaryFolder(), 'engine.sock')
    await once(server.listen(socket), 'listening')
    const lines: string[] = []
    const engine = { endpoint: `unix://${socket}`, address: { socketPath: socket } }
    const run = () => runInside(engine, { container: '1', argv: ['true'] }, (line) => void lines.push(line))
    expect(await problemsOf(run)).toMatchObject([{ code: expect.stringMatching(/^engine-(gone|missing)$/) }])
    expect(lines).toEqual(['one'])
  })
})
