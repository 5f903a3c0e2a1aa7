import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { problemsOf, temporaryFolder, testEach } from '../../test/samples.js'
import type { Builder } from '../engine/buildx.js'
import { choosePlatforms, planPlatforms } from './choose-platforms.js'

const BOTH: Builder = {
  name: 'farm',
  driver: 'docker-container',
  platforms: ['linux/amd64', 'linux/386', 'linux/arm64'],
}
const ONE: Builder = { name: 'default', driver: 'docker', platforms: ['linux/amd64', 'linux/386'] }

describe('a builder with the image store of containerd', () => {
  testEach<{ title: string; builder: Builder; wanted?: string[]; platforms: string[]; lacks: string[] }>([
    { title: 'both where it can', builder: BOTH, platforms: ['linux/amd64', 'linux/arm64'], lacks: [] },
    { title: 'the one that it can', builder: ONE, platforms: ['linux/amd64'], lacks: ['linux/arm64'] },
    { title: 'what was named', builder: BOTH, wanted: ['linux/arm64'], platforms: ['linux/arm64'], lacks: [] },
    {
      title: 'what was named, in that order',
      builder: BOTH,
      wanted: ['linux/arm64', 'linux/amd64'],
      platforms: ['linux/arm64', 'linux/amd64'],
      lacks: [],
    },
  ])('builds for $title', ({ builder, wanted, platforms, lacks }) => {
    const { platforms: chosen, notes } = planPlatforms(builder, 'containerd', wanted)
    expect(chosen).toEqual(platforms)
    expect(notes).toHaveLength(lacks.length > 0 ? 1 : 0)
    for (const platform of lacks)
      expect(notes[0]).toContain(`for ${platform}: it supports ${builder.platforms.join(', ')}`)
  })
})

describe('a builder with the classic image store', () => {
  test('builds for its own platform; a note names the others, and a builder for them', () => {
    const { platforms, notes } = planPlatforms(ONE, 'classic', undefined)
    expect(platforms).toBeUndefined()
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(
      /default \(driver docker\).* only for linux\/amd64, not for linux\/arm64,.*docker buildx create/,
    )
  })

  test('is not said to lack what was not asked of it', () => {
    const { platforms, notes } = planPlatforms(ONE, 'classic', ['linux/amd64'])
    expect(platforms).toBeUndefined()
    expect(notes[0]).not.toContain(', not of')
  })
})

describe('nothing is published for other platforms than those that were named', () => {
  testEach<{ title: string; builder: Builder; store: 'containerd' | 'classic'; wanted?: string[]; lacks: string[] }>([
    {
      title: 'one that it cannot',
      builder: BOTH,
      store: 'containerd',
      wanted: ['linux/s390x'],
      lacks: ['linux/s390x'],
    },
    {
      title: 'one of several',
      builder: ONE,
      store: 'containerd',
      wanted: ['linux/amd64', 'linux/arm64'],
      lacks: ['linux/arm64'],
    },
    { title: 'another than its own', builder: ONE, store: 'classic', wanted: ['linux/386'], lacks: ['linux/386'] },
    {
      title: 'neither, where none was named',
      builder: { ...ONE, platforms: ['linux/riscv64'] },
      store: 'containerd',
      lacks: ['linux/amd64', 'linux/arm64'],
    },
  ])('with the $store image store, asked for $title: refused', async ({ builder, store, wanted, lacks }) => {
    expect(await problemsOf(() => planPlatforms(builder, store, wanted))).toEqual([
      {
        code: 'platform-unavailable',
        builder: builder.name,
        driver: builder.driver,
        platforms: lacks,
        has: store === 'classic' ? ['linux/amd64'] : builder.platforms,
      },
    ])
  })
})

describe('the image store that counts', () => {
  /** An engine whose store is that. */
  async function engineWith(DriverStatus: [string, string][] | undefined) {
    const socket = join(temporaryFolder(), 'engine.sock')
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end(JSON.stringify({ DriverStatus }))
    })
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    onTestFinished(() => void server.close())
    return { engine: { endpoint: `unix://${socket}`, address: { socketPath: socket } }, asked }
  }

  testEach<{ title: string; status: [string, string][] | undefined; builder: Builder; several: boolean }>([
    {
      title: 'containerd’s',
      status: [['driver-type', 'io.containerd.snapshotter.v1']],
      builder: ONE,
      several: true,
    },
    { title: 'the classic one', status: [['Backing Filesystem', 'extfs']], builder: ONE, several: false },
    { title: 'an unknown one', status: undefined, builder: ONE, several: false },
  ])('is that of the engine for its own builder: $title', async ({ status, builder, several }) => {
    const { engine, asked } = await engineWith(status)
    const { platforms } = await choosePlatforms(engine, builder, undefined)
    expect(asked).toEqual(['/info'])
    expect(platforms !== undefined).toBe(several)
  })

  test('is nobody’s for another builder: the engine is not asked', async () => {
    const { engine, asked } = await engineWith([['Backing Filesystem', 'extfs']])
    expect((await choosePlatforms(engine, BOTH, undefined)).platforms).toHaveLength(2)
    expect(asked).toEqual([])
  })
})
