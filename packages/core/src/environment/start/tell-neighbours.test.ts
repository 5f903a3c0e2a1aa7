import { expect, test } from 'vitest'
import { sampleDefinition, sampleEnvironment, sampleSettings, testEach } from '../../../test/samples.js'
import type { Context } from '../context.js'
import { isToldOf, type Placed, startOrder } from './tell-neighbours.js'

/** `asks`: of which services. */
const placed = (service: string, ...asks: readonly string[]): Placed => ({
  context: {
    environment: { ...sampleEnvironment(), service, checkout: `/home/dev/${service}` },
    settings: sampleSettings(),
  } as Context,
  variant: undefined,
  with: [],
  libraries: [],
  accepts: undefined,
  library: undefined,
  definition: {
    ...sampleDefinition(),
    asks: asks.map((of) => ({ of, name: 'a', target: 'a', variables: {}, place: { file: 'a' } })),
  },
  ports: {},
})

testEach([
  { title: 'this environment is the last', all: [placed('a'), placed('b')], own: 'a', order: ['b', 'a'] },
  { title: 'who is asked is before who asks', all: [placed('a', 'b'), placed('b')], own: 'b', order: ['b', 'a'] },
  {
    title: 'a row of them is gone along',
    all: [placed('a', 'b'), placed('b', 'c'), placed('c')],
    own: 'c',
    order: ['c', 'b', 'a'],
  },
  { title: 'a circle has an end', all: [placed('a', 'b'), placed('b', 'a')], own: 'b', order: ['a', 'b'] },
  {
    title: 'who asks somebody absent waits for nobody',
    all: [placed('a', 'x'), placed('b')],
    own: 'b',
    order: ['a', 'b'],
  },
])('the order in which services are started: $title', ({ all, own, order }) => {
  expect(startOrder(all, `/home/dev/${own}`).map(({ context }) => context.environment.service)).toEqual(order)
})

test('a library runs in a service that it was named for, and neither is told of the other', () => {
  const service = { ...placed('a'), with: ['/home/dev/b'] }
  const other = { ...placed('b'), with: ['/home/dev/a'] }
  expect([isToldOf(service, other), isToldOf(other, service)]).toEqual([true, true])
  const library = { ...other, library: 'python' as const }
  expect([isToldOf(service, library), isToldOf(library, service)]).toEqual([false, false])
})
