import { comparedTags, describePublished } from '../image/known-images.js'
import { referenceOf, tagIn } from '../image/plan-image.js'
import { findPublishedImage, listTags, type PublishedImage } from '../registry/registry.js'
import type { Repository } from '../registry/repository.js'
import { findImageContent, lookDown } from './look-down.js'
import type { HeldRepository, WantedPublication } from './plan-publish.js'
import { type Edition, floatingTagsOf, highestOf, parseEdition, tagOfEdition } from './release-tags.js'

/** What a repository holds of what matters for a publication, and the same with layers, for the bill. */
export type Held = { held: HeldRepository; published: ReadonlyMap<string, PublishedImage> }

/** Asks for each tag that the plan may look at, and for no other. */
export async function readHeld(
  name: string,
  repository: Repository,
  wanted: readonly WantedPublication[],
): Promise<Held> {
  const listed = await listTags(repository)
  const floating = [...new Set(wanted.flatMap(({ edition }) => (edition === undefined ? [] : floatingTagsOf(edition))))]
  const outlooks = await Promise.all(
    floating.map(async (tag) => {
      const held = listed.includes(tag) ? await findImageContent(repository, tag) : undefined
      return { tag, ...(await lookDown(repository, tag, listed, held, findImageContent)) }
    }),
  )
  const foreign = new Set(outlooks.flatMap((outlook) => outlook.foreign))
  const tags = listed.filter((tag) => !foreign.has(tag))
  const asked = [...new Set([...tagsThatMatter(wanted, tags), ...tagsThatMatter(wanted, listed)])]
  const found = await Promise.all(
    asked.map(async (tag): Promise<[string, PublishedImage][]> => {
      const image = await findPublishedImage(repository, tag)
      return image === undefined ? [] : [[tag, image]]
    }),
  )
  const published = new Map(found.flat())
  const images = [...published].map(
    ([tag, image]) => [tag, { ...describePublished(`${name}:${tag}`, image), manifest: image.digest }] as const,
  )
  const unlisted = new Set(outlooks.flatMap(({ tag, listed }) => (listed ? [] : [tag])))
  return { held: { name, tags, unlisted, images: new Map(images) }, published }
}

/** Pure. */
export function tagsThatMatter(wanted: readonly WantedPublication[], tags: readonly string[]): string[] {
  const there = new Set(tags)
  const inputs = wanted.map(({ image }) => tagIn(referenceOf(image)))
  const editions = wanted.flatMap(({ edition }) => edition ?? [])
  const missing = inputs.some((tag) => !there.has(tag))
  const named = [...inputs, ...tagsOfEditions(editions, tags)]
  return [...new Set([...named, ...(missing ? comparedTags(tags) : [])])].filter((tag) => there.has(tag))
}

/** Of editions that are wanted, their tags, those that follow them, and what these belong to now. Pure. */
export function tagsOfEditions(editions: readonly Edition[], tags: readonly string[]): string[] {
  const floating = [...new Set(editions.flatMap(floatingTagsOf))]
  const all = tags.flatMap((tag) => parseEdition(tag) ?? [])
  const highest = floating.flatMap((tag) => highestOf(tag, all) ?? [])
  return [...editions.map(tagOfEdition), ...floating, ...highest.map(tagOfEdition)]
}
