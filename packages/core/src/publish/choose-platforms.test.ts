import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder, testEach } from '../../test/samples.js'
import type { Builder } from '../engine/buildx.js'
import { choosePlatforms, planPlatforms } from './choose-platforms.js'

const BOTH: Builder = {
  name: 'farm',
  driver: 'docker-container',
  platforms: ['linux/amd64', 'linux/386', 'linux/arm64'],
}
const ONE: Builder = { name: 'default', driver: 'docker', platforms: ['linux/amd64', 'linux/386'] }
const ATTESTED = ['type=provenance,mode=max', 'type=sbom']

describe('a builder with the image store of containerd', () => {
  testEach<{ title: string; builder: Builder; wanted?: string[]; platforms: string[]; lacks: string[] }>([
    { title: 'both where it can', builder: BOTH, platforms: ['linux/amd64', 'linux/arm64'], lacks: [] },
    { title: 'the one that it can', builder: ONE, platforms: ['linux/amd64'], lacks: ['linux/arm64'] },
    { title: 'what was named', builder: BOTH, wanted: ['linux/arm64'], platforms: ['linux/arm64'], lacks: [] },
    {
      title: 'what was named, in that order, as far as it can',
      builder: BOTH,
      wanted: ['linux/arm64', 'linux/s390x', 'linux/amd64'],
      platforms: ['linux/arm64', 'linux/amd64'],
      lacks: ['linux/s390x'],
    },
  ])('builds for $title, with provenance and SBOM', ({ builder, wanted, platforms, lacks }) => {
    const { options, notes } = planPlatforms(builder, 'containerd', wanted)
    expect(options).toEqual({ platforms, attest: ATTESTED })
    expect(notes).toHaveLength(lacks.length > 0 ? 1 : 0)
    for (const platform of lacks) expect(notes[0]).toContain(`of ${platform}: it has ${builder.platforms.join(', ')}`)
  })
})

describe('a builder with the classic image store', () => {
  test('builds for its own platform; what it cannot, and what can, is said', () => {
    const { options, notes } = planPlatforms(ONE, 'classic', undefined)
    expect(options).toEqual({})
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(
      /default \(driver docker\).* linux\/amd64 only, not of linux\/arm64,.*docker buildx create/,
    )
  })

  test('is not said to lack what was not asked of it', () => {
    const { options, notes } = planPlatforms(ONE, 'classic', ['linux/amd64'])
    expect(options).toEqual({})
    expect(notes[0]).not.toContain(', not of')
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
    return { engine: { endpoint: `unix://${socket}`, socket }, asked }
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
    const { options } = await choosePlatforms(engine, builder, undefined)
    expect(asked).toEqual(['/info'])
    expect('platforms' in options).toBe(several)
  })

  test('is nobody’s for another builder: the engine is not asked', async () => {
    const { engine, asked } = await engineWith([['Backing Filesystem', 'extfs']])
    expect((await choosePlatforms(engine, BOTH, undefined)).options.platforms).toHaveLength(2)
    expect(asked).toEqual([])
  })
})
