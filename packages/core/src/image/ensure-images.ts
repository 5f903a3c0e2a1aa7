import type { Definition } from '../definition/definition.js'
import { pullImage, whyUnavailable } from '../engine/buildx.js'
import { findImage } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { type BuildSettings, buildImage } from '../image/build-image.js'
import { basesOf, type ImageInputs } from '../image/image-inputs.js'
import { readKnownImages } from '../image/known-images.js'
import { planImage } from '../image/plan-image.js'
import { DevenvError } from '../problem/problem.js'
import { type Report, step } from './progress.js'

/** @throws DevenvError `build-failed`, or `image-unavailable` where it failed for want of a base image */
export async function ensureImage(
  engine: Engine,
  inputs: ImageInputs,
  settings: BuildSettings,
  report: Report,
): Promise<{ reference: string; digest: string }> {
  const plan = planImage(inputs, await readKnownImages(engine, inputs.spec.name), settings.mirror)
  const { reference, digest, because } = plan
  if (plan.do === 'use') return { reference, digest }
  try {
    await step(report, `image ${reference}`, because, () => buildImage(plan, inputs, settings))
  } catch (error) {
    await requireBases(engine, inputs, settings)
    throw error
  }
  return { reference, digest }
}

/** @throws DevenvError `image-unavailable` naming the bases that are neither in the engine nor to be had */
async function requireBases(engine: Engine, inputs: ImageInputs, { mirror }: BuildSettings): Promise<void> {
  const looks = basesOf(inputs).map(async (image) => {
    const detail = (await findImage(engine, image)) === undefined ? await whyUnavailable(image) : undefined
    return detail === undefined ? [] : [{ image, detail }]
  })
  const missing = (await Promise.all(looks)).flat()
  if (missing.length === 0) return
  const images = missing.map(({ image }) => image)
  throw new DevenvError({ code: 'image-unavailable', images, mirror, detail: missing[0]?.detail ?? '' })
}

/** @throws DevenvError `image-unavailable` naming every image that could not be had */
export async function ensurePulled(
  engine: Engine,
  definition: Definition,
  services: readonly string[],
  { mirror }: BuildSettings,
  report: Report,
): Promise<void> {
  const images = new Set(
    services.map((service) => definition.project.services[service]?.image).filter((image) => image !== undefined),
  )
  const failed: { image: string; detail: string }[] = []
  for (const image of images) {
    if ((await findImage(engine, image)) !== undefined) continue
    await step(report, `pull ${image}`, 'not in the engine’s store', async () => {
      const detail = await pullImage(image)
      if (detail !== undefined) failed.push({ image, detail })
    })
  }
  if (failed.length === 0) return
  throw new DevenvError({
    code: 'image-unavailable',
    images: failed.map(({ image }) => image),
    mirror,
    detail: failed[0]?.detail ?? '',
  })
}
