import { findImage } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { type RegistryAccess, repositoryOf } from '../engine/registry/repository.js'
import { askRegistry } from './known-images.js'
import {
  type ImagePlan,
  type KnownImage,
  planImage,
  type RegistryAnswer,
  referenceOf,
  type WantedImage,
} from './plan-image.js'

/**
 * Where images are looked for. `registry` is a host and maybe a path; `undefined`: none is set. `locked`: digests of
 * official images, by full name.
 */
export type ImageSources = {
  registry: string | undefined
  mirror: string | undefined
  locked: Readonly<Record<string, string>>
  /** Images of ours that are taken as they were published, by reference: `sha256:…`. */
  published: Readonly<Record<string, string>>
  network: 'online' | 'offline'
  access: RegistryAccess
}

/**
 * The plan for one image, from what the engine holds and, only if that does not serve, what the registry says.
 * @param known the engine's images of this name
 */
export async function readImagePlan(
  engine: Engine,
  known: readonly KnownImage[],
  wanted: WantedImage,
  { registry, mirror, published, network, access }: ImageSources,
): Promise<ImagePlan> {
  const pinned = published[referenceOf(wanted)]
  if (pinned !== undefined) {
    const reference = `${wanted.name}@${pinned}`
    const here = (await findImage(engine, reference)) !== undefined
    return { do: here ? 'use' : 'pull', reference, digest: wanted.digest, because: 'DEVENV_DIGESTS names it' }
  }
  const unasked = (because: string): RegistryAnswer => ({ kind: 'not-asked', because })
  const plan = planImage(wanted, known, unasked('the engine has it'), mirror)
  if (plan.do !== 'build' || registry === undefined || network === 'offline') return plan
  const answer = await askRegistry(wanted.name, repositoryOf(wanted.name, access), wanted.digest)
  return planImage(wanted, known, answer, mirror)
}
