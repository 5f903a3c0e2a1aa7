import { findManifest, findPublishedImage, type PublishedImage } from '../engine/registry/registry.js'
import type { Repository } from '../engine/registry/repository.js'
import { describePublished } from '../image/known-images.js'
import { type Edition, editionsOf, isImmutable, tagOfEdition } from './release-tags.js'

/**
 * What a floating tag may lead to. `foreign`: tags that only look like editions. `listed`: whether the image that the
 * tag leads to now may be left: it is none, not ours, not whole, or that of an edition in the list.
 */
export type Outlook = { highest: Edition | undefined; foreign: readonly string[]; listed: boolean }

export const digestIn = (image: PublishedImage): string => describePublished('', image).digest

/**
 * Looks at the editions that a registry lists, from the highest down, as far as needed: anybody may push a tag that looks
 * like one, and a list may be incomplete. `main` is not held to that: its editions move away from what it leads to.
 * @param tags as they are listed
 * @param held what the floating tag leads to
 */
export async function lookDown(
  repository: Repository,
  floating: string,
  tags: readonly string[],
  held: PublishedImage | undefined,
): Promise<Outlook> {
  const foreign: string[] = []
  let highest: Edition | undefined
  let listed = held === undefined || digestIn(held) === '' || held.lost.length > 0
  for (const edition of editionsOf(floating, tags)) {
    if (highest !== undefined && listed) break
    const tag = tagOfEdition(edition)
    if (highest === undefined) {
      const image = await findPublishedImage(repository, tag)
      // One that is listed, and gone, is still the highest: whoever needs it is told.
      if (image !== undefined && digestIn(image) === '') {
        foreign.push(tag)
        continue
      }
      highest = edition
    }
    listed ||= !isImmutable(edition) || (await findManifest(repository, tag))?.digest === held?.digest
  }
  return { highest, foreign, listed }
}
