import { compareInputs } from '../image/image-inputs.js'
import {
  enumerate,
  explainBuild,
  type KnownImage,
  referenceOf,
  serves,
  tagIn,
  type WantedImage,
} from '../image/plan-image.js'
import type { Problem } from '../problem/problem.js'
import { type Edition, floatingTagsOf, highestOf, isImmutable, parseEdition, tagOfEdition } from './release-tags.js'

/** An image that shall be published: of which release, and, without an edition, by its inputs alone. */
export type WantedPublication = { image: WantedImage; release: string | undefined; edition: Edition | undefined }

/**
 * What a repository of the registry holds: all its tags but those that only look like editions, and the images behind
 * those that matter. `unlisted`: floating tags that lead to an image of ours, and no edition among the tags does.
 */
export type HeldRepository = {
  name: string
  tags: readonly string[]
  unlisted: ReadonlySet<string>
  images: ReadonlyMap<string, KnownImage & { manifest: string }>
}

/** `releases`: whose image it is. `from` and `as` are tags of the same repository. */
export type PublishStep =
  | { do: 'build'; reference: string; digest: string; releases: readonly string[]; because: string }
  | { do: 'tag'; kind: 'edition'; name: string; from: string; as: string; digest: string; because: string }
  | { do: 'tag'; kind: 'floating'; name: string; from: string; as: string; because: string }

/** In the order in which it is done: nothing points at an image before it is whole. `present`: images that need no build. */
export type PublishPlan = { steps: readonly PublishStep[]; present: readonly string[]; notes: readonly string[] }

/**
 * What publishing means for one repository. Tags are a function of what the repository holds: an edition's tag is
 * set once, a floating tag leads to the highest edition there is. Pure.
 * @returns the plan, or each immutable tag that names something else (`tag-taken`)
 */
export function planPublish(
  wanted: readonly WantedPublication[],
  held: HeldRepository,
  mirror: string | undefined,
): { plan: PublishPlan; problems: readonly Problem[] } {
  const problems: Problem[] = []
  const builds: PublishStep[] = []
  const present: string[] = []
  // Several releases may want one image.
  for (const [reference, image] of new Map(wanted.map(({ image }) => [referenceOf(image), image]))) {
    const there = held.images.get(tagIn(reference))
    if (there !== undefined && serves(there, image.digest, mirror)) present.push(reference)
    else if (there !== undefined && there.digest !== image.digest) problems.push(taken(reference, there, image))
    else {
      const releases = wanted.flatMap((other) => (referenceOf(other.image) === reference ? (other.release ?? []) : []))
      builds.push({ do: 'build', reference, digest: image.digest, releases, because: explain(image, there, held) })
    }
  }
  const { editions, problems: refused } = planEditions(wanted, held)
  const { floating, notes } = planFloating(wanted, held)
  const steps = [...builds, ...editions, ...floating]
  return { plan: { steps, present, notes }, problems: [...problems, ...refused] }
}

/** What lost a platform is built again: until then, its tags lead nowhere from a machine of that platform. */
const isWhole = (image: KnownImage | undefined): boolean => image?.lost.length === 0

const explain = (image: WantedImage, there: KnownImage | undefined, held: HeldRepository): string => {
  const releases = new Map(
    [...held.images].filter(([tag]) => !tag.startsWith('inputs-') && parseEdition(tag) === undefined),
  )
  return explainBuild(image, [], { kind: 'answered', held: there, releases })
}

const taken = (reference: string, holds: KnownImage, wants: WantedImage): Problem => ({
  code: 'tag-taken',
  tag: reference,
  holds: holds.digest === '' ? 'an image that devenv did not build' : `inputs-${holds.digest.slice(0, 20)}`,
  wants: `${referenceOf(wants)} (${enumerate(compareInputs(holds.inputs, wants.inputs))})`,
})

function planEditions(wanted: readonly WantedPublication[], held: HeldRepository) {
  const editions: PublishStep[] = []
  const problems: Problem[] = []
  for (const { image, edition } of wanted) {
    if (edition === undefined) continue
    const as = tagOfEdition(edition)
    const there = held.images.get(as)
    const same = there?.digest === image.digest
    if (same && isWhole(there)) continue
    if (there !== undefined && !same && isImmutable(edition)) {
      problems.push(taken(`${held.name}:${as}`, there, image))
      continue
    }
    const moved = same ? `the registry has lost its ${there?.lost.join(', ')}` : `${edition.release} has moved on`
    const because = there === undefined ? 'a new edition' : moved
    const from = tagIn(referenceOf(image))
    editions.push({ do: 'tag', kind: 'edition', name: held.name, from, as, digest: image.digest, because })
  }
  return { editions, problems }
}

function planFloating(wanted: readonly WantedPublication[], held: HeldRepository) {
  const floating: PublishStep[] = []
  const notes: string[] = []
  const named = wanted.flatMap(({ image, edition }) => (edition === undefined ? [] : [{ image, edition }]))
  const editions = [...held.tags.flatMap((tag) => parseEdition(tag) ?? []), ...named.map(({ edition }) => edition)]
  /** What the edition's tag leads to when all is done, as far as that is known now. */
  const manifestOf = (tag: string): string | undefined => {
    const wants = named.find(({ edition }) => tagOfEdition(edition) === tag)?.image
    const there = held.images.get(tag)
    if (wants === undefined || (there?.digest === wants.digest && isWhole(there))) return there?.manifest
    const inputs = held.images.get(tagIn(referenceOf(wants)))
    return isWhole(inputs) ? inputs?.manifest : undefined
  }
  for (const as of new Set(named.flatMap(({ edition }) => floatingTagsOf(edition)))) {
    const highest = highestOf(as, editions)
    if (highest === undefined) {
      notes.push(`devenv does not set ${held.name}:${as}: a prerelease gets no such tag`)
      continue
    }
    const from = tagOfEdition(highest)
    if (!named.some(({ edition }) => tagOfEdition(edition) === from))
      notes.push(`${held.name}:${as} belongs to ${from}, a higher version than this one`)
    const manifest = manifestOf(from)
    if (manifest !== undefined && held.images.get(as)?.manifest === manifest) continue
    if (held.unlisted.has(as)) {
      notes.push(
        `devenv does not move ${held.name}:${as}: its image has no edition in the registry’s list of tags, and may be a higher version. To let this tag follow the listed editions, remove it from the registry first`,
      )
      continue
    }
    floating.push({ do: 'tag', kind: 'floating', name: held.name, from, as, because: `${from} is the highest` })
  }
  return { floating, notes }
}
