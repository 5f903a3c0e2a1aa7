import { whyUnavailable } from '../engine/buildx.js'
import { findImage } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { findPublishedImage, type PublishedImage } from '../engine/registry/registry.js'
import { parseReference, repositoryOf } from '../engine/registry/repository.js'
import { DevenvError } from '../problem/problem.js'
import { basesOf, type ImageInputs } from './image-inputs.js'
import { officialName } from './official-name.js'
import type { ImageSources } from './read-plan.js'

/** How an official image is taken: by its locked digest, or by its tag. `standIn`: it is none, but stands in for one. */
export type Taken = { reference: string; taken: string; standIn: boolean }

/**
 * The lock decides, but for stand-ins, which no lock knows: it is looked whether what another than Docker Hub serves is
 * one.
 */
export async function takeOfficial(engine: Engine, reference: string, settings: ImageSources): Promise<Taken> {
  const digest = settings.locked[officialName(reference, settings.mirror)]
  const { host } = repositoryOf(parseReference(reference).name, settings.access)
  const standIn =
    (settings.mirror !== undefined || host !== 'docker.io') && (await standsIn(engine, reference, settings))
  const pinned = digest === undefined || standIn || reference.includes('@')
  return { reference, taken: pinned ? reference : `${reference}@${digest}`, standIn }
}

/** What a registry serves under an official image’s name says so itself, if it only stands in for it. Pure. */
export const isStandIn = ({ platforms }: Pick<PublishedImage, 'platforms'>): boolean =>
  platforms.some(({ labels }) => labels[LABELS.standIn] !== undefined)

async function standsIn(engine: Engine, reference: string, { access, network }: ImageSources): Promise<boolean> {
  const here = await findImage(engine, reference)
  if (here !== undefined) return here.Config.Labels?.[LABELS.standIn] !== undefined
  if (network === 'offline') return false
  const { name, tag = 'latest', digest } = parseReference(reference)
  try {
    const published = await findPublishedImage(repositoryOf(name, access), digest ?? tag)
    return published !== undefined && isStandIn(published)
  } catch (error) {
    // Whoever needs the image meets the same, and says it.
    if (error instanceof DevenvError) return false
    throw error
  }
}

/** How the base images of a build are taken: those that are not as written, and those that are stand-ins. */
export type TakenBases = { pins: ReadonlyMap<string, string>; standIns: readonly string[] }

export async function takeBases(engine: Engine, inputs: ImageInputs, settings: ImageSources): Promise<TakenBases> {
  const all = await Promise.all(basesOf(inputs).map((base) => takeOfficial(engine, base, settings)))
  return {
    pins: new Map(all.flatMap(({ reference, taken }) => (reference === taken ? [] : [[reference, taken]]))),
    standIns: all.filter(({ standIn }) => standIn).map(({ taken }) => taken),
  }
}

/** @throws DevenvError `image-unavailable` naming the bases that are neither in the engine nor to be had */
export async function requireBases(engine: Engine, inputs: ImageInputs, { mirror }: ImageSources): Promise<void> {
  const looks = basesOf(inputs).map(async (image) => {
    const detail = (await findImage(engine, image)) === undefined ? await whyUnavailable(image) : undefined
    return detail === undefined ? [] : [{ image, detail }]
  })
  const missing = (await Promise.all(looks)).flat()
  if (missing.length === 0) return
  const images = missing.map(({ image }) => image)
  throw new DevenvError({ code: 'image-unavailable', images, mirror, detail: missing[0]?.detail ?? '' })
}
