import { compareInputs, digestOf, type ImageInputs, type InputList, listInputs, tagOf } from './image-inputs.js'

/** An image of ours in the engine's store. `mirror` is where its bases came from if they were stand-ins. */
export type KnownImage = { reference: string; digest: string; inputs: InputList; standInsFrom: string | undefined }

type Named = { reference: string; digest: string; because: string }

/** What has to be done for the image that the inputs ask for. */
export type ImagePlan = (Named & { do: 'use' }) | (Named & { do: 'build' })

/**
 * The digest decides. `known` are the engine's images of this name, newest first. Pure.
 *
 * An image whose bases were stand-ins has the digest of the real one. It serves only where the same stand-ins
 * were asked for.
 */
export function planImage(inputs: ImageInputs, known: readonly KnownImage[], mirror: string | undefined): ImagePlan {
  const digest = digestOf(inputs)
  const reference = `${inputs.spec.name}:${tagOf(digest)}`
  const present = known.find((image) => image.reference === reference && image.digest === digest)
  if (present !== undefined && (present.standInsFrom === undefined || present.standInsFrom === mirror)) {
    return { do: 'use', reference, digest, because: 'the inputs are those it was built from' }
  }
  if (present !== undefined) {
    return {
      do: 'build',
      reference,
      digest,
      because: `the one that is here was built on stand-ins from ${present.standInsFrom}`,
    }
  }
  const [latest] = known
  if (latest === undefined) return { do: 'build', reference, digest, because: 'there is none yet' }
  return { do: 'build', reference, digest, because: enumerate(compareInputs(latest.inputs, listInputs(inputs))) }
}

/** At most five, then how many more. */
export function enumerate(changes: readonly string[]): string {
  if (changes.length === 0) return 'nothing changed'
  const more = changes.length - 5
  return more > 0 ? `${changes.slice(0, 5).join(', ')} and ${more} more` : changes.join(', ')
}
