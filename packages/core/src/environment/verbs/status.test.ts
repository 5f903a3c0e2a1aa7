import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { engineRunning, listedContainer } from '../../../test/engine.js'
import {
  SAMPLE_PACKAGE,
  sampleContainer,
  sampleRecord,
  temporaryFolder,
  testEach,
  writeFiles,
} from '../../../test/samples.js'
import { readMountPoint } from '../../checkout/read-presence.js'
import type { Container } from '../../engine/containers.js'
import { COMPOSE_LABELS, LABELS } from '../../engine/labels.js'
import { readMounted } from '../data/folder-identity.js'
import { writeRecord } from '../data/record.js'
import { identify } from '../environment.js'
import { type State, stateOf } from './state-of.js'
import { readStatus, refineState } from './status.js'

const RECORD = { configs: { web: 'a', mysql: 'b' } }
const [WEB, MYSQL] = [sampleContainer('web', 'a'), sampleContainer('mysql', 'b')]

describe('the state of an environment', () => {
  testEach<{ state: State; when: string; containers: Container[] }>([
    { state: 'not created', when: 'it has no container', containers: [] },
    { state: 'running', when: 'all run and answer', containers: [WEB, MYSQL] },
    { state: 'running', when: 'nobody can ask one of them', containers: [WEB, { ...MYSQL, health: 'none' }] },
    { state: 'starting', when: 'one does not answer yet', containers: [WEB, { ...MYSQL, health: 'starting' }] },
    { state: 'unhealthy', when: 'one answers no more', containers: [{ ...WEB, health: 'unhealthy' }, MYSQL] },
    {
      state: 'unhealthy',
      when: 'one answers no more and another not yet',
      containers: [
        { ...WEB, health: 'starting' },
        { ...MYSQL, health: 'unhealthy' },
      ],
    },
    {
      state: 'partly running',
      when: 'one has ended',
      containers: [WEB, { ...MYSQL, state: 'exited', health: 'none' }],
    },
    { state: 'partly running', when: 'one was removed', containers: [WEB] },
    {
      state: 'stopped',
      when: 'all have ended',
      containers: [WEB, MYSQL].map((container) => ({ ...container, state: 'exited', health: 'none' })),
    },
    {
      state: 'stopped',
      when: 'they were only created',
      containers: [WEB, MYSQL].map((container) => ({ ...container, state: 'created', health: 'none' })),
    },
  ])('is $state when $when', ({ state, containers }) => {
    expect(stateOf(containers, RECORD)).toBe(state)
  })

  test('is told without a record as well', () => {
    expect(stateOf([WEB], undefined)).toBe('running')
  })
})

test.each([
  ['running', ['RUNNING', 'WAITING'], 'waiting'],
  ['unhealthy', ['WAITING'], 'waiting'],
  ['running', ['RUNNING', 'LEFT_OUT', 'DEBUGGED', 'EXITED'], 'running'],
  ['running', ['RUNNING', 'STOPPED'], 'partly running'],
  ['starting', ['FATAL', 'RUNNING'], 'partly running'],
  ['running', ['STOPPED', 'WAITING'], 'waiting'],
  ['stopped', [], 'stopped'],
  ['partly running', ['WAITING'], 'partly running'],
] as const)('a %s environment whose programs are %j is %s', (state, programs, expected) => {
  expect(
    refineState(
      state,
      programs.map((program) => ({ state: program })),
    ),
  ).toBe(expected)
})

test('a container that is removed while its status is read has no programs', async () => {
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  mkdirSync(environment.paths.home, { recursive: true })
  writeRecord(environment, sampleRecord())
  const listed = listedContainer(environment.project, { [COMPOSE_LABELS.service]: 'hello' })
  const engine = await engineRunning(
    () => [listed],
    () => 'gone',
  )
  const { containers } = await readStatus({ engine, environment })
  expect(containers).toMatchObject([{ service: 'hello', memoryBytes: undefined, programs: undefined }])
})

describe('a library that a service has installed', () => {
  /** A service that runs with a library, of which its container says this; and the status of each. */
  async function sample(said: object) {
    const root = writeFiles(temporaryFolder(), { 'ciao/setup.py': '', 'hello/Makefile': '' })
    const hello = identify(SAMPLE_PACKAGE, join(root, 'hello'), undefined)
    const ciao = { name: 'ciao', checkout: join(root, 'ciao') }
    mkdirSync(hello.paths.home, { recursive: true })
    writeRecord(hello, sampleRecord({ libraries: [ciao], mountPoint: readMountPoint(root) }))
    const labels = {
      [COMPOSE_LABELS.service]: 'hello',
      [LABELS.service]: 'hello',
      [LABELS.checkout]: hello.checkout,
      [LABELS.data]: hello.paths.dataDirectory,
      [LABELS.mounted]: readMounted(hello, [ciao]),
    }
    const listed = listedContainer(hello.project, labels)
    const engine = await engineRunning(
      () => [listed],
      (argv) => (argv.includes('--report') ? { lines: [JSON.stringify([said])] } : { lines: [] }),
    )
    const library = identify({ ...SAMPLE_PACKAGE, service: 'library' }, ciao.checkout, undefined)
    return {
      ciao: ciao.checkout,
      hello,
      statusOf: (environment = hello) => readStatus({ engine, environment }),
      library,
    }
  }
  const INSTALLED = { path: '/edx/libraries/ciao', broken: null, missing: [], install: null }

  test('is named with what keeps it from being installed', async () => {
    const { ciao, statusOf } = await sample({ ...INSTALLED, broken: 'setup.py:2: SyntaxError' })
    const { libraries, folders } = await statusOf()
    expect(libraries).toMatchObject([
      { checkout: ciao, presence: 'there', problems: [{ code: 'library-broken', detail: 'setup.py:2: SyntaxError' }] },
    ])
    expect(folders).toBe('as they are')
  })

  test('is named once it is gone', async () => {
    const { ciao, statusOf } = await sample(INSTALLED)
    rmSync(ciao, { recursive: true })
    const { libraries, folders } = await statusOf()
    expect(libraries).toMatchObject([{ checkout: ciao, presence: 'gone', problems: [] }])
    expect(folders).toBe('old')
  })

  test('knows of that service, also where it was never started with it', async () => {
    const { hello, library, statusOf } = await sample(INSTALLED)
    expect((await statusOf(library)).installedIn).toMatchObject([{ service: 'hello', checkout: hello.checkout }])
    expect((await statusOf(hello)).installedIn).toEqual([])
  })
})
