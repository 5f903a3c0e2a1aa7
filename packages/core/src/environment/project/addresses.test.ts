import { describe, expect, test } from 'vitest'
import { problemsOf, sampleDefinition } from '../../../test/samples.js'
import { addressesOf } from '../../definition/definition.js'
import { placesOf, requirePublishable, urlsOf, wantedPorts } from './addresses.js'

describe('wantedPorts', () => {
  test('are those of the primary, and none of a server that nobody asked for', () => {
    expect(wantedPorts(sampleDefinition(), [])).toEqual([{ service: 'hello', target: 8000, fixed: undefined }])
  })

  test('are in the order of the definition', () => {
    const definition = sampleDefinition({}, { hello: { ports: [{ target: 18000 }, { target: 8000 }] } })
    expect(wantedPorts(definition, []).map(({ target }) => target)).toEqual([18000, 8000])
  })

  test('are also those that a server exposes when it was asked for', () => {
    expect(wantedPorts(sampleDefinition(), ['memcached'])).toContainEqual({
      service: 'memcached',
      target: 11211,
      fixed: undefined,
    })
    expect(wantedPorts(sampleDefinition(), ['memcached']).some(({ service }) => service === 'mysql')).toBe(false)
  })

  test('are fixed where the definition fixes them', () => {
    const definition = sampleDefinition({}, { hello: { ports: [{ target: 8000, published: '18000' }] } })
    expect(wantedPorts(definition, [])).toEqual([{ service: 'hello', target: 8000, fixed: 18000 }])
  })

  test('are asked for once where a checkout fixes what its package leaves open', () => {
    const ports = [
      { target: 8000, name: 'shop' },
      { target: 8000, published: '18000' },
    ]
    const definition = sampleDefinition({}, { hello: { ports } })
    expect(wantedPorts(definition, [])).toEqual([{ service: 'hello', target: 8000, fixed: 18000 }])
    expect(addressesOf(definition)).toEqual([{ service: 'hello', port: 8000, name: 'shop' }])
  })

  test('are not asked for twice when a server both publishes and was asked for', () => {
    const definition = sampleDefinition({}, { mysql: { ports: [{ target: 3306 }] } })
    expect(wantedPorts(definition, ['mysql']).filter(({ service }) => service === 'mysql')).toHaveLength(1)
  })
})

test('an address is that of the program that its health check asks there', () => {
  const ports = [{ target: 18000, name: 'lms' }, { target: 18010 }, { target: 9000 }]
  const lms = 'lms=http://localhost:18000/heartbeat'
  const test = ['CMD', '/opt/devenv/bin/answers', lms, 'cms=http://127.0.0.1:18010/', 'other=http://other:9000/']
  const definition = sampleDefinition({}, { hello: { ports, healthcheck: { test } } })
  expect(addressesOf(definition)).toEqual([
    { service: 'hello', port: 18000, name: 'lms', program: 'lms' },
    { service: 'hello', port: 18010, name: undefined, program: 'cms' },
    { service: 'hello', port: 9000, name: undefined },
  ])
})

describe('the places where an environment answers', () => {
  const addresses = [
    { service: 'hello', port: 18000, name: 'shop' },
    { service: 'hello', port: 8000, name: undefined },
  ]

  test('are in the order of the definition, not of their numbers', () => {
    expect(placesOf(addresses, { hello: { 8000: 23001, 18000: 23000 } })).toEqual([
      { name: 'shop', port: 18000, url: 'http://localhost:23000' },
      { name: '8000', port: 8000, url: 'http://localhost:23001' },
    ])
  })

  test('are those whose ports are bound', () => {
    expect(placesOf(addresses, { hello: { 8000: 23001 } }).map(({ name }) => name)).toEqual(['8000'])
    expect(placesOf(addresses, {})).toEqual([])
  })

  test('are those of programs that run, as far as it is known whose they are', () => {
    const [shop, other] = addresses
    const known = [{ ...shop, program: 'web' }, other] as typeof addresses
    const ports = { hello: { 8000: 23001, 18000: 23000 } }
    const among = (programs: 'all' | string[]) => placesOf(known, ports, programs).map(({ port }) => port)
    expect([among('all'), among(['web']), among(['worker'])]).toEqual([[18000, 8000], [18000, 8000], [8000]])
  })
})

describe('urlsOf', () => {
  test('gives each port its address', () => {
    expect(urlsOf({ 8000: 23000, 8001: 23001 })).toEqual({
      DEVENV_URL: 'http://localhost:23000',
      DEVENV_URL_8000: 'http://localhost:23000',
      DEVENV_URL_8001: 'http://localhost:23001',
    })
  })

  test.each([undefined, {}])('gives none where nothing is published (%j)', (ports) => {
    expect(urlsOf(ports)).toEqual({})
  })
})

test('only third-party services with a port can be published', async () => {
  const definition = sampleDefinition()
  const known = ['mysql', 'memcached']
  requirePublishable(definition, [])
  requirePublishable(definition, ['mysql', 'memcached'])
  expect(await problemsOf(() => requirePublishable(definition, ['mysql', 'hello', 'nobody']))).toEqual([
    { code: 'publish-unknown', names: ['hello', 'nobody'], known },
  ])
})
