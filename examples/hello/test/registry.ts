import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { eventually } from '../../../tools/scenarios/checkout.js'
import { ask, run } from '../../../tools/scenarios/run.js'

/** How a registry is set up, in its own variables (https://distribution.github.io/distribution/about/configuration/). */
export type RegistrySetUp = { env?: Readonly<Record<string, string>>; mounts?: readonly string[] }

/** Requests that wait until the test lets them go. */
type Hold = { asked: Promise<void>; release(): void }

/**
 * A real registry on loopback, behind a server of the test's own: its address stays the same when the registry starts
 * again, and requests can be held on their way.
 */
export class LoopbackRegistry {
  readonly container = `devenv-scenario-registry-${randomBytes(4).toString('hex')}`
  readonly #front = createServer((asked, answer) => void this.#handOn(asked, answer))
  readonly #held: { call: RegExp; asked: () => void; released: Promise<void> }[] = []
  /** Where the registry itself listens. */
  #behind = 0

  /** `localhost:<port>`. */
  get host(): string {
    return `localhost:${(this.#front.address() as AddressInfo).port}`
  }

  async start({ env = {}, mounts = [] }: RegistrySetUp = {}): Promise<this> {
    const image = `${process.env.DEVENV_MIRROR ?? 'docker.io'}/library/registry:2`
    const settings = Object.entries({ REGISTRY_STORAGE_DELETE_ENABLED: 'true', ...env })
    await once(this.#front.listen(0, '127.0.0.1'), 'listening')
    await ask(
      ...['docker', 'run', '--detach', '--name', this.container, '--publish', '127.0.0.1::5000'],
      // It writes a tag in two steps, and who reads between them is told 500: on a busy disk that may last.
      ...['--tmpfs', '/var/lib/registry'],
      ...settings.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...mounts.flatMap((mount) => ['--mount', mount]),
      image,
    )
    await this.#find()
    return this
  }

  async #find(): Promise<void> {
    const port = await ask('docker', 'port', this.container, '5000/tcp')
    this.#behind = Number(/:(\d+)/.exec(port)?.[1])
    await eventually(async () => {
      const { status } = await fetch(`http://${this.host}/v2/`)
      if (status !== 200 && status !== 401) throw new Error(`the registry answers ${status}`)
    })
  }

  /** Holds requests, `METHOD /path`, from now on. */
  hold(call: RegExp): Hold {
    let asked = () => {}
    let release = () => {}
    const hold = {
      asked: new Promise<void>((resolve) => {
        asked = resolve
      }),
      release: () => release(),
    }
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#held.push({ call, asked, released })
    return hold
  }

  async #handOn(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    for (const held of this.#held.filter(({ call }) => call.test(`${asked.method} ${asked.url}`))) {
      held.asked()
      await held.released
    }
    const { method, url, headers } = asked
    const onward = request(
      { host: '127.0.0.1', port: this.#behind, method, path: url, headers, agent: false },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 0, answered.headers)
        pipeline(answered, answer, () => {})
      },
    )
    onward.once('error', () => answer.destroy())
    pipeline(asked, onward, () => {})
  }

  /** After it was killed: empty, at the same address. */
  async startAgain(): Promise<void> {
    await ask('docker', 'start', this.container)
    await this.#find()
  }

  /** Has other bytes in the place of a seed's first data. */
  async damage(repository: string, tag: string): Promise<void> {
    const { layers } = (await (await this.#manifest(repository, tag)).json()) as { layers: { digest: string }[] }
    const [algorithm, hash = ''] = (layers[0]?.digest ?? '').split(':')
    const file = `/var/lib/registry/docker/registry/v2/blobs/${algorithm}/${hash.slice(0, 2)}/${hash}/data`
    const words = ['if=/dev/zero', `of=${file}`, 'bs=1', 'count=16', 'conv=notrunc']
    await ask('docker', 'exec', this.container, 'dd', ...words)
  }

  async kill(): Promise<void> {
    await ask('docker', 'kill', this.container)
  }

  async remove(): Promise<void> {
    await run(['docker', 'rm', '--force', '--volumes', this.container])
    // What was pushed there is named after it in the engine's store, too.
    const names = await ask('docker', 'images', '--format', '{{.Repository}}:{{.Tag}}')
    const ours = names.split('\n').filter((name) => name.startsWith(`${this.host}/`))
    if (ours.length > 0) await run(['docker', 'image', 'rm', ...ours])
    this.#front.close()
    this.#front.closeAllConnections()
  }

  async tags(repository: string): Promise<string[]> {
    const response = await fetch(`http://${this.host}/v2/${repository}/tags/list`)
    if (response.status === 404) return []
    const { tags } = (await response.json()) as { tags: string[] | null }
    return (tags ?? []).sort()
  }

  /** Gives what has a tag another one. */
  async tag(repository: string, from: string, to: string): Promise<void> {
    const found = await this.#manifest(repository, from)
    const put = await fetch(`http://${this.host}/v2/${repository}/manifests/${to}`, {
      method: 'PUT',
      headers: { 'content-type': found.headers.get('content-type') ?? '' },
      body: await found.arrayBuffer(),
    })
    if (!put.ok) throw new Error(`the registry answers ${put.status}: ${await put.text()}`)
  }

  /** The digest that the registry says a tag has. */
  async digest(repository: string, tag: string): Promise<string | undefined> {
    const response = await this.#manifest(repository, tag)
    return response.headers.get('docker-content-digest') ?? undefined
  }

  /** The labels of an image; of one of several platforms, those of the first. */
  async labels(repository: string, tag: string): Promise<Record<string, string>> {
    type Manifest = { config?: { digest: string }; manifests?: { digest: string }[] }
    const found = (await (await this.#manifest(repository, tag)).json()) as Manifest
    const { config, manifests: [first] = [] } = found
    if (first !== undefined) return await this.labels(repository, first.digest)
    const response = await fetch(`http://${this.host}/v2/${repository}/blobs/${config?.digest}`)
    return ((await response.json()) as { config: { Labels?: Record<string, string> } }).config.Labels ?? {}
  }

  #manifest(repository: string, tag: string): Promise<Response> {
    const types = [
      'application/vnd.docker.distribution.manifest.v2+json',
      'application/vnd.oci.image.manifest.v1+json',
      'application/vnd.oci.image.index.v1+json',
    ]
    return fetch(`http://${this.host}/v2/${repository}/manifests/${tag}`, { headers: { accept: types.join(', ') } })
  }
}

/** One registry for all tests of a file. */
export function sharedRegistry(): LoopbackRegistry {
  const registry = new LoopbackRegistry()
  beforeAll(() => registry.start())
  afterAll(() => registry.remove())
  return registry
}

/** One for this test alone. */
export async function freshRegistry(setUp?: RegistrySetUp): Promise<LoopbackRegistry> {
  const registry = new LoopbackRegistry()
  onTestFinished(() => registry.remove())
  return await registry.start(setUp)
}
