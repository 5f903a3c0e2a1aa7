import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { onTestFinished, test, vi } from 'vitest'
import type { ComposeService, Definition, EnvironmentPackage } from '../src/definition/definition.js'
import type { Container } from '../src/engine/containers.js'
import { LABELS } from '../src/engine/labels.js'
import type { SnapshotCode } from '../src/environment/code.js'
import type { Archive } from '../src/environment/data/archive.js'
import type { PublishedSeed } from '../src/environment/data/published-seeds.js'
import type { StartRecord } from '../src/environment/data/record.js'
import { type Environment, identify } from '../src/environment/environment.js'
import type { ImageSettings } from '../src/image/ensure-images.js'
import type { ImageInputs } from '../src/image/image-inputs.js'
import type { Picture } from '../src/picture/picture.js'
import { DevenvError, type Problem } from '../src/problem/problem.js'
import type { Settings } from '../src/settings/settings.js'

/** A folder for one test, by its real path. It goes when the test ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'devenv-test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** `text`, a link, or a file with its mode. */
type FileSample = string | { link: string } | { text: string; mode: number }

export function writeFiles(root: string, files: { [path: string]: FileSample }): string {
  for (const [path, sample] of Object.entries(files)) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    if (typeof sample === 'string') writeFileSync(file, sample)
    else if ('link' in sample) symlinkSync(sample.link, file)
    else {
      writeFileSync(file, sample.text)
      chmodSync(file, sample.mode)
    }
  }
  return root
}

