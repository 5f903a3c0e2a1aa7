import { expect, test } from 'vitest'
import { sampleDefinition } from '../../../test/samples.js'
import { graphOf } from './graph.js'
import type { Status } from './status.js'

const depends_on = {
  mysql: { condition: 'service_healthy' },
  memcached: { condition: 'service_healthy', required: false },
}
const DEFINITION = sampleDefinition(
  {},
  {
    hello: { depends_on, ports: [{ target: 8000, name: 'lms' }] },
    mysql: { image: 'localhost:5000/library/mysql:8.4.9' },
  },
)

test('of an environment that does not run its definition tells', () => {
  expect(graphOf(DEFINITION, ['web', 'worker'], { containers: [], beside: [] }, {}, 'localhost:5000')).toEqual({
    service: 'hello',
    beside: { of: 'hello', environments: [] },
    services: [
      {
        service: 'hello',
        kind: 'ours',
        image: 'devenv/hello',
        keepsData: false,
        programs: [{ name: 'web' }, { name: 'worker' }],
        ports: [{ port: 8000, name: 'lms' }],
        needs: [
          { service: 'mysql', required: true },
          { service: 'memcached', required: false },
        ],
      },
      {
        service: 'mysql',
        kind: 'server',
        image: 'docker.io/library/mysql:8.4.9',
        keepsData: true,
        programs: [],
        ports: [],
        needs: [],
      },
      {
        service: 'memcached',
        kind: 'server',
        image: 'docker.io/library/memcached:1.6.38',
        keepsData: false,
        programs: [],
        ports: [],
        needs: [],
      },
    ],
  })
})

test('of one that runs its containers tell: programs, memory, and ports on this machine', () => {
  const program = { name: 'web', state: 'RUNNING', memoryBytes: 50 }
  const container = { service: 'hello', memoryBytes: 100, programs: [program] } as Status['containers'][number]
  const { services } = graphOf(
    DEFINITION,
    ['web', 'worker'],
    { containers: [container], beside: [] },
    { hello: { 8000: 23000 } },
    undefined,
  )
  expect(services[0]).toMatchObject({
    memoryBytes: 100,
    programs: [{ name: 'web', memoryBytes: 50 }],
    ports: [{ port: 8000, name: 'lms', published: 23000 }],
  })
})
