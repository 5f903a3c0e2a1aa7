import { describePublished } from '../image/known-images.js'
import { findManifest, findPublishedImage, type Manifest } from '../registry/registry.js'
import type { Repository } from '../registry/repository.js'
import { type Edition, editionsOf, isImmutable, tagOfEdition } from './release-tags.js'

/** What a tag leads to, image or seed. `digest`: of what it was made of, `''` where it is not ours; `lost`: what the registry has no more. */
export type FoundContent = { digest: string; manifest: Manifest; lost: readonly string[] }
export type FindContent = (repository: Repository, reference: string) => Promise<FoundContent | undefined>

export const findImageContent: FindContent = async (repository, reference) => {
  const image = await findPublishedImage(repository, reference)
  if (image === undefined) return undefined
  return { digest: describePublished('', image).digest, manifest: image.manifest, lost: image.lost }
}

/**
 * What a floating tag may lead to. `foreign`: tags that only look like editions. `listed`: whether the content that the
 * tag leads to now may be left: it is none, not ours, not whole, or that of an edition in the list.
 */
export type Outlook = { highest: Edition | undefined; foreign: readonly string[]; listed: boolean }

/**
 * Looks at the editions that a registry lists, from the highest down, as far as needed: anybody may push a tag that looks
 * like one, and a list may be incomplete. `main` is not held to that: its editions move away from what it leads to.
 * @param tags as they are listed
 * @param held what the floating tag leads to
 * @param find how the content of this repository is looked at
 */
export async function lookDown(
  repository: Repository,
  floating: string,
  tags: readonly string[],
  held: FoundContent | undefined,
  find: FindContent,
): Promise<Outlook> {
  const foreign: string[] = []
  let highest: Edition | undefined
  let listed = held === undefined || held.digest === '' || held.lost.length > 0
  for (const edition of editionsOf(floating, tags)) {
    if (highest !== undefined && listed) break
    const tag = tagOfEdition(edition)
    if (highest === undefined) {
      const content = await find(repository, tag)
      // One that is listed, and gone, is still the highest: whoever needs it is told.
      if (content?.digest === '') {
        foreign.push(tag)
        continue
      }
      highest = edition
    }
    listed ||= !isImmutable(edition) || (await findManifest(repository, tag))?.digest === held?.manifest.digest
  }
  return { highest, foreign, listed }
}
