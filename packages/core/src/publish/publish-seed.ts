import { readFileSync } from 'node:fs'
import { type Archive, blobPath, configIn, MANIFEST_TYPE } from '../environment/data/archive.js'
import { findPublishedSeed } from '../environment/data/published-seeds.js'
import { nameOfSeed } from '../environment/data/seeds.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import { type Report, step } from '../progress/progress.js'
import {
  findManifest,
  hasBlob,
  listTags,
  type Manifest,
  putBlob,
  putManifest,
  requireWritable,
} from '../registry/registry.js'
import { type RegistryAccess, type Repository, repositoryOf } from '../registry/repository.js'
import { type FindContent, lookDown } from './look-down.js'
import { type HeldContent, type HeldTags, isWhole, planTags, type TagStep } from './plan-tags.js'
import { tagsOfEditions } from './read-held.js'
import { type Edition, floatingTagsOf } from './release-tags.js'
import { setTag } from './set-tags.js'

/** A seed that shall be published. `name`: of its content; `tag`: which that has. */
export type WantedSeed = { name: string; tag: string; editions: readonly Edition[] }

/** In the order in which it is done: nothing points at a seed before it is whole. */
export type SeedPublishStep = { do: 'push'; reference: string; because: string } | TagStep
export type SeedPublishPlan = {
  steps: readonly SeedPublishStep[]
  present: readonly string[]
  notes: readonly string[]
}

/** What a repository of seeds holds of what matters. */
export type HeldSeeds = HeldTags & { seeds: ReadonlyMap<string, HeldContent> }

/** What publishing a seed means for its repository, by the rules of images. Pure. */
export function planSeedPublication(
  { name, tag, editions }: WantedSeed,
  held: HeldSeeds,
): { plan: SeedPublishPlan; problems: readonly Problem[] } {
  const reference = `${held.name}:${tag}`
  const there = held.seeds.get(tag)
  const isThere = there?.digest === name
  const push: SeedPublishStep[] = []
  const problems: Problem[] = []
  if (there !== undefined && !isThere)
    problems.push({ code: 'tag-taken', tag: reference, holds: wordsOf(there), wants: tag })
  else if (!isWhole(there)) {
    const because =
      there === undefined ? 'the registry does not have it' : `the registry has lost ${there.lost.join(', ')}`
    push.push({ do: 'push', reference, because })
  }
  const wanted = editions.map((edition) => ({ edition, digest: name, from: tag }))
  const tags = planTags(wanted, held, held.seeds, (taken, holds) => ({
    code: 'tag-taken',
    tag: taken,
    holds: wordsOf(holds),
    wants: tag,
  }))
  return {
    plan: { steps: [...push, ...tags.steps], present: push.length === 0 ? [reference] : [], notes: tags.notes },
    problems: [...problems, ...tags.problems],
  }
}

const wordsOf = ({ digest }: HeldContent): string => (digest === '' ? 'no seed of this service' : `steps-${digest}`)

/** Asks for each tag that the plan may look at, and for no other. @throws DevenvError as `findManifest` */
export async function readHeldSeeds(
  name: string,
  repository: Repository,
  { tag, editions }: WantedSeed,
  service: string,
): Promise<HeldSeeds> {
  const find = seedsOf(name, service)
  const listed = await listTags(repository)
  const floating = [...new Set(editions.flatMap(floatingTagsOf))]
  const outlooks = await Promise.all(
    floating.map(async (as) => {
      const held = listed.includes(as) ? await find(repository, as) : undefined
      return { as, ...(await lookDown(repository, as, listed, held, find)) }
    }),
  )
  const foreign = new Set(outlooks.flatMap((outlook) => outlook.foreign))
  const tags = listed.filter((each) => !foreign.has(each))
  const asked = new Set([tag, ...tagsOfEditions(editions, tags), ...tagsOfEditions(editions, listed)])
  const seeds = await Promise.all(
    [...asked].map(async (each): Promise<[string, HeldContent][]> => {
      const found = listed.includes(each) ? await find(repository, each) : undefined
      return found === undefined ? [] : [[each, { ...found, manifest: found.manifest.digest }]]
    }),
  )
  const unlisted = new Set(outlooks.flatMap(({ as, listed }) => (listed ? [] : [as])))
  return { name, tags, unlisted, seeds: new Map(seeds.flat()) }
}

/** How the seeds of a service are looked at in a registry. */
const seedsOf =
  (name: string, service: string): FindContent =>
  async (repository, reference) => {
    const seed = await findPublishedSeed(name, repository, reference, service)
    if (seed === undefined) {
      const manifest = await findManifest(repository, reference)
      return manifest && { digest: '', manifest, lost: [] }
    }
    const { description, blobs, published } = seed
    const stores = await Promise.all(
      Object.entries(blobs).map(async ([store, { digest }]) => ((await hasBlob(repository, digest)) ? [] : [store])),
    )
    return { digest: nameOfSeed(description), manifest: published.manifest, lost: stores.flat() }
  }

/**
 * Does what was planned: the data first, then what tells of them, then tags, floating ones last. An interruption leaves no tag that
 * leads to something half there; running again goes on.
 * @throws DevenvError `registry-forbidden`, `registry-read-only`, `registry-unreachable`, `push-incomplete`, `tag-taken`
 */
export async function carryOutSeedPublication(
  { steps }: SeedPublishPlan,
  { name, tag }: WantedSeed,
  seed: Archive | undefined,
  { access, repository: path, service }: { access: RegistryAccess; repository: string; service: string },
  report: Report,
): Promise<void> {
  if (steps.length === 0) return
  const repository = repositoryOf(path, access)
  const find = seedsOf(path, service)
  await requireWritable(repository)
  for (const planned of steps) {
    if (planned.do === 'tag') {
      await step(report, `tag ${planned.name}:${planned.as}`, planned.because, () => setTag(planned, repository, find))
      continue
    }
    if (seed === undefined) throw new Error(`nobody has ${planned.reference}`)
    await step(report, `push ${planned.reference}`, planned.because, () => pushSeed(repository, tag, seed))
    const found = await find(repository, tag)
    if (found?.digest !== name || !isWhole(found))
      throw new DevenvError({
        code: 'push-incomplete',
        image: planned.reference,
        left: 'devenv moved no tag of a release.',
      })
  }
}

/** What the registry has already is not sent. */
async function pushSeed(
  repository: Repository,
  tag: string,
  { folder, manifest: digest, blobs }: Archive,
): Promise<void> {
  const body = readFileSync(blobPath(folder, digest))
  const config = configIn(folder, body.toString())
  const bytes = readFileSync(blobPath(folder, config)).length
  for (const blob of [...Object.values(blobs), { digest: config, bytes }])
    if (!(await hasBlob(repository, blob.digest)))
      await putBlob(repository, blob.digest, { path: blobPath(folder, blob.digest), bytes: blob.bytes })
  const manifest: Manifest = { digest, mediaType: MANIFEST_TYPE, body }
  await putManifest(repository, tag, manifest)
}
