import { mkdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { engineRunning, listedContainer } from '../../../test/engine.js'
import { SAMPLE_PACKAGE, sampleContainer, sampleRecord, temporaryFolder, testEach } from '../../../test/samples.js'
import type { Container } from '../../engine/containers.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import { writeRecord } from '../data/record.js'
import { identify } from '../environment.js'
import { type State, stateOf } from './state-of.js'
import { readStatus, withWaiting } from './status.js'

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
  ['running', ['RUNNING', 'LEFT_OUT'], 'running'],
  ['partly running', ['WAITING'], 'partly running'],
] as const)('a %s environment whose programs are %j is %s', (state, programs, expected) => {
  expect(
    withWaiting(
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
