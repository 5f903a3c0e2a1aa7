import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  SAMPLE_PACKAGE,
  sampleRecord,
  sampleSettings,
  temporaryFolder,
  testEach,
  writeFiles,
} from '../../../test/samples.js'
import { LABELS } from '../../engine/labels.js'
import { HOST, startOf } from '../../process/process-mark.js'
import type { Settings } from '../../settings/settings.js'
import { readMounted } from '../data/folder-identity.js'
import { noteBegun, noteEnded, openStore } from '../data/ledger.js'
import { type StartRecord, stampsOf, writeRecord } from '../data/record.js'
import { identify } from '../environment.js'
import { type Extent, findRunning } from './find-running.js'

/** What the engine lists. */
type Listed = { service: string; state?: string; status?: string; config?: string; networks?: string[] }
const RUNNING: Listed[] = [
  { service: 'hello', config: 'a' },
  { service: 'mysql', config: 'b', status: 'Up 5 seconds (healthy)' },
]

/** Whether an environment that was started is found to run as it was started. */
async function found({
  containers = RUNNING,
  change = {},
  settings = {},
  extent = { all: true },
  strict = 'unchanged',
  meanwhile = () => {},
  startedWith,
}: {
  containers?: Listed[]
  change?: Partial<StartRecord>
  settings?: Partial<Settings>
  extent?: Extent
  strict?: 'unchanged' | 'running'
  meanwhile?: (root: string) => void
  /** The folder of the package that the last start was made from, if not this one. */
  startedWith?: string
} = {}): Promise<boolean> {
  const root = writeFiles(temporaryFolder(), { 'requirements.txt': 'django\n' })
  const environment = identify(SAMPLE_PACKAGE, root, undefined)
  const mounted = readMounted(environment, [])
  const socket = join(temporaryFolder(), 'engine.sock')
  const listed = containers.map(({ service, state = 'running', status = 'Up 5 seconds', config = '', networks }) => ({
    Id: `id-of-${service}`,
    Names: [`/${service}`],
    Image: service,
    ImageID: 'sha256:0',
    State: state,
    Status: status,
    Labels: { 'com.docker.compose.service': service, [LABELS.config]: config, [LABELS.mounted]: mounted },
    HostConfig: { NetworkMode: 'hello_default' },
    NetworkSettings: { Networks: Object.fromEntries((networks ?? ['hello_default']).map((name) => [name, {}])) },
  }))
  const server = createServer((_request, response) => response.end(JSON.stringify(listed)))
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => void server.close())

  mkdirSync(environment.paths.home, { recursive: true })
  openStore(environment, 'mysql-8.4', { server: 'mysql', version: '8.4' })
  noteBegun(environment.paths, ['mysql-8.4'], 'migrations-0')
  noteEnded(environment.paths, ['mysql-8.4'], 'migrations-0', { step: 'migrations', hash: 'm', files: [] })
  const { settings: remembered } = sampleRecord()
  const record = sampleRecord({
    settings: { ...remembered, programs: ['web', 'worker'] },
    configs: { hello: 'a', mysql: 'b' },
    steps: { migrations: { now: 'm', stores: ['mysql-8.4'] }, links: { now: 'l', stores: [] } },
    provisioned: { links: 'l' },
    released: { hello: { container: 'id-of-hello', programs: ['web', 'worker'] } },
    stamps: {
      inputs: stampsOf([join(root, 'requirements.txt')]),
      definition: stampsOf([join(startedWith ?? environment.package.directory, 'package.json')]),
      provision: {},
    },
    ...change,
  })
  writeRecord(environment, record)
  meanwhile(root)
  const engine = { endpoint: `unix://${socket}`, address: { socketPath: socket } }
  return (await findRunning({ engine, environment, settings: sampleSettings(settings) }, extent, strict)) !== undefined
}

describe('what runs is all that is wanted', () => {
  test('where everything runs as it was started', async () => {
    expect(await found()).toBe(true)
  })

  testEach<{ title: string; settings: Partial<Settings> }>([
    { title: 'the mirror', settings: { mirror: 'localhost:5000' } },
    { title: 'the registry', settings: { registry: 'ghcr.io/openedx' } },
    { title: 'published servers', settings: { publish: ['mysql'] } },
    { title: 'the same service left out', settings: { without: ['search'] } },
    { title: 'chosen programs', settings: { programs: ['web', 'worker'] } },
    { title: 'a variable', settings: { variables: { A: '1', C: 'unread' } } },
    { title: 'what is of no concern to it', settings: { network: 'offline', dataRoot: '/data' } },
  ])('where $title is set as it was', async ({ settings }) => {
    expect(await found({ settings })).toBe(true)
  })

  test('but not where a copy took the place of the checkout: the container still has the old one', async () => {
    const replace = (root: string) => {
      renameSync(root, `${root}-before`)
      onTestFinished(() => rmSync(`${root}-before`, { recursive: true }))
      cpSync(`${root}-before`, root, { recursive: true, preserveTimestamps: true })
    }
    expect(await found({ meanwhile: replace })).toBe(false)
    expect(await found({ meanwhile: replace, strict: 'running' })).toBe(true)
  })

  test('but not where somebody was interrupted while he stopped it: the engine goes on with that', async () => {
    expect(await found({ change: { stopping: true } })).toBe(false)
  })

  test('where another Open edX service is not healthy yet: that is waited for when it is told where it answers', async () => {
    const all = { container: 'id-of-shop', programs: ['web', 'worker'] }
    const given = {
      containers: [...RUNNING, { service: 'shop', config: 'c', status: 'Up (health: starting)' }],
      change: {
        ours: { hello: '/edx/app/hello', shop: '/src' },
        configs: { hello: 'a', mysql: 'b', shop: 'c' },
        released: { hello: { ...all, container: 'id-of-hello' }, shop: all },
      },
    }
    expect(await found(given)).toBe(true)
  })

  test('for a target that needs no server, whatever the others do', async () => {
    expect(await found({ containers: [{ service: 'hello', config: 'a' }], extent: { all: false, needs: [] } })).toBe(
      true,
    )
  })
})

