import { mkdirSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { engineWith, listedContainer } from '../../../test/engine.js'
import { problemsOf, SAMPLE_PACKAGE, sampleRecord, temporaryFolder } from '../../../test/samples.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import { writeRecord } from '../data/record.js'
import { type Environment, identify } from '../environment.js'
import { findAddress } from './find-address.js'

let environment: Environment
beforeEach(() => {
  environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  mkdirSync(environment.paths.home, { recursive: true })
  recordWith('all')
})

function recordWith(programs: 'all' | string[]) {
  const addresses = [
    { service: 'hello', port: 8000, name: 'lms', program: 'lms' },
    { service: 'hello', port: 8001, name: undefined, program: 'cms' },
  ]
  writeRecord(environment, sampleRecord({ addresses, settings: { programs, variables: {}, filed: [] } }))
}

/** In an environment whose container is in that state, with these ports bound. */
async function find(name: string | undefined, state = 'running', ports = { 8000: 23000, 8001: 23001 }) {
  const container = listedContainer(environment.project, { [COMPOSE_LABELS.service]: 'hello' }, state)
  const Ports = Object.entries(ports).map(([port, PublicPort]) => ({ PrivatePort: Number(port), PublicPort }))
  const { engine } = await engineWith([{ ...container, Ports }])
  return await findAddress({ engine, environment }, name)
}

test('without a name it is the address of the environment, with one that of this name', async () => {
  expect(await find(undefined)).toBe('http://localhost:23000')
  expect(await find('lms')).toBe('http://localhost:23000')
  expect(await find('8001')).toBe('http://localhost:23001')
})

test('an environment that does not run has none, and nothing is started', async () => {
  const { service, project } = environment
  expect(await problemsOf(() => find(undefined, 'exited'))).toEqual([{ code: 'not-running', service, project }])
})

test('another name is refused with those that there are', async () => {
  const { service } = environment
  expect(await problemsOf(() => find('studio'))).toEqual([
    { code: 'address-unknown', service, name: 'studio', known: ['lms', '8001'] },
  ])
})

test('of a program that was left out it is refused with the choice; without a name it is one that answers', async () => {
  recordWith(['cms'])
  expect(await find(undefined)).toBe('http://localhost:23001')
  expect(await problemsOf(() => find('lms'))).toEqual([{ code: 'program-left-out', name: 'lms', running: ['cms'] }])
})
