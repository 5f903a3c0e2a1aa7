import { findManifest, findPublishedImage, type PublishedImage } from '../engine/registry/registry.js'
import { type RegistryAccess, repositoryOf } from '../engine/registry/repository.js'
import { nameIn, tagIn } from '../image/plan-image.js'
import type { BillItem } from './bill.js'
import type { Prepared } from './publish.js'
import { type Edition, floatingTagsOf, MAIN, tagOfEdition } from './release-tags.js'

/** What the registry holds now of what was asked for, each image once. */
export async function assembleBill(prepared: Prepared, access: RegistryAccess): Promise<BillItem[]> {
  const references = [...new Set(prepared.publications.flatMap((publication) => publication.references))]
  const items = references.map(async (reference): Promise<BillItem[]> => {
    const name = nameIn(reference)
    // What needed no build is as it was when it was looked at. What was built may have replaced one on stand-ins.
    const known = prepared.plan.present.includes(reference) ? prepared.before.get(reference) : undefined
    const image = known ?? (await findPublishedImage(repositoryOf(name, access), tagIn(reference)))
    if (image === undefined) return []
    const publications = prepared.publications.filter((publication) => publication.references.includes(reference))
    const editions = publications.flatMap(({ edition }) => edition ?? [])
    const { tags, ...became } = becameOf(reference, name, editions, prepared)
    // Floating tags that were there already, and led to it.
    const floating = editions
      .flatMap(floatingTagsOf)
      .map((tag) => `${name}:${tag}`)
      .filter((tag) => prepared.before.get(tag)?.digest === image.digest)
    const releases = publications.flatMap(({ release }) => release ?? [])
    const before = beforeOf(name, releases, prepared.before)
    return [{ reference, image, ...became, tags: [...new Set([...tags, ...floating])], before }]
  })
  return (await Promise.all(items)).flat()
}

/** What every name of these images leads to: a tag that was set is asked for, all others are as they were. */
export async function readTagDigests(
  items: readonly BillItem[],
  { plan, before }: Pick<Prepared, 'plan' | 'before'>,
  access: RegistryAccess,
): Promise<Record<string, string>> {
  const set = new Set(plan.steps.flatMap((step) => (step.do === 'tag' ? [`${step.name}:${step.as}`] : [])))
  const named = items.flatMap(({ reference, tags, image }) => [
    { name: reference, digest: image.digest },
    ...tags.map((name) => ({ name, digest: set.has(name) ? undefined : before.get(name)?.digest })),
  ])
  const digests = named.map(async ({ name, digest }): Promise<[string, string][]> => {
    const found = digest ?? (await findManifest(repositoryOf(nameIn(name), access), tagIn(name)))?.digest
    return found === undefined ? [] : [[name, found]]
  })
  return Object.fromEntries((await Promise.all(digests)).flat())
}

/** Pure. */
export function becameOf(
  reference: string,
  name: string,
  editions: readonly Edition[],
  { plan }: Pick<Prepared, 'plan'>,
): Pick<BillItem, 'became' | 'because' | 'tags'> {
  const own = new Set(editions.map(tagOfEdition))
  const set = plan.steps.flatMap((planned) =>
    planned.do === 'tag' && planned.name === name && own.has(planned.kind === 'edition' ? planned.as : planned.from)
      ? [`${name}:${planned.as}`]
      : [],
  )
  const tags = [...new Set([...editions.map((edition) => `${name}:${tagOfEdition(edition)}`), ...set])]
  const built = plan.steps.find((planned) => planned.do === 'build' && planned.reference === reference)
  if (built !== undefined) return { became: 'built', because: built.because, tags }
  if (set.length > 0) return { became: 'tagged', because: 'the registry had it', tags }
  return { became: 'unchanged', because: 'the registry has it', tags }
}

/** The image of the release before: what the floating tags led to, the nearest one first. Pure. */
export function beforeOf(
  name: string,
  releases: readonly string[],
  before: ReadonlyMap<string, PublishedImage>,
): BillItem['before'] {
  for (const tag of [...releases.flatMap((release) => floatingTagsOf({ release })), MAIN]) {
    const image = before.get(`${name}:${tag}`)
    if (image !== undefined) return { tag, image }
  }
  return undefined
}