describe('a start finds out more', () => {
  testEach<{ title: string; settings: Partial<Settings> }>([
    { title: 'another mirror', settings: { mirror: 'mirror.example.com' } },
    { title: 'another registry', settings: { registry: 'localhost:5000' } },
    { title: 'no registry', settings: { registry: '' } },
    { title: 'other published servers', settings: { publish: ['mysql', 'redis'] } },
    { title: 'another service left out', settings: { without: ['redis'] } },
    { title: 'nothing left out any more', settings: { without: [] } },
    { title: 'another choice of programs', settings: { programs: ['web'] } },
    { title: 'all programs again', settings: { programs: 'all' } },
    { title: 'another value of a variable', settings: { variables: { A: '2' } } },
    { title: 'a variable that was not set', settings: { variables: { B: '' } } },
  ])('where $title is set, but not under a command’s feet', async ({ settings }) => {
    expect(await found({ settings })).toBe(false)
    expect(await found({ settings, strict: 'running' })).toBe(true)
  })

  test('where the package is another copy, but not under a command’s feet', async () => {
    expect(await found({ startedWith: '/elsewhere/hello' })).toBe(false)
    expect(await found({ startedWith: '/elsewhere/hello', strict: 'running' })).toBe(true)
  })

  test('where a provisioning step has not passed as it is now, but not under a command’s feet', async () => {
    const migrations = { now: 'm', stores: ['mysql-8.4'] }
    const changes: Partial<StartRecord>[] = [
      { provisioned: {} },
      { provisioned: { links: 'before' } },
      { steps: { migrations: { ...migrations, now: 'changed' } } },
      { steps: { migrations: { ...migrations, stores: ['mysql-8.4', 'redis-7'] } } },
      { begun: { step: 'links', now: 'l', files: [], stores: [], container: 'id-of-hello', id: 'links-0' } },
    ]
    for (const change of changes) {
      expect(await found({ change })).toBe(false)
      expect(await found({ change, strict: 'running' })).toBe(true)
    }
  })

  testEach<{ title: string; given: Parameters<typeof found>[0] & object }>([
    { title: 'a service has two containers', given: { containers: [...RUNNING, ...RUNNING] } },
    { title: 'a container is missing', given: { containers: RUNNING.slice(0, 1) } },
    { title: 'the primary is missing', given: { containers: RUNNING.slice(1) } },
    {
      title: 'a container has stopped',
      given: { containers: [...RUNNING.slice(0, 1), { service: 'mysql', state: 'exited', config: 'b' }] },
    },
    {
      title: 'a server is not healthy yet',
      given: {
        containers: [...RUNNING.slice(0, 1), { service: 'mysql', status: 'Up (health: starting)', config: 'b' }],
      },
    },
    {
      title: 'somebody disconnected a container from its network',
      given: {
        containers: [
          ...RUNNING.slice(0, 1),
          { service: 'mysql', config: 'b', status: 'Up 5 seconds (healthy)', networks: [] },
        ],
      },
    },
    {
      title: 'a container is of another configuration',
      given: { containers: [{ service: 'hello', config: 'z' }, ...RUNNING.slice(1)] },
    },
    {
      title: 'programs of another Open edX service were never released',
      given: {
        containers: [...RUNNING, { service: 'shop', config: 'c' }],
        change: { ours: { hello: '/edx/app/hello', shop: '/src' }, configs: { hello: 'a', mysql: 'b', shop: 'c' } },
      },
    },
    { title: 'programs were never released', given: { change: { released: {} } } },
    {
      title: 'a server that a target needs is missing',
      given: { containers: RUNNING.slice(0, 1), extent: { all: false, needs: ['mysql'] } },
    },
  ])('where $title', async ({ given }) => {
    expect(await found({ ...given, strict: 'running' })).toBe(false)
  })

  test('where an input changed, but not under a command’s feet', async () => {
    const meanwhile = (root: string) => writeFileSync(join(root, 'requirements.txt'), 'django==5\n')
    expect(await found({ meanwhile })).toBe(false)
    expect(await found({ meanwhile, strict: 'running' })).toBe(true)
  })

  test('where somebody is at work who may be stopping it, but not under a command’s feet', async () => {
    const meanwhile = (root: string) => {
      const { home } = identify(SAMPLE_PACKAGE, root, undefined).paths
      const claim = { host: HOST, pid: process.pid, started: startOf(process.pid) ?? '' }
      writeFileSync(join(home, 'start.0123abcd.lock'), JSON.stringify(claim))
    }
    expect(await found({ meanwhile })).toBe(false)
    expect(await found({ meanwhile, strict: 'running' })).toBe(true)
  })

  test('where a choice of programs was interrupted, but not under a command’s feet', async () => {
    const change: Partial<StartRecord> = { released: { hello: { container: 'id-of-hello', programs: 'all' } } }
    expect(await found({ change })).toBe(false)
    expect(await found({ change, strict: 'running' })).toBe(true)
  })

  test('where nothing is recorded', async () => {
    const meanwhile = (root: string) => writeFileSync(identify(SAMPLE_PACKAGE, root, undefined).paths.record, '')
    expect(await found({ meanwhile })).toBe(false)
  })
})
