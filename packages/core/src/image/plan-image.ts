import { sameMachine } from '../engine/containers.js'
import { parseReference } from '../registry/repository.js'
import { compareInputs, type InputList, tagOf } from './image-inputs.js'

/** An image of ours, in the engine's store or in a registry. */
export type KnownImage = {
  reference: string
  digest: string
  inputs: InputList
  /** The mirror that its bases came from, if they were stand-ins. */
  standInsFrom: string | undefined
  /** What it is for, `linux/amd64`; none where nobody asked. */
  platforms: readonly string[]
  /** Platforms that it was for, and the registry has no more. */
  lost: readonly string[]
}

/** What a registry said when it was asked for one image. */
export type RegistryAnswer =
  | { kind: 'not-asked'; because: string }
  /** `said`: `ghcr.io did not answer: ECONNREFUSED`. */
  | { kind: 'failed'; said: string }
  /** `releases`: the images of releases, by the tag that names them; read only where the image is not held. */
  | { kind: 'answered'; held: KnownImage | undefined; releases: ReadonlyMap<string, KnownImage> }

/** The image that inputs ask for: `name` without a tag, their digest, and what they are. */
export type WantedImage = { name: string; digest: string; inputs: InputList }

type Named = { reference: string; digest: string; because: string }

/** What has to be done to have an image in the engine's store. */
export type ImagePlan = Named & ({ do: 'use' } | { do: 'tag'; from: string } | { do: 'pull' } | { do: 'build' })

export const referenceOf = ({ name, digest }: Pick<WantedImage, 'name' | 'digest'>): string =>
  `${name}:${tagOf(digest)}`

/** The two halves of a reference of ours, which always has a tag. */
export const nameIn = (reference: string): string => parseReference(reference).name
export const tagIn = (reference: string): string => parseReference(reference).tag ?? ''

/**
 * Whether an image is the one that is asked for. Its tag and its label must both say so. One whose bases were
 * stand-ins has the digest of the real one: it serves only where the same stand-ins were asked for. Pure.
 */
export const serves = (image: KnownImage, digest: string, mirror: string | undefined): boolean =>
  image.digest === digest &&
  image.lost.length === 0 &&
  image.reference.endsWith(`:${tagOf(digest)}`) &&
  (image.standInsFrom === undefined || image.standInsFrom === mirror)

/** Whether a platform is among those of an image, as far as they are known. Pure. */
export const isFor = ({ platforms }: Pick<KnownImage, 'platforms'>, platform: string): boolean =>
  platforms.length === 0 || platforms.some((each) => sameMachine(each, platform))

/** The digest decides. `known` are the engine's images of this service, newest first; `platform` is the engine's. Pure. */
export function planImage(
  wanted: WantedImage,
  known: readonly KnownImage[],
  answer: RegistryAnswer,
  mirror: string | undefined,
  platform: string,
): ImagePlan {
  const reference = referenceOf(wanted)
  const { digest } = wanted
  const fits = (image: KnownImage) => serves(image, digest, mirror) && isFor(image, platform)
  const here = known.filter(fits)
  if (here.some((image) => image.reference === reference)) {
    return { do: 'use', reference, digest, because: 'it was built from these inputs' }
  }
  const [other] = here
  if (other !== undefined) {
    return { do: 'tag', from: other.reference, reference, digest, because: `the engine has it as ${other.reference}` }
  }
  if (answer.kind === 'answered' && answer.held !== undefined && fits(answer.held)) {
    return { do: 'pull', reference, digest, because: 'the registry has it' }
  }
  return { do: 'build', reference, digest, because: explainBuild(wanted, known, answer, platform) }
}

/** Why nothing that is there serves: what changed since the image that is nearest to it. Pure. */
export function explainBuild(
  wanted: WantedImage,
  known: readonly KnownImage[],
  answer: RegistryAnswer,
  platform?: string,
): string {
  const tag = tagOf(wanted.digest)
  const lost = answer.kind === 'answered' ? (answer.held?.lost ?? []) : []
  if (lost.length > 0) return `the registry has lost its ${lost.join(', ')}`
  const same = ({ reference, digest }: KnownImage) => digest === wanted.digest && reference.endsWith(`:${tag}`)
  const foreign = (image: KnownImage) => same(image) && platform !== undefined && !isFor(image, platform)
  const standIns = known.find((image) => same(image) && !foreign(image))
  const aside = answer.kind === 'failed' ? `; ${answer.said}` : ''
  if (standIns !== undefined)
    return `the image here was built on stand-ins from ${standIns.standInsFrom || 'an unknown registry'}${aside}`
  const held = answer.kind === 'answered' ? answer.held : undefined
  const elsewhere = [...known, ...(held === undefined ? [] : [held])].find(foreign)
  if (elsewhere !== undefined)
    return `the image ${elsewhere === held ? 'in the registry' : 'here'} is for ${elsewhere.platforms.join(', ')}, but the engine is ${platform}${aside}`
  const releases = answer.kind === 'answered' ? [...answer.releases] : []
  const candidates = [
    ...known.map((image) => ({ since: 'the image here', image })),
    ...releases.map(([since, image]) => ({ since, image })),
  ].map(({ since, image }) => ({ since, changes: compareInputs(image.inputs, wanted.inputs) }))
  const nearest = candidates.sort((a, b) => a.changes.length - b.changes.length)[0]
  if (nearest === undefined) return `there is no image yet${aside}`
  return `${enumerate(nearest.changes)} since ${nearest.since}${aside}`
}

/** At most five, then how many more. */
export function enumerate(changes: readonly string[]): string {
  if (changes.length === 0) return 'nothing changed'
  const more = changes.length - 5
  return more > 0 ? `${changes.slice(0, 5).join(', ')} and ${more} more` : changes.join(', ')
}
