import { type Builder, readBuilder } from '../engine/buildx.js'
import type { Engine } from '../engine/engine.js'
import { type BuildSettings, buildOf, type ImageBuild, withBuilds } from '../image/build-images.js'
import { targetBasesOf } from '../image/image-inputs.js'
import { type ServiceImage, wantedOf } from '../image/image-source.js'
import { describePublished } from '../image/known-images.js'
import { takeBases } from '../image/official-images.js'
import { nameIn, referenceOf, serves, tagIn } from '../image/plan-image.js'
import type { ImageSources } from '../image/read-plan.js'
import { describeSnapshot, type Snapshot, snapshotBuild } from '../image/snapshot.js'
import { DevenvError } from '../problem/problem.js'
import { type Report, step } from '../progress/progress.js'
import { findPublishedImage, type PublishedImage, requireWritable } from '../registry/registry.js'
import { repositoryOf } from '../registry/repository.js'
import { chooseAttestations } from './choose-attestations.js'
import { choosePlatforms } from './choose-platforms.js'
import { findImageContent } from './look-down.js'
import { type PublishPlan, type PublishStep, planPublish, type WantedPublication } from './plan-publish.js'
import { readHeld } from './read-held.js'
import type { Edition } from './release-tags.js'
import { notePlatforms, platformsOn, requirePlatforms } from './require-platforms.js'
import { setTag } from './set-tags.js'

/** One thing to publish: what a commit asks for, as an edition or by its inputs alone. */
export type Publication = {
  release: string | undefined
  edition: Edition | undefined
  commit: string | undefined
  source: ServiceImage
}

/** Everything that is known before anything is changed. */
export type Prepared = {
  plan: PublishPlan
  /** By reference: what would be built for it. */
  sources: ReadonlyMap<string, { source: ServiceImage; snapshot: Snapshot | undefined; dev: string }>
  before: ReadonlyMap<string, PublishedImage>
  publications: readonly {
    release: string | undefined
    edition: Edition | undefined
    commit: string | undefined
    references: readonly string[]
  }[]
}

export type PublishSettings = ImageSources &
  BuildSettings & { registry: string; platforms: readonly string[] | undefined }

