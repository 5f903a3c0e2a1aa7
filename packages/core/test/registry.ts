import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

const IMAGE = 'application/vnd.oci.image.manifest.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'

/** An image as it is pushed: its labels, and for each platform its layers, a name to how many bytes it has. */
export type ImageSample = {
  labels?: Readonly<Record<string, string>>
  platforms?: readonly string[]
  layers?: Readonly<Record<string, number>>
  /** What tells it from another that is otherwise the same. */
  note?: string
}

export type SampleRegistry = {
  /** `127.0.0.1:<port>` */
  host: string
  /** `GET /v2/hello/tags/list`, in the order in which they came. */
  asked: string[]
  /** Pushes an image under a tag; gives the digest of its manifest. */
  push(path: string, tag: string, image?: ImageSample): string
  /** Tags that are there, and that no list of tags names. */
  unlisted: Set<string>
  /** Every tag of a repository, with the digest that it leads to. */
  tags(path: string): Record<string, string>
  /** Answers this, instead, whatever is asked and passes the filter: as a broken one, or one that somebody changes. */
  intercept(change: (call: string) => number | undefined): void
  /** Has other bytes, or none, behind a digest. */
  damage(digest: string, body?: string): void
}

const digestOf = (bytes: string | Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** A registry on loopback that keeps what it is given: the part of the distribution specification that we speak. */
export async function sampleRegistry(): Promise<SampleRegistry> {
  const contents = new Map<string, { body: Buffer; type: string }>()
  const repositories = new Map<string, Map<string, string>>()
  const asked: string[] = []
  const unlisted = new Set<string>()
  let intercepting: (call: string) => number | undefined = () => undefined

  const tagsOf = (path: string): Map<string, string> => {
    const known = repositories.get(path) ?? new Map<string, string>()
    repositories.set(path, known)
    return known
  }
  const keep = (body: string | Buffer, type = 'application/octet-stream'): string => {
    contents.set(digestOf(body), { body: Buffer.from(body), type })
    return digestOf(body)
  }

  const server = createServer(async (request, response) => {
    const call = `${request.method} ${request.url?.replace(/\?.*/, '')}`
    asked.push(call)
    const sent = await buffer(request)
    const instead = intercepting(call)
    if (instead !== undefined) return void response.writeHead(instead).end()
    const [, method, path = '', kind, name = ''] = /^(\w+) \/v2\/(.+?)\/(manifests|blobs|tags)\/(.*)$/.exec(call) ?? []
    if (kind === 'tags') {
      if (!repositories.has(path)) return void response.writeHead(404).end()
      return void response.end(
        JSON.stringify({ name: path, tags: [...tagsOf(path).keys()].filter((tag) => !unlisted.has(tag)) }),
      )
    }
    if (kind === 'blobs' && name === 'uploads/') {
      return void response.writeHead(202, { location: `/v2/${path}/blobs/uploads/1` }).end()
    }
    if (kind === 'blobs' && method === 'PUT') {
      return void response.writeHead(201, { location: `/v2/${path}/blobs/${keep(sent)}` }).end()
    }
    if (kind === 'manifests' && method === 'PUT') {
      tagsOf(path).set(name, keep(sent, request.headers['content-type']))
      return void response.writeHead(201).end()
    }
    const found = contents.get(kind === 'manifests' ? (repositories.get(path)?.get(name) ?? name) : name)
    if (found === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': found.type }).end(found.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })

  const pushPlatform = (platform: string, { labels = {}, layers = {}, note }: ImageSample): object => {
    const [os, architecture] = platform.split('/')
    const history = Object.keys(layers).map((created_by) => ({ created_by }))
    const config = keep(JSON.stringify({ os, architecture, config: { Labels: labels }, history, note }))
    const manifest = JSON.stringify({
      mediaType: IMAGE,
      config: { digest: config },
      layers: Object.entries(layers).map(([layer, size]) => ({ digest: digestOf(layer), size })),
    })
    return { digest: keep(manifest, IMAGE), platform: { os, architecture } }
  }
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    unlisted,
    push(path, tag, image = {}) {
      const manifests = (image.platforms ?? ['linux/amd64']).map((platform) => pushPlatform(platform, image))
      const digest = keep(JSON.stringify({ mediaType: INDEX, manifests }), INDEX)
      tagsOf(path).set(tag, digest)
      return digest
    },
    tags: (path) => Object.fromEntries(repositories.get(path) ?? []),
    intercept: (change) => {
      intercepting = change
    },
    damage: (digest, body) => {
      if (body === undefined) contents.delete(digest)
      else contents.set(digest, { body: Buffer.from(body), type: 'application/octet-stream' })
    },
  }
}
