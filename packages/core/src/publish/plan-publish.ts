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
import { type HeldTags, planTags, type TagStep } from './plan-tags.js'
import { type Edition, parseEdition } from './release-tags.js'

/** An image that shall be published: of which release, and, without an edition, by its inputs alone. */
export type WantedPublication = { image: WantedImage; release: string | undefined; edition: Edition | undefined }

/** What a repository of images holds, and the images behind the tags that matter. */
export type HeldRepository = HeldTags & { images: ReadonlyMap<string, KnownImage & { manifest: string }> }

/** `releases`: whose image it is. */
export type PublishStep =
  | { do: 'build'; reference: string; digest: string; releases: readonly string[]; because: string }
  | TagStep

/** In the order in which it is done: nothing points at an image before it is whole. `present`: images that need no build. */
export type PublishPlan = { steps: readonly PublishStep[]; present: readonly string[]; notes: readonly string[] }

/**
 * What publishing means for one repository of images. Pure.
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
  const named = wanted.flatMap(({ image, edition }) =>
    edition === undefined ? [] : [{ image, edition, digest: image.digest, from: tagIn(referenceOf(image)) }],
  )
  const tags = planTags(named, held, held.images, (tag, there, wants) => taken(tag, there, wants.image))
  return {
    plan: { steps: [...builds, ...tags.steps], present, notes: tags.notes },
    problems: [...problems, ...tags.problems],
  }
}

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
