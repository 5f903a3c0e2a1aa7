import { type Definition, oursOf, primaryOf, thirdPartyOf } from '../definition/definition.js'
import { pullImage } from '../engine/buildx.js'
import { enginePlatform, findImage, platformOf, sameMachine, tagImage } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import { type Report, step } from '../progress/progress.js'
import type { Tree } from '../tree/tree.js'
import { type BuildSettings, buildIntoEngine, buildOf } from './build-images.js'
import type { ImageInputs } from './image-inputs.js'
import { wantedOf } from './image-source.js'
import { readKnownImages } from './known-images.js'
import { requireBases, type Taken, takeBases, takeOfficial } from './official-images.js'
import type { ImagePlan } from './plan-image.js'
import { type ImageSources, readImagePlan } from './read-plan.js'

export type ImageSettings = ImageSources & BuildSettings

/** An official image, and whether the engine has it for the platform that it shall run on. */
export type OfficialPlan = Taken & { do: 'use' | 'pull'; platform: string }
/** What has to be had before an environment can start. */
export type ImagesPlan = { own: ImagePlan; official: readonly OfficialPlan[]; published: readonly PublishedPlan[] }
/** The image of another service of ours, by the name and version that the definition gives it. */
export type PublishedPlan = { reference: string; do: 'use' | 'pull'; platform: string }

/** Looks, and changes nothing. `services`: those beside the primary whose images are needed; `readOwn`: the plan for its own. */
export async function readImagesPlan(
  engine: Engine,
  definition: Definition,
  inputs: ImageInputs,
  services: readonly string[],
  settings: ImageSettings,
  readOwn = async (): Promise<ImagePlan> => {
    const known = await readKnownImages(engine, primaryOf(definition).image ?? '')
    return await readImagePlan(engine, known, wantedOf(inputs), settings)
  },
): Promise<ImagesPlan> {
  const own = await enginePlatform(engine)
  const ours = oursOf(definition).filter((service) => service !== definition.primary)
  const imagesOf = (among: readonly string[]): Map<string, string> => {
    const wanted = services.filter((service) => among.includes(service))
    return new Map(
      wanted.flatMap((service): [string, string][] => {
        const { image: reference, platform = own } = definition.project.services[service] ?? {}
        return reference === undefined ? [] : [[reference, platform]]
      }),
    )
  }
  const held = async (reference: string, platform: string): Promise<'use' | 'pull'> => {
    const here = await findImage(engine, reference)
    return here !== undefined && sameMachine(platformOf(here), platform) ? 'use' : 'pull'
  }
  const published = [...imagesOf(ours)].map(async ([reference, platform]): Promise<PublishedPlan> => {
    return { reference, do: await held(reference, platform), platform }
  })
  const official = [...imagesOf(thirdPartyOf(definition))].map(async ([reference, platform]): Promise<OfficialPlan> => {
    const taken = await takeOfficial(engine, reference, settings)
    return { ...taken, do: await held(taken.taken, platform), platform }
  })
  return {
    own: await readOwn(),
    official: await Promise.all(official),
    published: await Promise.all(published),
  }
}

/** One image that has to be had first, how, and why. */
export type ImageStep = { do: 'tag' | 'pull' | 'build'; reference: string; because: string }

/** What is done to have the images of a plan, in this order. Pure. */
export function imageStepsOf({ own, official, published }: ImagesPlan): ImageStep[] {
  const pull = (reference: string): ImageStep => ({ do: 'pull', reference, because: 'not in the engine’s store' })
  return [
    ...published.filter((image) => image.do === 'pull').map(({ reference }) => pull(reference)),
    ...official.filter((image) => image.do === 'pull').map(({ taken }) => pull(taken)),
    ...(own.do === 'use' ? [] : [{ do: own.do, reference: own.reference, because: own.because }]),
  ]
}

/** Those that are not on this machine. Pure. */
export const lackingOf = (plan: ImagesPlan): string[] =>
  imageStepsOf(plan).flatMap((step) => (step.do === 'tag' ? [] : [step.reference]))

/**
 * @throws DevenvError `offline-lacks` naming everything; `image-unavailable` naming every official image that could
 *   not be had, `image-unpublished`, `image-foreign`, `pull-failed`, `build-failed`
 */