/** Whether a registry is this machine's own affair. Pure. */
export const isOnLoopback = (registry: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(\/|$)/.test(registry)

/**
 * Images that were built on stand-ins never leave a registry on loopback.
 * @throws DevenvError `stand-ins-published`
 */
export async function refuseStandIns(
  engine: Engine,
  publications: readonly Publication[],
  settings: PublishSettings,
): Promise<void> {
  if (isOnLoopback(settings.registry)) return
  const bases = await Promise.all(publications.map(({ source }) => takeBases(engine, source.inputs, settings)))
  const standIns = [...new Set(bases.flatMap((each) => each.standIns))]
  if (standIns.length > 0)
    throw new DevenvError({ code: 'stand-ins-published', images: standIns, registry: settings.registry })
}

/**
 * Reads what the registry holds, and plans. Changes nothing.
 * @throws DevenvError `tag-taken`, all there are
 */
export async function preparePublication(
  publications: readonly Publication[],
  settings: PublishSettings,
): Promise<Prepared> {
  const sources = new Map<string, { source: ServiceImage; snapshot: Snapshot | undefined; dev: string }>()
  const wanted = new Map<string, WantedPublication[]>()
  const want = (publication: WantedPublication) =>
    wanted.set(publication.image.name, [...(wanted.get(publication.image.name) ?? []), publication])
  const described = publications.map(({ release, edition, commit, source }) => {
    const image = wantedOf(source.inputs)
    const dev = referenceOf(image)
    want({ image, release, edition })
    sources.set(dev, { source, snapshot: undefined, dev })
    // A snapshot is of a release: what a branch holds for a day is nobody's to run without its checkout.
    if (edition === undefined || commit === undefined) return { release, edition, commit, references: [dev] }
    const snapshot = describeSnapshot(source, image, commit)
    const reference = referenceOf(snapshot)
    want({ image: snapshot, release, edition })
    sources.set(reference, { source, snapshot, dev })
    return { release, edition, commit, references: [dev, reference] }
  })
  const looked = await Promise.all(
    [...wanted].map(async ([name, images]) => {
      const { held, published } = await readHeld(name, repositoryOf(name, settings.access), images)
      return { name, published, ...planPublish(images, held, settings.mirror) }
    }),
  )
  const problems = looked.flatMap((each) => each.problems)
  if (problems.length > 0) throw new DevenvError(...problems)
  const steps = looked.flatMap(({ plan }) => plan.steps)
  const ordered = [
    ...steps.filter((planned) => planned.do === 'build'),
    ...steps.filter((planned) => planned.do === 'tag' && planned.kind === 'edition'),
    ...steps.filter((planned) => planned.do === 'tag' && planned.kind === 'floating'),
  ]
  return {
    plan: {
      steps: ordered,
      present: looked.flatMap(({ plan }) => plan.present),
      notes: looked.flatMap(({ plan, published }) => [
        ...plan.notes,
        ...plan.present.flatMap((reference) => notePlatforms(reference, published.get(tagIn(reference)), settings)),
      ]),
    },
    sources,
    before: new Map(
      looked.flatMap(({ name, published }) => [...published].map(([tag, image]) => [`${name}:${tag}`, image])),
    ),
    publications: described,
  }
}

/**
 * Does what was planned: builds everything in one call of Buildx, pushes what the registry still lacks, then sets
 * tags, floating ones last. An interruption leaves no tag that leads to something half there; running again goes on.
 * @throws DevenvError `registry-forbidden`, `registry-read-only`, `registry-unreachable`, `builder-unknown`,
 *   `platform-unavailable`, `base-lacks-platform`, `build-failed`, `push-incomplete`, `tag-taken`
 */
export async function carryOutPublication(
  prepared: Prepared,
  engine: Engine,
  settings: PublishSettings,
  report: Report,
): Promise<void> {
  const { steps } = prepared.plan
  const names = new Set(steps.map((planned) => (planned.do === 'build' ? nameIn(planned.reference) : planned.name)))
  await Promise.all([...names].map((name) => requireWritable(repositoryOf(name, settings.access))))
  const builds = steps.filter((planned) => planned.do === 'build')
  if (builds.length > 0) await buildAndPush(builds, prepared, engine, settings, report)
  for (const planned of steps) {
    if (planned.do !== 'tag') continue
    const repository = repositoryOf(planned.name, settings.access)
    await step(report, `tag ${planned.name}:${planned.as}`, planned.because, () =>
      setTag(planned, repository, findImageContent),
    )
  }
}

type BuildStep = Extract<PublishStep, { do: 'build' }>

async function buildAndPush(
  steps: readonly BuildStep[],
  prepared: Prepared,
  engine: Engine,
  settings: PublishSettings,
  report: Report,
): Promise<void> {
  const builder = await readBuilder(settings.builder)
  const builds = await describeBuilds(steps, prepared, engine, builder, settings, report)
  await withBuilds(builds, settings, async (bake) => {
    const all = builds.map(({ name }) => name)
    await step(report, `build ${builds.length} of ${prepared.sources.size} images`, undefined, () => bake(all, 'cache'))
    // Another may have published the same meanwhile: then that one is it.
    const missing = await Promise.all(
      builds.map(async (build) => ((await isHeld(build, settings)) ? [] : [build.name])),
    )
    const push = missing.flat()
    if (push.length > 0) await step(report, `push ${push.length} images`, undefined, () => bake(push, 'push'))
  })
  for (const build of builds) {
    if (!(await isHeld(build, settings)))
      throw new DevenvError({
        code: 'push-incomplete',
        image: build.reference,
        left: 'devenv moved no tag of a release.',
      })
  }
}

async function isHeld(build: ImageBuild, settings: PublishSettings): Promise<boolean> {
  const published = await findPublishedImage(
    repositoryOf(nameIn(build.reference), settings.access),
    tagIn(build.reference),
  )
  return published !== undefined && serves(describePublished(build.reference, published), build.digest, settings.mirror)
}

async function describeBuilds(
  steps: readonly BuildStep[],
  prepared: Prepared,
  engine: Engine,
  builder: Builder,
  settings: PublishSettings,
  report: Report,
): Promise<ImageBuild[]> {
  const options = await chooseOptions(steps, prepared, engine, builder, settings, report)
  const names = new Map(steps.map(({ reference }, at) => [reference, `image-${at}`]))
  return await Promise.all(
    steps.map(async ({ reference, digest }): Promise<ImageBuild> => {
      const { source, snapshot, dev } = prepared.sources.get(reference) ?? {}
      const name = names.get(reference)
      if (source === undefined || dev === undefined || name === undefined)
        throw new Error(`nothing asks for ${reference}`)
      const bases = await takeBases(engine, source.inputs, settings)
      const built = names.get(dev)
      const described =
        snapshot === undefined
          ? buildOf(name, { reference, digest }, source.inputs, bases, source.tree)
          : await snapshotBuild(
              name,
              reference,
              snapshot,
              source,
              built === undefined ? { kind: 'image', reference: dev } : { kind: 'build', name: built },
              report,
            )
      const there = built === undefined ? prepared.before.get(dev) : undefined
      return {
        ...described,
        ...options,
        ...(there && options && { platforms: platformsOn(there, dev, options.platforms) }),
      }
    }),
  )
}

/** What is asked of every build beyond what its image is; nothing of a builder that could not do it. */
async function chooseOptions(
  steps: readonly BuildStep[],
  prepared: Prepared,
  engine: Engine,
  builder: Builder,
  settings: PublishSettings,
  report: Report,
): Promise<{ platforms: readonly string[]; attest: readonly string[] } | undefined> {
  const { platforms, notes } = await choosePlatforms(engine, builder, settings.platforms)
  for (const text of notes) report({ kind: 'note', text })
  if (platforms === undefined) return undefined
  const sources = steps.flatMap(({ reference }) => prepared.sources.get(reference) ?? [])
  const own = sources.filter(({ snapshot }) => snapshot === undefined)
  await requirePlatforms(
    own.flatMap(({ source }) => targetBasesOf(source.inputs)),
    platforms,
    settings.access,
  )
  const { attest, notes: missing } = await chooseAttestations(settings)
  for (const text of missing) report({ kind: 'note', text })
  return { platforms, attest }
}
