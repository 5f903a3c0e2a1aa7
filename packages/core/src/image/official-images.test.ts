import { describe, expect, test } from 'vitest'
import { sampleEngine } from '../../test/engine.js'
import { sampleRegistry } from '../../test/registry.js'
import { LABELS } from '../engine/labels.js'
import type { ImageInputs } from './image-inputs.js'
import { takeBases, takeOfficial } from './official-images.js'
import type { ImageSources } from './read-plan.js'

const LOCKED = `sha256:${'1'.repeat(64)}`
const MYSQL = 'docker.io/library/mysql:8.4.9'
const STAND_IN = { [LABELS.standIn]: 'library/mysql:8.4.9' }
const SOURCES: ImageSources = {
  registry: undefined,
  mirror: undefined,
  locked: { [MYSQL]: LOCKED },
  published: {},
  network: 'online',
  access: { caBundle: undefined, proxies: {} },
}

/** How mysql is taken through a mirror that serves that, the engine having something or nothing of that name. */
async function through(
  served: { [label: string]: string } | undefined,
  { here, ...change }: Partial<ImageSources> & { here?: { [label: string]: string } } = {},
) {
  const registry = await sampleRegistry()
  if (served !== undefined) registry.push('library/mysql', '8.4.9', { labels: served })
  const reference = `${registry.host}/library/mysql:8.4.9`
  const { engine } = await sampleEngine(here === undefined ? [] : [{ tags: [reference], labels: here }])
  const taken = await takeOfficial(engine, reference, { ...SOURCES, mirror: registry.host, ...change })
  return { registry, reference, taken }
}

describe('an official image', () => {
  test('is taken by the digest that is locked, under the name that it was asked by', async () => {
    const { engine, asked } = await sampleEngine()
    for (const reference of [MYSQL, 'mysql:8.4.9', 'library/mysql:8.4.9'])
      expect(await takeOfficial(engine, reference, SOURCES)).toEqual({
        reference,
        taken: `${reference}@${LOCKED}`,
        standIn: false,
      })
    expect(asked).toEqual([])
  })

  test('is taken by its tag where nothing is locked for it', async () => {
    const { engine } = await sampleEngine()
    const reference = 'docker.io/library/mysql:8.0'
    expect(await takeOfficial(engine, reference, SOURCES)).toEqual({ reference, taken: reference, standIn: false })
  })

  test('that carries a digest keeps its own', async () => {
    const { engine } = await sampleEngine()
    const reference = `${MYSQL}@sha256:${'2'.repeat(64)}`
    expect((await takeOfficial(engine, reference, SOURCES)).taken).toBe(reference)
  })

  test('is taken from a mirror by the same digest', async () => {
    const { taken, reference } = await through({})
    expect(taken).toEqual({ reference, taken: `${reference}@${LOCKED}`, standIn: false })
  })
})

describe('a stand-in', () => {
  test('is taken by its tag: no lock knows it', async () => {
    const { taken, reference } = await through(STAND_IN)
    expect(taken).toEqual({ reference, taken: reference, standIn: true })
  })

  test('that is here is known without asking anybody', async () => {
    const { taken, registry } = await through(undefined, { here: STAND_IN })
    expect(taken.standIn).toBe(true)
    expect(registry.asked).toEqual([])
  })

  test('is not what is here under that name without saying that it is one', async () => {
    const { taken, registry } = await through(STAND_IN, { here: {} })
    expect(taken.standIn).toBe(false)
    expect(registry.asked).toEqual([])
  })

  test('is not looked for offline', async () => {
    const { taken, registry } = await through(STAND_IN, { network: 'offline' })
    expect(taken.standIn).toBe(false)
    expect(registry.asked).toEqual([])
  })

  test('is not what a mirror does not have, nor what it will not give: who needs it is told', async () => {
    expect((await through(undefined)).taken.standIn).toBe(false)
    const { registry, reference } = await through({})
    registry.intercept(() => 403)
    const { engine } = await sampleEngine()
    expect(await takeOfficial(engine, reference, { ...SOURCES, mirror: registry.host })).toMatchObject({
      standIn: false,
    })
  })
})

test('of the bases of a build those are pinned that are locked, and stand-ins are named', async () => {
  const registry = await sampleRegistry()
  registry.push('library/mysql', '8.4.9')
  registry.push('library/debian', '12', { labels: STAND_IN })
  registry.push('library/node', '20')
  const { engine } = await sampleEngine()
  const inputs: ImageInputs = {
    spec: {
      name: 'hello',
      dockerfile: '/Dockerfile',
      target: undefined,
      args: { DEVENV_MIRROR: registry.host },
      contexts: {},
    },
    dockerfile: ['mysql:8.4.9', 'debian:12', 'node:20']
      .map((name) => `ARG DEVENV_MIRROR\nFROM \${DEVENV_MIRROR}/library/${name}\n`)
      .join(''),
    files: [],
    bases: {},
  }
  const locked = { [MYSQL]: LOCKED, 'docker.io/library/debian:12': LOCKED }
  const { pins, standIns } = await takeBases(engine, inputs, { ...SOURCES, mirror: registry.host, locked })
  const mysql = `${registry.host}/library/mysql:8.4.9`
  expect(pins).toEqual(new Map([[mysql, `${mysql}@${LOCKED}`]]))
  expect(standIns).toEqual([`${registry.host}/library/debian:12`])
})
