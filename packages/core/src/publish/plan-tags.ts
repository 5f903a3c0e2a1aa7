import type { Problem } from '../problem/problem.js'
import { type Edition, floatingTagsOf, highestOf, isImmutable, parseEdition, tagOfEdition } from './release-tags.js'

/** What shall have the tag of an edition: that with this digest, which by then has the tag `from` by its content. */
export type WantedEdition = { edition: Edition; digest: string; from: string }

/** What a tag leads to, image or seed. `digest`: of what it was made of, `''` where it is not ours; `lost`: what the registry has no more. */
export type HeldContent = { digest: string; manifest: string; lost: readonly string[] }

/**
 * What a repository of the registry holds: all its tags but those that only look like editions, and what is behind those that matter.
 * `unlisted`: floating tags that lead to content of ours, and no edition among the tags does.
 */
export type HeldTags = { name: string; tags: readonly string[]; unlisted: ReadonlySet<string> }

/** `from` and `as` are tags of the same repository. */
export type TagStep =
  | { do: 'tag'; kind: 'edition'; name: string; from: string; as: string; digest: string; because: string }
  | { do: 'tag'; kind: 'floating'; name: string; from: string; as: string; because: string }

/** What lost a part is published again: until then, its tags lead nowhere. */
export const isWhole = (content: Pick<HeldContent, 'lost'> | undefined): boolean => content?.lost.length === 0

/**
 * Tags are a function of what the repository holds: an edition's tag is set once, a floating tag leads to the highest edition there is.
 * Pure.
 * @param taken the words for an immutable tag that leads elsewhere
 */
export function planTags<Wanted extends WantedEdition, Held extends HeldContent>(
  wanted: readonly Wanted[],
  held: HeldTags,
  contents: ReadonlyMap<string, Held>,
  taken: (tag: string, there: Held, wants: Wanted) => Problem,
): { steps: readonly TagStep[]; notes: readonly string[]; problems: readonly Problem[] } {
  const editions: TagStep[] = []
  const problems: Problem[] = []
  for (const each of wanted) {
    const { edition, digest, from } = each
    const as = tagOfEdition(edition)
    const there = contents.get(as)
    const same = there?.digest === digest
    if (same && isWhole(there)) continue
    if (there !== undefined && !same && isImmutable(edition)) {
      problems.push(taken(`${held.name}:${as}`, there, each))
      continue
    }
    const moved = same ? `the registry has lost its ${there?.lost.join(', ')}` : `${edition.release} has moved on`
    const because = there === undefined ? 'a new edition' : moved
    editions.push({ do: 'tag', kind: 'edition', name: held.name, from, as, digest, because })
  }
  const { floating, notes } = planFloating(wanted, held, contents)
  return { steps: [...editions, ...floating], notes, problems }
}

function planFloating(
  wanted: readonly WantedEdition[],
  held: HeldTags,
  contents: ReadonlyMap<string, HeldContent>,
): { floating: TagStep[]; notes: string[] } {
  const floating: TagStep[] = []
  const notes: string[] = []
  const editions = [...held.tags.flatMap((tag) => parseEdition(tag) ?? []), ...wanted.map(({ edition }) => edition)]
  /** What the edition's tag leads to when all is done, as far as that is known now. */
  const manifestOf = (tag: string): string | undefined => {
    const wants = wanted.find(({ edition }) => tagOfEdition(edition) === tag)
    const there = contents.get(tag)
    if (wants === undefined || (there?.digest === wants.digest && isWhole(there))) return there?.manifest
    const content = contents.get(wants.from)
    return isWhole(content) ? content?.manifest : undefined
  }
  for (const as of new Set(wanted.flatMap(({ edition }) => floatingTagsOf(edition)))) {
    const highest = highestOf(as, editions)
    if (highest === undefined) {
      notes.push(`devenv does not set ${held.name}:${as}: a prerelease gets no such tag`)
      continue
    }
    const from = tagOfEdition(highest)
    if (!wanted.some(({ edition }) => tagOfEdition(edition) === from))
      notes.push(`${held.name}:${as} belongs to ${from}, a higher version than this one`)
    const manifest = manifestOf(from)
    if (manifest !== undefined && contents.get(as)?.manifest === manifest) continue
    if (held.unlisted.has(as)) {
      notes.push(
        `devenv does not move ${held.name}:${as}: it has no edition in the registry’s list of tags, and may be a higher version. To let this tag follow the listed editions, remove it from the registry first`,
      )
      continue
    }
    floating.push({ do: 'tag', kind: 'floating', name: held.name, from, as, because: `${from} is the highest` })
  }
  return { floating, notes }
}