/** For one test, Docker's client is a shell script. */
export function dockerIs(script: string): void {
  const folder = writeFiles(temporaryFolder(), { docker: { text: `#!/bin/sh\n${script}\n`, mode: 0o755 } })
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`)
  onTestFinished(() => void vi.unstubAllEnvs())
}

export const SAMPLE_PACKAGE: EnvironmentPackage = {
  name: '@devenv/hello',
  version: '1.2.3',
  service: 'hello',
  directory: '/packages/hello',
}

export const SAMPLE_CHECKOUT = '/home/dev/hello'

/** The code of a snapshot. */
export const SAMPLE_SNAPSHOT: SnapshotCode = {
  from: 'image',
  package: '/packages/hello',
  release: 'hello.1',
  reference: 'devenv/hello-snapshot:hello.1',
  digest: 'a'.repeat(64),
  dependencies: 'b'.repeat(64),
  directory: '/edx/app/hello',
  read: ['Makefile'],
}

export const sampleEnvironment = (dataRoot?: string): Environment => identify(SAMPLE_PACKAGE, SAMPLE_CHECKOUT, dataRoot)

export const sampleSettings = (change: Partial<Settings> = {}): Settings => ({
  dataRoot: undefined,
  mirror: undefined,
  registry: undefined,
  digests: undefined,
  network: 'online',
  publish: undefined,
  programs: undefined,
  without: undefined,
  with: undefined,
  reload: undefined,
  seeds: 'taken',
  followsBranch: false,
  caBundle: undefined,
  proxies: {},
  variables: {},
  filed: [],
  ...change,
})

/** Ready data of a service, of which nothing is on the disk. */
export const sampleArchive = (
  change: Partial<Archive['description']>,
  stores: readonly string[] = ['mysql-8.4'],
): Archive => ({
  folder: '/cache/seeds/hello/0',
  manifest: 'sha256:0',
  bytes: 1000,
  blobs: Object.fromEntries(stores.map((name) => [name, { digest: 'sha256:1', bytes: 900 }])),
  description: {
    format: 1,
    service: 'hello',
    digest: '0',
    created: '2026-01-01T00:00:00.000Z',
    label: undefined,
    stores: Object.fromEntries(stores.map((name) => [name, { server: 'mysql', version: '8.4', steps: {}, files: {} }])),
    migrations: {},
    installed: [],
    image: '0',
    ...change,
  },
})

/** The same in a registry. */
export const samplePublishedSeed = (
  reference: string,
  change: Partial<Archive['description']> = {},
): PublishedSeed => ({
  ...sampleArchive(change),
  folder: `/cache/seeds/hello/${reference}`,
  published: {
    repository: { host: 'ghcr.io', path: 'openedx/devenv/hello-data', access: { caBundle: undefined, proxies: {} } },
    reference,
    manifest: { digest: 'sha256:0', mediaType: '', body: Buffer.from('') },
    config: '',
  },
})

const healthcheck = { test: ['CMD', 'true'], start_period: '60s', start_interval: '200ms' }

/** As Compose resolves the definition of a small service: one primary, a server with a store, one without. */
export function sampleDefinition(
  where: { checkout?: string; stores?: string; package?: EnvironmentPackage } = {},
  change: { [service: string]: Partial<ComposeService> } = {},
): Definition {
  const checkout = where.checkout ?? SAMPLE_CHECKOUT
  const stores = where.stores ?? `${checkout}/.dev/devenv/stores`
  const environmentPackage = where.package ?? SAMPLE_PACKAGE
  const services: { [service: string]: ComposeService } = {
    hello: {
      image: 'devenv/hello',
      build: { context: checkout, dockerfile: `${environmentPackage.directory}/Dockerfile`, target: 'dev' },
      working_dir: '/edx/app/hello',
      volumes: [{ type: 'bind', source: checkout, target: '/edx/app/hello' }],
      ports: [{ target: 8000 }],
      environment: { GREETING: 'hello' },
      healthcheck,
    },
    mysql: {
      image: 'docker.io/library/mysql:8.4.9',
      volumes: [{ type: 'bind', source: `${stores}/mysql`, target: '/var/lib/mysql' }],
      labels: { 'org.openedx.devenv.store-version': '2' },
      expose: ['3306'],
      healthcheck,
    },
    memcached: { image: 'docker.io/library/memcached:1.6.38', expose: ['11211'], healthcheck },
  }
  for (const [name, changed] of Object.entries(change)) services[name] = { ...services[name], ...changed }
  return {
    package: environmentPackage,
    primary: 'hello',
    repository: undefined,
    parts: undefined,
    recognisedBy: ['Makefile'],
    variant: undefined,
    releases: {},
    needs: undefined,
    targets: {},
    provision: [],
    accounts: [],
    asks: [],
    hosts: [],
    libraries: undefined,
    library: undefined,
    toldLater: {},
    project: { name: 'hello', services },
  }
}

/** What a start of a small service leaves for the next command. */
export const sampleRecord = (change: Partial<StartRecord> = {}): StartRecord => ({
  format: 4,
  settings: {
    mirror: 'localhost:5000',
    registry: 'ghcr.io/openedx',
    publish: ['mysql'],
    programs: ['web'],
    without: ['search'],
    variables: { A: '1', B: null },
    filed: [],
  },
  mountPoint: '/home',
  primary: 'hello',
  ours: { hello: '/edx/app/hello' },
  image: { reference: 'devenv/hello:inputs-0', digest: '0', spec: SAMPLE_INPUTS.spec, inputs: { Dockerfile: '0' } },
  ports: { hello: { 8000: 23000 } },
  addresses: [{ service: 'hello', port: 8000, name: undefined }],
  configs: { hello: 'a' },
  targets: { test: { needs: [], environment: {}, about: 'x', because: 'x' } },
  accounts: [],
  steps: { migrations: { now: 'a', stores: ['mysql-8.4'] } },
  provisioned: {},
  neighbours: [],
  released: { hello: { container: 'id', programs: 'all' } },
  stamps: { inputs: {}, definition: {}, provision: {} },
  ...change,
})

/** An image of one base and no file of anybody. */
export const SAMPLE_INPUTS: ImageInputs = {
  spec: { name: 'devenv/hello', dockerfile: '/Dockerfile', target: 'dev', args: {}, contexts: {} },
  dockerfile: 'FROM debian:12\n',
  files: [],
  bases: {},
}

export const sampleImageSettings = (change: Partial<ImageSettings> = {}): ImageSettings => ({
  registry: undefined,
  mirror: undefined,
  locked: {},
  published: {},
  network: 'online',
  access: { caBundle: undefined, proxies: {} },
  caBundle: undefined,
  proxies: {},
  ...change,
})

export const sampleContainer = (service: string, config: string, change: Partial<Container> = {}): Container => ({
  id: `id-of-${service}`,
  name: `devenv-hello-0-${service}-1`,
  service,
  state: 'running',
  health: 'healthy',
  image: service,
  imageId: 'sha256:0',
  labels: { [LABELS.config]: config },
  ports: {},
  network: 'connected',
  networks: [],
  ...change,
})

/** The problems that a call is refused with. */
export async function problemsOf(call: () => unknown): Promise<readonly Problem[]> {
  try {
    await call()
  } catch (error) {
    if (error instanceof DevenvError) return error.problems
    throw error
  }
  throw new Error('it was not refused')
}

/** A table test. `$key` in its title is that part of each sample, in plain words: Vitest's own quotes and cuts them. */
export const testEach =
  <T extends object>(samples: readonly T[]) =>
  (title: string, check: (sample: T) => void | Promise<void>): void => {
    for (const sample of samples) {
      const parts: { [key: string]: unknown } = Object.fromEntries(Object.entries(sample))
      const words = (key: string) => (typeof parts[key] === 'string' ? parts[key] : JSON.stringify(parts[key]))
      test(
        title.replace(/\$(\w+)/g, (_, key) => words(key)),
        () => check(sample),
      )
    }
  }

/** Larger than the number of any process. */
export const NO_PROCESS = 2 ** 22 + 1

/** A picture with each kind of box and arrow, one of them to a box that is not there. */
export const SAMPLE_PICTURE: Picture = {
  boxes: [
    { id: 'change', kind: 'cause', lines: ['a "change"', 'of #1 & <more>'] },
    { id: 'hello', kind: 'ours', lines: ['hello'] },
    { id: 'redis', kind: 'server', lines: ['redis'] },
    { id: 'mysql', kind: 'store', lines: ['mysql'] },
    { id: 'mysql', kind: 'store', lines: ['mysql'] },
  ],
  arrows: [
    { from: 'change', to: 'hello', text: 'rebuilds' },
    { from: 'hello', to: 'redis', optional: true },
    { from: 'hello', to: 'mysql' },
    { from: 'hello', to: 'nobody' },
  ],
}
