import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { Engine } from '../src/engine/engine.js'
import { COMPOSE_LABELS } from '../src/engine/labels.js'
import { temporaryFolder } from './samples.js'

/** An image of an engine's store. */
export type StoredImage = {
  tags: string[] | null
  labels?: Readonly<Record<string, string>>
  created?: number
  /** Of linux, as the engine is; `amd64` where it is not said. */
  architecture?: string
}

/**
 * The socket of an engine of linux/amd64 that knows some images: it lists and shows them, and gives one another name. `asked` is all that
 * came, as `GET /images/json`.
 */
export async function sampleEngine(
  images: readonly StoredImage[] = [],
): Promise<{ engine: Engine; asked: string[]; named(): string[] }> {
  const socket = join(temporaryFolder(), 'engine.sock')
  const store = images.map((image) => ({ ...image, tags: image.tags?.slice() ?? null }))
  const asked: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://engine')
    asked.push(`${request.method} ${decodeURIComponent(url.pathname)}`)
    if (url.pathname === '/version') return void response.end('{"Os":"linux","Arch":"amd64"}')
    const [, name = '', what] = /^\/images\/(.*)\/(json|tag)$/.exec(decodeURIComponent(url.pathname)) ?? []
    if (what === undefined) {
      const listed = store.map(({ tags, labels = {}, created = 0 }) => ({
        RepoTags: tags,
        Created: created,
        Labels: labels,
      }))
      return void response.end(JSON.stringify(listed))
    }
    const found = store.find(({ tags }) => tags?.includes(name))
    if (found === undefined) return void response.writeHead(404).end('{"message":"No such image"}')
    if (what === 'json') {
      const { labels = null, architecture: Architecture = 'amd64' } = found
      return void response.end(JSON.stringify({ Id: name, Os: 'linux', Architecture, Config: { Labels: labels } }))
    }
    found.tags?.push(`${url.searchParams.get('repo')}:${url.searchParams.get('tag')}`)
    response.writeHead(201).end()
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    engine: { endpoint: `unix://${socket}`, address: { socketPath: socket } },
    asked,
    named: () => store.flatMap(({ tags }) => tags ?? []),
  }
}

/** A container of `project` as the engine lists it. */
export const listedContainer = (project: string, labels: Readonly<Record<string, string>>, State = 'running') => ({
  Id: `id-of-${project}`,
  Names: [`/${project}-1`],
  Image: 'image',
  ImageID: 'sha256:0',
  State,
  Status: '',
  Labels: { [COMPOSE_LABELS.project]: project, ...labels },
})

/** The socket of an engine that has these containers, whatever it is asked for, and no network. */
export async function engineWith(containers: readonly object[]): Promise<{ engine: Engine; removed: string[] }> {
  const socket = join(temporaryFolder(), 'engine.sock')
  const removed: string[] = []
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://engine').pathname
    if (request.method === 'DELETE') removed.push(path)
    const answers: Record<string, unknown> = { '/containers/json': containers, '/networks': [], '/volumes': {} }
    response.end(path in answers ? JSON.stringify(answers[path]) : '')
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => void server.close())
  return { engine: { endpoint: `unix://${socket}`, address: { socketPath: socket } }, removed }
}

/** What a command prints and how it ends, with `null` while it runs; `gone`: its container was removed meanwhile. */
export type Said = { lines: readonly string[]; exitCode?: number | (() => number | null) } | 'gone'

/** When each of its containers was started. */
export const STARTED_AT = '2026-01-31T10:00:00Z'

/** The socket of an engine that has these containers, each time it is asked, and in them commands that end at once. */
export async function engineRunning(
  containers: () => readonly object[],
  says: (argv: readonly string[]) => Said,
): Promise<Engine> {
  const socket = join(temporaryFolder(), 'engine.sock')
  const execs: Exclude<Said, 'gone'>[] = []
  const execOf = (url = '') => execs[Number(url.split('/')[2])] ?? { lines: [] }
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://engine')
    const gone = () => response.writeHead(404).end(JSON.stringify({ message: `No such container: ${pathname}` }))
    if (pathname === '/containers/json') return response.end(JSON.stringify(containers()))
    if (pathname === '/networks') return response.end('[]')
    if (/^\/exec\/\d+\/json$/.test(pathname)) {
      const { exitCode = 0 } = execOf(pathname)
      return response.end(JSON.stringify({ ExitCode: typeof exitCode === 'number' ? exitCode : exitCode() }))
    }
    if (/^\/containers\/[^/]+\/json$/.test(pathname))
      return response.end(`{"Config":{},"State":{"Running":true,"StartedAt":"${STARTED_AT}"}}`)
    if (!pathname.endsWith('/exec')) return gone()
    const said = says((JSON.parse(await text(request)) as { Cmd: string[] }).Cmd)
    if (said === 'gone') return gone()
    response.end(JSON.stringify({ Id: String(execs.push(said) - 1) }))
  })
  server.on('upgrade', (request, connection) => {
    const output = Buffer.from(
      execOf(request.url)
        .lines.map((line) => `${line}\n`)
        .join(''),
    )
    const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])
    header.writeUInt32BE(output.length, 4)
    connection.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
    connection.end(Buffer.concat([header, output]))
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => void server.close())
  return { endpoint: `unix://${socket}`, address: { socketPath: socket } }
}
