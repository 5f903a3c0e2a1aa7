import {
  findManifest,
  findPublishedImage,
  listTags,
  type PublishedImage,
  putManifest,
} from '../engine/registry/registry.js'
import type { Repository } from '../engine/registry/repository.js'
import { tagOf } from '../image/image-inputs.js'
import { DevenvError } from '../problem/problem.js'
import { digestIn, lookDown } from './look-down.js'
import type { PublishStep } from './plan-publish.js'
import { isImmutable, parseEdition, tagOfEdition } from './release-tags.js'

type TagStep = Extract<PublishStep, { do: 'tag' }>

/**
 * Names the image of an edition. Registries have no compare-and-swap: the tag is looked at before it is set and read
 * again after it, so that somebody else's is noticed.
 * @throws DevenvError `tag-taken`, `push-incomplete`
 */
export async function setEdition(
  planned: Extract<TagStep, { kind: 'edition' }>,
  repository: Repository,
): Promise<void> {
  const { name, from, as, digest } = planned
  const edition = parseEdition(as)
  const before = edition !== undefined && isImmutable(edition) ? await findPublishedImage(repository, as) : undefined
  if (before !== undefined && digestIn(before) !== digest) throw taken(planned, before)
  // Another publisher of the same content was first: its image is the edition.
  if (before?.lost.length === 0) return
  const source = await findPublishedImage(repository, from)
  if (source === undefined || digestIn(source) !== digest)
    throw incomplete(`${name}:${from}`, `${name}:${as} was not set.`)
  await putManifest(repository, as, source.manifest)
  if ((await findManifest(repository, as))?.digest === source.digest) return
  const after = await findPublishedImage(repository, as)
  if (after === undefined) throw incomplete(`${name}:${as}`, 'No floating tag was moved.')
  if (digestIn(after) !== digest) throw taken(planned, after)
}

/** Somebody may publish while we do; each look is at what is there then. */
const LOOKS = 3

/**
 * Has a floating tag lead to the highest edition of ours that the registry lists at this moment, which may be another
 * publisher's; and looks again, for that one may have come between. What it lists incompletely moves no tag.
 * @throws DevenvError `push-incomplete`
 */
export async function setFloating({ name, as, from }: TagStep, repository: Repository): Promise<void> {
  let set: string | undefined
  for (let look = 0; look < LOOKS; look++) {
    // What was set a moment ago need not be listed yet.
    const tags = [...new Set([...(await listTags(repository)), from])]
    const { highest, listed } = await lookDown(repository, as, tags, await findPublishedImage(repository, as))
    if (highest === undefined || !listed || tagOfEdition(highest) === set) return
    set = tagOfEdition(highest)
    const source = await findManifest(repository, set)
    if (source === undefined) throw incomplete(`${name}:${set}`, `${name}:${as} was not set.`)
    if ((await findManifest(repository, as))?.digest !== source.digest) await putManifest(repository, as, source)
  }
}

const incomplete = (image: string, left: string) => new DevenvError({ code: 'push-incomplete', image, left })

function taken({ name, as, digest }: Extract<TagStep, { kind: 'edition' }>, found: PublishedImage): DevenvError {
  const holds = digestIn(found)
  return new DevenvError({
    code: 'tag-taken',
    tag: `${name}:${as}`,
    holds: holds === '' ? found.digest : tagOf(holds),
    wants: tagOf(digest),
  })
}
