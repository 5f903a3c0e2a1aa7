import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CORE_DIRECTORY } from '../src/definition/core-directory.js'
import type { ComposeService } from '../src/definition/definition.js'

const FOLDER = join(CORE_DIRECTORY, 'compose')
/** The container of an Open edX service has one of its own: openedx.yaml. */
const NAMES = readdirSync(FOLDER)
  .map((file) => file.replace(/\.yaml$/, ''))
  .filter((name) => name !== 'openedx')
/** As written: volumes in Compose's short form. */
type Written = Pick<ComposeService, 'expose' | 'labels' | 'healthcheck' | 'command' | 'environment'> & {
  volumes?: string[]
}

const read = (name: string): { [service: string]: Written } =>
  parse(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8')).services
const serviceOf = (name: string): Written => {
  const service = read(name)[name]
  if (service === undefined) throw new Error(`${name}.yaml has no service ${name}`)
  return service
}
/** Of a Compose duration: `200ms`, `1m30s`. */
const seconds = (duration: string): number =>
  [...duration.matchAll(/(\d+)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * { ms: 0.001, s: 1, m: 60, h: 3600 }[unit as 'ms'],
    0,
  )

test('that of an Open edX service asks nothing: a package that forgets its health check is told so', () => {
  expect(read('openedx').openedx?.healthcheck).not.toHaveProperty('test')
  expect(read('openedx').openedx?.healthcheck).toHaveProperty('start_period')
  expect(read('openedx').openedx?.healthcheck).not.toHaveProperty('interval')
})

test('there is a fragment for each third-party service that Open edX needs', () => {
  expect(NAMES.sort()).toEqual(
    expect.arrayContaining(['elasticsearch', 'meilisearch', 'memcached', 'mongo', 'mysql', 'redis']),
  )
})

describe.each(NAMES)('the fragment of %s', (name) => {
  test('holds one service, of its own name', () => {
    expect(Object.keys(read(name))).toEqual([name])
  })

  test('leaves image and version to the package', () => {
    expect(serviceOf(name)).not.toHaveProperty('image')
    expect(serviceOf(name)).not.toHaveProperty('build')
  })

  test('publishes no port, and says which one it has', () => {
    expect(serviceOf(name)).not.toHaveProperty('ports')
    expect(serviceOf(name).expose?.length).toBeGreaterThan(0)
    for (const port of serviceOf(name).expose ?? []) expect(port).toMatch(/^\d+$/)
  })

  test('is probed often while it starts, and given time; later as seldom as the engine does by itself', () => {
    const { test: probe, start_period, start_interval, interval } = serviceOf(name).healthcheck ?? {}
    expect(interval).toBeUndefined()
    expect(probe?.length).toBeGreaterThan(1)
    expect(seconds(start_interval ?? '')).toBeGreaterThan(0)
    expect(seconds(start_interval ?? '')).toBeLessThanOrEqual(1)
    expect(seconds(start_period ?? '')).toBeGreaterThanOrEqual(30)
  })

  test('keeps its data in the folder of stores only, and says which version that belongs to', () => {
    const { volumes = [], labels } = serviceOf(name)
    for (const volume of volumes) expect(volume).toMatch(new RegExp(`^\\$\\{DEVENV_STORES:-[^}]+\\}/${name}:/`))
    const parts = labels?.['org.openedx.devenv.store-version']
    if (volumes.length === 0) expect(parts).toBeUndefined()
    else expect(parts).toMatch(/^[123]$/)
  })

  test('takes nothing that others could have', () => {
    for (const key of ['container_name', 'network_mode', 'networks', 'logging', 'user', 'restart'])
      expect(serviceOf(name)).not.toHaveProperty(key)
  })
})

test('servers that log each request leave those of the health check out', () => {
  expect(serviceOf('mongo').command).toContain('--quiet')
  expect(serviceOf('meilisearch').environment).toMatchObject({ MEILI_LOG_LEVEL: 'WARN' })
})

test.each(['mysql', 'mongo', 'elasticsearch', 'redis', 'meilisearch'])('%s has a store', (name) => {
  expect(serviceOf(name).volumes).toHaveLength(1)
})
