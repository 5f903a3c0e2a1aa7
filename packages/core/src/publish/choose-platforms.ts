import type { Builder } from '../engine/buildx.js'
import { ask, type Engine } from '../engine/engine.js'

export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const

/** What is asked of each build, and a word on what the builder cannot do. */
export type Chosen = {
  options: { platforms?: readonly string[]; attest?: readonly string[] }
  notes: readonly string[]
}

/** @param wanted platforms that a person named; without, both that images are published for, as far as the builder can */
export async function choosePlatforms(
  engine: Engine,
  builder: Builder,
  wanted: readonly string[] | undefined,
): Promise<Chosen> {
  const images = builder.driver === 'docker' ? await readImageStore(engine) : 'containerd'
  return planPlatforms(builder, images, wanted)
}

/** Images of several platforms need the containerd image store (https://docs.docker.com/engine/storage/containerd/). */
async function readImageStore(engine: Engine): Promise<'containerd' | 'classic'> {
  const { DriverStatus } = await ask<{ DriverStatus?: [string, string][] }>(engine, { path: '/info' })
  return DriverStatus?.some(([, value]) => value.startsWith('io.containerd.snapshotter')) ? 'containerd' : 'classic'
}

/** Pure. */
export function planPlatforms(
  { name, driver, platforms }: Builder,
  store: 'containerd' | 'classic',
  wanted: readonly string[] | undefined,
): Chosen {
  if (store === 'classic') {
    const missed = (wanted ?? PLATFORMS).filter((platform) => platform !== platforms[0])
    return {
      options: {},
      notes: [
        `the builder ${name} (driver ${driver}) makes images of ${platforms[0] ?? 'its own platform'} only${missed.length > 0 ? `, not of ${missed.join(', ')}` : ''}, without provenance and SBOM. For those: docker buildx create --driver docker-container, then --builder`,
      ],
    }
  }
  const asked = wanted ?? PLATFORMS
  const able = asked.filter((platform) => platforms.includes(platform))
  const unable = asked.filter((platform) => !platforms.includes(platform))
  return {
    options: { platforms: able, attest: ['type=provenance,mode=max', 'type=sbom'] },
    notes:
      unable.length === 0
        ? []
        : [
            `the builder ${name} cannot make images of ${unable.join(', ')}: it has ${platforms.join(', ')}. For more, install QEMU’s emulation (docker run --privileged tonistiigi/binfmt --install all) or add a node to the builder`,
          ],
  }
}