export async function carryOutImages(
  plan: ImagesPlan,
  engine: Engine,
  inputs: ImageInputs,
  settings: ImageSettings,
  report: Report,
  tree?: Tree,
): Promise<void> {
  const lacking = lackingOf(plan)
  if (settings.network === 'offline' && lacking.length > 0)
    throw new DevenvError({ code: 'offline-lacks', images: lacking, because: plan.own.because })
  // What nothing here can make good is met before minutes of building.
  await pullPublished(plan.published, settings, report)
  await pullOfficial(engine, plan.official, settings, report)
  await carryOutOwn(plan.own, engine, inputs, settings, report, tree)
}

async function carryOutOwn(
  plan: ImagePlan,
  engine: Engine,
  inputs: ImageInputs,
  settings: ImageSettings,
  report: Report,
  tree: Tree | undefined,
): Promise<void> {
  const { reference, because } = plan
  if (plan.do === 'use') return
  if (plan.do === 'tag') {
    await step(report, `image ${reference}`, because, () => tagImage(engine, plan.from, reference))
    return
  }
  if (plan.do === 'pull') {
    await step(report, `pull ${reference}`, because, async () => {
      const detail = await pullImage(reference, await enginePlatform(engine), 'progress')
      if (detail !== undefined) throw new DevenvError({ code: 'pull-failed', image: reference, detail })
    })
    return
  }
  const bases = await takeBases(engine, inputs, settings)
  const { standIns } = bases
  if (standIns.length > 0 && Object.keys(settings.locked).length > 0)
    report({ kind: 'note', text: `stand-ins replace these locked images: ${standIns.join(', ')}` })
  try {
    const build = { ...buildOf('image', plan, inputs, bases, tree), platforms: [await enginePlatform(engine)] }
    await step(report, `build ${reference}`, because, () => buildIntoEngine(build, settings))
  } catch (error) {
    await requireBases(engine, inputs, settings)
    throw error
  }
}

async function pullPublished(
  images: readonly PublishedPlan[],
  { registry }: ImageSettings,
  report: Report,
): Promise<void> {
  const wanted = images.filter((image) => image.do === 'pull')
  // Without a registry the name is one of Docker Hub, where it is nobody's that we know.
  if (registry === undefined && wanted.length > 0)
    throw new DevenvError({
      code: 'image-unpublished',
      images: wanted.map(({ reference }) => reference),
      registry,
      detail: 'No registry is set.',
    })
  for (const { reference, platform } of wanted) {
    await step(report, `pull ${reference}`, 'not in the engine’s store', async () => {
      const detail = await pullImage(reference, platform, 'progress')
      if (detail !== undefined)
        throw new DevenvError({ code: 'image-unpublished', images: [reference], registry, detail })
    })
  }
}

async function pullOfficial(
  engine: Engine,
  images: readonly OfficialPlan[],
  { mirror }: ImageSettings,
  report: Report,
): Promise<void> {
  const failed: UnavailableImages[] = []
  for (const { do: what, taken, platform: wants } of images) {
    if (what === 'use') continue
    const pulling = step(report, `pull ${taken}`, 'not in the engine’s store', async () => {
      const detail = await pullImage(taken, wants)
      const pulled = await findImage(engine, taken)
      const is = pulled === undefined ? wants : platformOf(pulled)
      if (!sameMachine(is, wants)) throw new DevenvError({ code: 'image-foreign', image: taken, is, wants })
      if (detail !== undefined) throw new DevenvError({ code: 'image-unavailable', images: [taken], mirror, detail })
    })
    // The others are tried as well, so that all are named at once.
    await pulling.catch((error) => failed.push(unavailableIn(error)))
  }
  const [first] = failed
  if (first !== undefined) throw new DevenvError({ ...first, images: failed.flatMap(({ images }) => images) })
}

type UnavailableImages = Extract<Problem, { code: 'image-unavailable' }>

function unavailableIn(error: unknown): UnavailableImages {
  const [problem] = error instanceof DevenvError ? error.problems : []
  if (problem?.code !== 'image-unavailable') throw error
  return problem
}

/** Official images as they are taken, for every third-party service of a project; those of `planned` as was decided. */
export async function takeServices(
  engine: Engine,
  definition: Definition,
  planned: readonly Taken[],
  settings: ImageSources,
): Promise<{ [service: string]: string }> {
  const taken = thirdPartyOf(definition).map(async (service): Promise<[string, string][]> => {
    const image = definition.project.services[service]?.image
    if (image === undefined) return []
    const known = planned.find(({ reference }) => reference === image)
    return [[service, (known ?? (await takeOfficial(engine, image, settings))).taken]]
  })
  return Object.fromEntries((await Promise.all(taken)).flat())
}
