import type { EnvironmentPackage } from '../definition/definition.js'
import { readLock } from '../definition/devenv-lock.js'
import { readExtension, upstreamOf } from '../definition/extension.js'
import { pullImage } from '../engine/buildx.js'
import { enginePlatform, findImage, platformOf, sameMachine } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { describeUpstream, ensureCode, readReleaseCommits, type Upstream } from '../git/upstream.js'
import { whatOf } from '../problem/explain-problem.js'
import { DevenvError, detailOf, tellsOf } from '../problem/problem.js'
import { type Report, step } from '../progress/progress.js'
import { findManifest, listTags } from '../registry/registry.js'
import { repositoryOf } from '../registry/repository.js'
import type { Settings } from '../settings/settings.js'
import { buildIntoEngine } from './build-images.js'
import { carryOutImages, type ImageSettings } from './ensure-images.js'
import { tagOf } from './image-inputs.js'
import { imageSettingsOf } from './image-settings.js'
import { openCommits, wantedOf } from './image-source.js'
import { parseInputs, readKnownImages } from './known-images.js'
import { type ImagePlan, nameIn } from './plan-image.js'
import { readImagePlan } from './read-plan.js'
import { requireHosts } from './require-hosts.js'
import { describeSnapshot, REVISION, SNAPSHOT_SUFFIX, snapshotBuild } from './snapshot.js'

/** A release of a service whose snapshot is wanted. */
export type WantedSnapshot = { package: EnvironmentPackage; release: string; reference: string }

/** How it is had, and why. `ref`: what it would be built from. */
export type SnapshotPlan = WantedSnapshot & { because: string } & (
    | { do: 'use' | 'pull' }
    | { do: 'build'; ref: string; upstream: Upstream }
  )

/** What a snapshot in the engine's store says of itself: of what it was made, and where its code lies. */
export type HeldSnapshot = { digest: string; dependencies: string; directory: string }

/** The release of a service for which nobody names one: its main branch, else the newest that its package declares. Pure. */
export function usualRelease(declared: readonly string[]): string {
  const newest = declared.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
  return newest === undefined || declared.includes('main') ? 'main' : newest
}

/** Pure. */
export const snapshotReference = (service: string, release: string, registry: string | undefined): string =>
  `${registry === undefined ? '' : `${registry}/`}devenv/${service}${SNAPSHOT_SUFFIX}:${release}`

/** The same snapshot by its content: in a registry, and in the engine's store, its other name. Pure. */
export const contentReference = (reference: string, digest: string): string => `${nameIn(reference)}:${tagOf(digest)}`

/**
 * How a snapshot is had. Looks, and changes nothing.
 * @throws DevenvError `snapshot-unknown` for a release that neither the package nor the registry has
 */
export async function readSnapshotPlan(
  engine: Engine,
  found: EnvironmentPackage,
  release: string | undefined,
  settings: Settings,
): Promise<SnapshotPlan> {
  const extension = readExtension(found)
  const { releases = {} } = extension
  const upstream = upstreamOf(extension)
  const declared = Object.keys(releases)
  const wanted = release ?? usualRelease(declared)
  const lock = readLock(found)
  const sources = imageSettingsOf(settings, lock, () => engine)
  const reference = snapshotReference(found.service, wanted, sources.registry)
  const snapshot = { package: found, release: wanted, reference }
  const here = await findImage(engine, reference)
  // Without a registry it was built here: from what the release meant then.
  const { commit, ref: lockedRef } = sources.registry === undefined ? (lock.releases[wanted] ?? {}) : {}
  const isOld = commit !== undefined && lockedRef === releases[wanted] && commit !== here?.Config.Labels?.[REVISION]
  if (here !== undefined && !isOld && sameMachine(platformOf(here), await enginePlatform(engine)))
    return { ...snapshot, do: 'use', because: 'the engine has it' }
  const { held, tags, because } = await askForSnapshot(snapshot, sources)
  if (held) return { ...snapshot, do: 'pull', because }
  const ref = releases[wanted]
  if (ref === undefined || upstream === undefined) {
    const known = [...new Set([...declared, ...tags])].sort()
    throw new DevenvError({ code: 'snapshot-unknown', service: found.service, release: wanted, known, detail: because })
  }
  return { ...snapshot, do: 'build', ref, upstream, because }
}

/** What a registry says of a snapshot. `tags`: those that are releases. */
async function askForSnapshot(
  { package: { service }, release, reference }: WantedSnapshot,
  { registry, network, access }: ImageSettings,
): Promise<{ held: boolean; tags: readonly string[]; because: string }> {
  if (registry === undefined) return { held: false, tags: [], because: 'DEVENV_REGISTRY names no registry' }
  if (network === 'offline') return { held: false, tags: [], because: 'With --offline, devenv asks no registry' }
  const repository = repositoryOf(nameIn(reference), access)
  try {
    if ((await findManifest(repository, release)) !== undefined)
      return { held: true, tags: [], because: 'the registry has it' }
    const tags = (await listTags(repository)).filter((tag) => !tag.startsWith('inputs-'))
    return { held: false, tags, because: `${registry} has no snapshot of ${service} at ${release}` }
  } catch (error) {
    if (!(error instanceof DevenvError)) throw error
    return { held: false, tags: [], because: `${registry} does not give it: ${detailOf(error)}` }
  }
}

