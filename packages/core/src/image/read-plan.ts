import { enginePlatform, findImage, platformOf } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { findPublishedImage } from '../engine/registry/registry.js'
import { type RegistryAccess, repositoryOf } from '../engine/registry/repository.js'
import { DevenvError } from '../problem/problem.js'
import { tagOf } from './image-inputs.js'
import { askRegistry, describePublished } from './known-images.js'
import {
  type ImagePlan,
  isFor,
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
 * @throws DevenvError `digest-unfit`
 */
export async function readImagePlan(
  engine: Engine,
  known: readonly KnownImage[],
  wanted: WantedImage,
  sources: ImageSources,
): Promise<ImagePlan> {
  const { registry, mirror, published, network, access } = sources
  const platform = await enginePlatform(engine)
  const pinned = published[referenceOf(wanted)]
  if (pinned !== undefined) return await readPinnedPlan(engine, wanted, pinned, platform, sources)
  const here = await Promise.all(
    known.map(async (image): Promise<KnownImage> => {
      // Only one that may be used is worth another question.
      const found = image.digest === wanted.digest ? await findImage(engine, image.reference) : undefined
      return found === undefined ? image : { ...image, platforms: [platformOf(found)] }
    }),
  )
  const unnamed = Object.keys(published).length > 0
  const planFor = (answer: RegistryAnswer): ImagePlan => {
    const plan = planImage(wanted, here, answer, mirror, platform)
    return unnamed ? { ...plan, because: `${plan.because}; DEVENV_DIGESTS does not name it` } : plan
  }
  const plan = planFor({ kind: 'not-asked', because: 'the engine has it' })
  if (plan.do !== 'build' || registry === undefined || network === 'offline') return plan
  return planFor(await askRegistry(wanted.name, repositoryOf(wanted.name, access), wanted.digest))
}

/** What DEVENV_DIGESTS names is taken, if its label says that it was made of these inputs. */
async function readPinnedPlan(
  engine: Engine,
  wanted: WantedImage,
  pinned: string,
  platform: string,
  { network, access }: ImageSources,
): Promise<ImagePlan> {
  const reference = `${wanted.name}@${pinned}`
  const { digest } = wanted
  const found = await findImage(engine, reference)
  const image =
    found !== undefined
      ? { digest: found.Config.Labels?.[LABELS.digest] ?? '', platforms: [platformOf(found)] }
      : network === 'online'
        ? await findPinned(wanted.name, pinned, access)
        : undefined
  const because = 'DEVENV_DIGESTS names it'
  // Whoever pulls it is told why it is not to be had.
  if (image === undefined) return { do: 'pull', reference, digest, because }
  const unfit =
    image.digest !== digest
      ? `It is ${image.digest === '' ? 'no image of ours' : tagOf(image.digest)}, and ${tagOf(digest)} is asked for.`
      : isFor(image, platform)
        ? undefined
        : `It is for ${image.platforms.join(', ')}, and the engine is ${platform}.`
  if (unfit !== undefined) throw new DevenvError({ code: 'digest-unfit', image: reference, detail: unfit })
  return { do: found === undefined ? 'pull' : 'use', reference, digest, because }
}

async function findPinned(name: string, pinned: string, access: RegistryAccess): Promise<KnownImage | undefined> {
  try {
    const published = await findPublishedImage(repositoryOf(name, access), pinned)
    return published && describePublished(name, published)
  } catch (error) {
    if (error instanceof DevenvError) return undefined
    throw error
  }
}
