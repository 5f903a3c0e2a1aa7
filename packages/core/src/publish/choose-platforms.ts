import type { Builder } from '../engine/buildx.js'
import { ask, type Engine } from '../engine/engine.js'
import { DevenvError } from '../problem/problem.js'

export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const

/**
 * What each build is for, and a word on what the builder cannot do. `undefined`: its own platform, and nothing can be
 * attached to the image.
 */
export type ChosenPlatforms = { platforms: readonly string[] | undefined; notes: readonly string[] }

/**
 * @param wanted platforms that a person named; without, both that images are published for, as far as the builder can
 * @throws DevenvError `platform-unavailable`
 */
export async function choosePlatforms(
  engine: Engine,
  builder: Builder,
  wanted: readonly string[] | undefined,
): Promise<ChosenPlatforms> {
  const images = builder.driver === 'docker' ? await readImageStore(engine) : 'containerd'
  return planPlatforms(builder, images, wanted)
}

/** Images of several platforms need the containerd image store (https://docs.docker.com/engine/storage/containerd/). */
async function readImageStore(engine: Engine): Promise<'containerd' | 'classic'> {
  const { DriverStatus } = await ask<{ DriverStatus?: [string, string][] }>(engine, { path: '/info' })
  return DriverStatus?.some(([, value]) => value.startsWith('io.containerd.snapshotter')) ? 'containerd' : 'classic'
}

/** Pure. What was named is built, all of it, or nothing is: what is published by its inputs is not looked at again. */
export function planPlatforms(
  { name, driver, platforms }: Builder,
  store: 'containerd' | 'classic',
  wanted: readonly string[] | undefined,
): ChosenPlatforms {
  const has = store === 'classic' ? platforms.slice(0, 1) : platforms
  const able = (wanted ?? PLATFORMS).filter((platform) => has.includes(platform))
  const unable = (wanted ?? PLATFORMS).filter((platform) => !has.includes(platform))
  if (unable.length > 0 && (wanted !== undefined || (store !== 'classic' && able.length === 0)))
    throw new DevenvError({ code: 'platform-unavailable', builder: name, driver, platforms: unable, has })
  if (store === 'classic') {
    return {
      platforms: undefined,
      notes: [
        `the builder ${name} (driver ${driver}) makes images only for ${has[0] ?? 'its own platform'}${unable.length > 0 ? `, not for ${unable.join(', ')}` : ''}, and attaches no provenance and no SBOM. For these: docker buildx create --driver docker-container, then --builder`,
      ],
    }
  }
  return {
    platforms: able,
    notes:
      unable.length === 0
        ? []
        : [
            `the builder ${name} cannot make images for ${unable.join(', ')}: it supports ${platforms.join(', ')}. For more platforms, install QEMU’s emulation (docker run --privileged tonistiigi/binfmt --install all) or add a node to the builder`,
          ],
  }
}
