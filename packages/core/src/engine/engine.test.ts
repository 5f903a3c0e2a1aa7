import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { problemsOf, temporaryFolder, writeFiles } from '../../test/samples.js'
import { lastLogLines } from './container-logs.js'
import { findImage, listContainers, tagImage } from './containers.js'
import { ask, type Engine, EngineRefusal, engineFrom } from './engine.js'

/** An engine that answers what it is told to. */
async function answering(listener: RequestListener): Promise<Engine> {
  const socket = join(temporaryFolder(), 'engine.sock')
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => void server.close())
  return { endpoint: `unix://${socket}`, socket }
}

describe('the engine', () => {
  test('is asked on its socket, and its answer is parsed', async () => {
    const engine = await answering((request, response) => response.end(JSON.stringify({ asked: request.url })))
    expect(await ask(engine, { path: '/version', query: { a: 'b c' } })).toEqual({ asked: '/version?a=b+c' })
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