/**
 * Has a snapshot in the engine's store.
 * @throws DevenvError `snapshot-missing` where no registry has it, and its code cannot be fetched; what pulling and building throw
 */
export async function haveSnapshot(
  plan: SnapshotPlan,
  engine: Engine,
  settings: Settings,
  report: Report,
): Promise<HeldSnapshot> {
  const { reference, because } = plan
  if (plan.do === 'pull')
    await step(report, `pull ${reference}`, because, async () => {
      const detail = await pullImage(reference, await enginePlatform(engine), 'progress')
      if (detail !== undefined) throw new DevenvError({ code: 'pull-failed', image: reference, detail })
    })
  if (plan.do === 'build') await buildSnapshot(plan, engine, settings, report)
  const held = await readHeldSnapshot(engine, reference)
  if (held !== undefined) return held
  throw new DevenvError({ code: 'snapshot-foreign', image: reference })
}

/** `undefined` where the engine has none of that name that devenv has made. */
async function readHeldSnapshot(engine: Engine, reference: string): Promise<HeldSnapshot | undefined> {
  const found = await findImage(engine, reference)
  const labels = found?.Config.Labels ?? {}
  const { [LABELS.digest]: digest, [LABELS.dependencies]: dependencies } = labels
  const directory = parseInputs(labels[LABELS.inputs])['argument CODE_DIRECTORY']
  if (found === undefined || !digest || !dependencies || directory === undefined) return undefined
  return { digest, dependencies, directory }
}

async function buildSnapshot(
  plan: Extract<SnapshotPlan, { do: 'build' }>,
  engine: Engine,
  settings: Settings,
  report: Report,
): Promise<void> {
  const { package: found, reference, ref, upstream, because } = plan
  const lock = readLock(found)
  report({ kind: 'note', text: `${because}; devenv builds ${reference} from ${ref} of ${describeUpstream(upstream)}` })
  const { commit, repository } = await fetchCode(plan, settings)
  const sources = imageSettingsOf(settings, lock, () => engine)
  const { mirror, locked, registry } = sources
  const images = openCommits({ package: found, registry, mirror, locked, variables: settings.variables }, repository)
  try {
    const source = await images.read(commit)
    const dev = wantedOf(source.inputs)
    const own = await readImagePlan(engine, await readKnownImages(engine, `devenv/${found.service}`), dev, sources)
    await requireHosts(own, source, sources)
    await carryOutImages({ own, official: [], published: [] }, engine, source.inputs, sources, report, source.tree)
    const base = { kind: 'image' as const, reference: own.reference }
    const snapshot = describeSnapshot(source, dev, commit)
    const build = await snapshotBuild('snapshot', reference, snapshot, source, base, report)
    const platforms = [await enginePlatform(engine)]
    await step(report, `build ${reference}`, `from ${ref}, ${commit}`, () =>
      buildIntoEngine({ ...build, platforms }, sources),
    )
  } finally {
    images.close()
  }
}

/** @throws DevenvError `snapshot-missing` */
async function fetchCode(
  { package: found, release, reference, ref, upstream, because }: Extract<SnapshotPlan, { do: 'build' }>,
  { network }: Settings,
): Promise<{ commit: string; repository: string }> {
  const { service } = found
  const locked = readLock(found).releases[release]
  try {
    const commit = locked?.ref === ref ? locked.commit : (await readReleaseCommits(upstream, [ref])).get(ref)
    if (commit === undefined) throw new Error(`${describeUpstream(upstream)} has no ${ref}`)
    return { commit, repository: await ensureCode({ checkout: undefined, service, upstream }, [commit], network) }
  } catch (error) {
    if (!tellsOf(error, 'git-failed', 'refs-missing', 'commits-unavailable')) throw error
    throw new DevenvError({
      code: 'snapshot-missing',
      service,
      reference,
      because,
      url: typeof upstream === 'string' ? upstream : undefined,
      from: describeUpstream(upstream),
      ref,
      // Its own words name the repository.
      detail: tellsOf(error, 'refs-missing') ? whatOf(error) : detailOf(error),
    })
  }
}

/** The image of an environment that runs a snapshot: what the engine has, under the name that tells its content. */
export async function readSnapshotImage(
  engine: Engine,
  { reference: from, digest, dependencies }: { reference: string; digest: string; dependencies: string },
): Promise<ImagePlan> {
  const reference = contentReference(from, digest)
  // Steps depend on the image below the code, as in a checkout's environment.
  const named = { reference, digest: dependencies }
  if ((await findImage(engine, reference)) !== undefined) return { ...named, do: 'use', because: 'it is a snapshot' }
  const there = await readHeldSnapshot(engine, from)
  if (there?.digest === digest) return { ...named, do: 'tag', from, because: `the engine has it as ${from}` }
  return { ...named, do: 'pull', because: 'not in the engine’s store' }
}
