import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { eventually } from '../../../tools/scenarios/checkout.js'
import { ask, run } from '../../../tools/scenarios/run.js'

/** One that stays the same when a container is started again. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** How a registry is set up, in its own variables (https://distribution.github.io/distribution/about/configuration/). */
export type RegistrySetUp = { env?: Readonly<Record<string, string>>; mounts?: readonly string[] }

/** A real registry on loopback. */
export class LoopbackRegistry {
  readonly container = `devenv-scenario-registry-${randomBytes(4).toString('hex')}`
  #port = 0

  /** `localhost:<port>`. */
  get host(): string {
    return `localhost:${this.#port}`
  }

  async start({ env = {}, mounts = [] }: RegistrySetUp = {}): Promise<this> {
    const image = `${process.env.DEVENV_MIRROR ?? 'docker.io'}/library/registry:2`
    const settings = Object.entries({ REGISTRY_STORAGE_DELETE_ENABLED: 'true', ...env })
    await ask(
      ...['docker', 'run', '--detach', '--name', this.container, '--publish', `127.0.0.1:${await freePort()}:5000`],
      ...settings.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...mounts.flatMap((mount) => ['--mount', mount]),
      image,
    )
    await this.#find()
    return this
  }

  async #find(): Promise<void> {
    const port = await ask('docker', 'port', this.container, '5000/tcp')
    this.#port = Number(/:(\d+)/.exec(port)?.[1])
    await eventually(async () => {
      const { status } = await fetch(`http://${this.host}/v2/`)
      if (status !== 200 && status !== 401) throw new Error(`the registry answers ${status}`)
    })
  }

  /** After it was killed: with its data, at the same address. */
  async startAgain(): Promise<void> {
    await ask('docker', 'start', this.container)
    await this.#find()
  }

  async remove(): Promise<void> {
    await run(['docker', 'rm', '--force', '--volumes', this.container])
    // What was pushed there is named after it in the engine's store, too.
    const names = await ask('docker', 'images', '--format', '{{.Repository}}:{{.Tag}}')
    const ours = names.split('\n').filter((name) => name.startsWith(`${this.host}/`))
    if (ours.length > 0) await run(['docker', 'image', 'rm', ...ours])
  }

  async tags(repository: string): Promise<string[]> {
    const response = await fetch(`http://${this.host}/v2/${repository}/tags/list`)
    if (response.status === 404) return []
    const { tags } = (await response.json()) as { tags: string[] | null }
    return (tags ?? []).sort()
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
