import { DevenvError } from '../problem/problem.js'
import { findManifest, listTags, putManifest } from '../registry/registry.js'
import type { Repository } from '../registry/repository.js'
import { type FindContent, lookDown } from './look-down.js'
import type { TagStep } from './plan-tags.js'
import { isImmutable, parseEdition, tagOfEdition } from './release-tags.js'

/** Sets a tag as it was planned. @throws DevenvError `tag-taken`, `push-incomplete` */
export const setTag = (planned: TagStep, repository: Repository, find: FindContent): Promise<void> =>
  planned.kind === 'edition' ? setEdition(planned, repository, find) : setFloating(planned, repository, find)

/**
 * Names the image or the seed of an edition. Registries have no compare-and-swap: the tag is looked at before it is set and read
 * again after it, so that somebody else's is noticed.
 * @throws DevenvError `tag-taken`, `push-incomplete`
 */
async function setEdition(
  planned: Extract<TagStep, { kind: 'edition' }>,
  repository: Repository,
  find: FindContent,
): Promise<void> {
  const { name, from, as, digest } = planned
  const edition = parseEdition(as)
  const before = edition !== undefined && isImmutable(edition) ? await find(repository, as) : undefined
  if (before !== undefined && before.digest !== digest) throw taken(planned, before.digest)
  // Another publisher of the same content was first: what it pushed is the edition.
  if (before?.lost.length === 0) return
  const source = await find(repository, from)
  if (source?.digest !== digest) throw incomplete(`${name}:${from}`, `devenv did not set ${name}:${as}.`)
  await putManifest(repository, as, source.manifest)
  if ((await findManifest(repository, as))?.digest === source.manifest.digest) return
  const after = await find(repository, as)
  if (after === undefined) throw incomplete(`${name}:${as}`, 'devenv moved no floating tag.')
  if (after.digest !== digest) throw taken(planned, after.digest)
}

/** Somebody may publish while we do; each look is at what is there then. */
const LOOKS = 3

/**
 * Has a floating tag lead to the highest edition of ours that the registry lists at this moment, which may be another
 * publisher's; and looks again, for that one may have come between. What it lists incompletely moves no tag.
 * @throws DevenvError `push-incomplete`
 */
async function setFloating({ name, as, from }: TagStep, repository: Repository, find: FindContent): Promise<void> {
  let set: string | undefined
  for (let look = 0; look < LOOKS; look++) {
    // What was set a moment ago need not be listed yet.
    const tags = [...new Set([...(await listTags(repository)), from])]
    const { highest, listed } = await lookDown(repository, as, tags, await find(repository, as), find)
    if (highest === undefined || !listed || tagOfEdition(highest) === set) return
    set = tagOfEdition(highest)
    const source = await findManifest(repository, set)
    if (source === undefined) throw incomplete(`${name}:${set}`, `devenv did not set ${name}:${as}.`)
    if ((await findManifest(repository, as))?.digest !== source.digest) await putManifest(repository, as, source)
  }
}

const incomplete = (image: string, left: string) => new DevenvError({ code: 'push-incomplete', image, left })

const taken = ({ name, as, from }: Extract<TagStep, { kind: 'edition' }>, holds: string): DevenvError =>
  new DevenvError({
    code: 'tag-taken',
    tag: `${name}:${as}`,
    holds: holds === '' ? 'something that devenv did not publish' : `${from.replace(/-.*/, '')}-${holds.slice(0, 20)}`,
    wants: from,
  })
