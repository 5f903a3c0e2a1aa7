import { describe, expect, test } from 'vitest'
import { problemsOf, sampleDefinition } from '../../../test/samples.js'
import type { Definition } from '../../definition/definition.js'
import { addressesBeside, type Neighbour, sharedNetwork, tell, withNeighbours } from './neighbours.js'

const LMS: Neighbour = {
  service: 'edx-platform',
  checkout: '/home/dev/edx-platform',
  project: 'devenv-edx-platform-1',
  ports: { 18000: 23100, 18010: 23101 },
  address: 18000,
  secret: 'abc',
  asks: [],
}
const OWN = { hello: { 8000: 23000 } }
const definition = (change: Partial<Definition> = {}): Definition => ({ ...sampleDefinition(), ...change })
const withText = (text: string): Definition => sampleDefinitionWith({ TEXT: text })
const sampleDefinitionWith = (environment: Record<string, string>): Definition =>
  sampleDefinition({}, { hello: { environment } })
const textOf = ({ project }: Definition) => project.services.hello?.environment?.TEXT

test('two environments share one network, whichever side it is asked from', () => {
  expect(sharedNetwork('a', 'b')).toBe(sharedNetwork('b', 'a'))
  expect(sharedNetwork('a', 'b')).not.toBe(sharedNetwork('a', 'c'))
})

test('a container is told where the others answer browsers, and where servers; secrets only where somebody writes so', () => {
  expect(addressesBeside([LMS])).toEqual({
    DEVENV_EDX_PLATFORM_URL: 'http://localhost:23100',
    DEVENV_EDX_PLATFORM_URL_18000: 'http://localhost:23100',
    DEVENV_EDX_PLATFORM_URL_18010: 'http://localhost:23101',
    DEVENV_EDX_PLATFORM_SERVER: 'http://edx-platform:18000',
    DEVENV_EDX_PLATFORM_SERVER_18000: 'http://edx-platform:18000',
    DEVENV_EDX_PLATFORM_SERVER_18010: 'http://edx-platform:18010',
  })
})

test('of one that is made of several parts a container is told which', () => {
  const frontends = {
    ...LMS,
    service: 'frontends',
    ports: { 8080: 23200 },
    address: 8080,
    parts: ['authn', 'learning'],
  }
  expect(addressesBeside([frontends])).toMatchObject({
    DEVENV_FRONTENDS_URL: 'http://localhost:23200',
    DEVENV_FRONTENDS_PARTS: 'authn learning',
  })
  // A Compose file may name it: a step with it runs again when there is one more.
  expect(textOf(tell(withText('{DEVENV_FRONTENDS_PARTS}'), OWN, [frontends]))).toBe('authn learning')
})

describe('what was left open while ports were not known', () => {
  test('is filled in', () => {
    const text =
      '{DEVENV_URL}/a {DEVENV_EDX_PLATFORM_URL_18010} {DEVENV_EDX_PLATFORM_SERVER} {DEVENV_EDX_PLATFORM_SECRET}'
    expect(textOf(tell(withText(text), OWN, [LMS]))).toBe(
      'http://localhost:23000/a http://localhost:23101 http://edx-platform:18000 abc',
    )
  })

  test('is only what has such a name', () => {
    const text = '{DEVENV_CHECKOUT} {"a": {}} {URL}'
    expect(textOf(tell(withText(text), OWN, [LMS]))).toBe(text)
  })

  test('is refused where nobody sets it', async () => {
    const place = { file: '/package/compose.with.edx-platform.yaml', line: 3 }
    const wrong = {
      ...withText('{DEVENV_EDX_PLATFORM_URL_1}{DEVENV_DISCOVERY_URL}'),
      toldLater: { DEVENV_EDX_PLATFORM_URL_1: place },
    }
    const known = expect.arrayContaining(['DEVENV_URL', 'DEVENV_EDX_PLATFORM_URL'])
    expect(await problemsOf(() => tell(wrong, OWN, [LMS]))).toMatchObject([
      { code: 'neighbour-variable-unknown', name: 'DEVENV_DISCOVERY_URL', place: undefined, known },
      { code: 'neighbour-variable-unknown', name: 'DEVENV_EDX_PLATFORM_URL_1', place, known },
    ])
  })
})

describe('what another environment asks for', () => {
  const asking = { ...LMS, asks: [{ name: 'clients', target: 'oauth', variables: { NAME: 'a b', URL: 'http://x' } }] }

  test('is a last step, of a target that the package supplies, and of no use at another address', () => {
    const targets = { oauth: { needs: [], environment: {}, because: 'it is asked for' } }
    const step = {
      name: 'migrations',
      service: 'hello',
      run: ['migrate'] as const,
      when: { files: [], installed: [], libraries: [], stores: ['mysql'], image: false, address: false },
    }
    const { provision } = withNeighbours(definition({ targets, provision: [step] }), OWN, [asking])
    expect(provision).toMatchObject([
      { name: 'migrations' },
      {
        name: 'clients (for edx-platform)',
        service: 'hello',
        run: ['make', '-f', '/etc/devenv/targets.mk', 'oauth', 'NAME=a b', 'URL=http://x'],
        when: { address: true },
      },
    ])
  })

  test.each([{}, { oauth: { needs: [], environment: {} } }])(
    'is refused where the package does not supply it (%j)',
    async (targets) => {
      const place = { file: '/packages/edx-platform/compose.with.hello.yaml', line: 4 }
      const placed = { ...asking, asks: asking.asks.map((ask) => ({ ...ask, place })) }
      expect(await problemsOf(() => withNeighbours(definition({ targets }), OWN, [placed]))).toEqual([
        { code: 'ask-unknown', place, service: 'hello', by: 'edx-platform', target: 'oauth', known: [] },
      ])
    },
  )
})
