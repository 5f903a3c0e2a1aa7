import { describe, expect, test } from 'vitest'
import { SAMPLE_CHECKOUT, sampleDefinition, sampleEnvironment } from '../../../test/samples.js'
import { majorOf, storesOf } from './stores-of.js'

test.each([
  ['docker.io/library/mysql:8.4.9', 2, '8.4'],
  ['docker.io/library/mysql:8.4.9', 1, '8'],
  ['docker.io/library/mysql:8.4.9', 3, '8.4.9'],
  ['redis:7', 2, '7'],
  ['redis:7.4.5-alpine', 2, '7.4'],
  ['getmeili/meilisearch:v1.36.0', 2, '1.36'],
  ['localhost:5000/library/mongo:7.0.26', 2, '7.0'],
  [`docker.io/library/mysql:8.4.9@sha256:${'9'.repeat(64)}`, 2, '8.4'],
  ['mysql:lts', 2, 'lts'],
  ['localhost:5000/mysql', 2, 'unversioned'],
  ['mysql', 2, 'unversioned'],
])('majorOf(%s, %i) is %s', (image, parts, major) => {
  expect(majorOf(image, parts)).toBe(major)
})

test('the digits of a digest are no version', () => {
  expect(majorOf(`mysql@sha256:84${'a'.repeat(62)}`, 2)).not.toBe('84')
})

describe('storesOf', () => {
  const { stores } = sampleEnvironment().paths

  test('finds what lies below the folder of stores, and nothing else', () => {
    const volumes = [
      { type: 'bind', source: `${stores}/mysql`, target: '/var/lib/mysql' },
      { type: 'bind', source: `${stores}-of-others/mysql`, target: '/other' },
      { type: 'bind', source: `${SAMPLE_CHECKOUT}/my.cnf`, target: '/etc/my.cnf' },
      { type: 'volume', source: `${stores}/mysql`, target: '/volume' },
      { type: 'tmpfs', target: '/tmp' },
    ]
    expect(storesOf(sampleDefinition({}, { mysql: { volumes } }), stores)).toEqual([
      { service: 'mysql', name: 'mysql-8.4', target: '/var/lib/mysql', version: '8.4' },
    ])
  })

  test('counts one part of the version where the service says nothing', () => {
    const definition = sampleDefinition({}, { mysql: { labels: {} } })
    expect(storesOf(definition, stores).map(({ name }) => name)).toEqual(['mysql-8'])
  })

  test('keeps two stores of one service apart', () => {
    const volumes = [
      { type: 'bind', source: `${stores}/search/data`, target: '/data' },
      { type: 'bind', source: `${stores}/search/plugins`, target: '/plugins' },
    ]
    const names = storesOf(sampleDefinition({}, { mysql: { volumes } }), stores).map(({ name }) => name)
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).not.toContain('/')
  })
})
