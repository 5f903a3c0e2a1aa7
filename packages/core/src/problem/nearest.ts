import { distance } from 'fastest-levenshtein'

/** The share of a name that has to be right. */
const LEAST = 1 / 3

/** The name that somebody will have meant, if one is near enough. Pure. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const likeness = (other: string) => 1 - distance(name, other) / Math.max(name.length, other.length, 1)
  const [best] = known.toSorted((one, other) => likeness(other) - likeness(one))
  return best !== undefined && likeness(best) >= LEAST ? best : undefined
}

/** What stands behind a sentence about wrong names: the nearest right ones, if any are near. Pure. */
export function meant(names: readonly string[], known: readonly string[]): string {
  const near = [...new Set(names.flatMap((name) => nearest(name, known) ?? []))]
  return near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`
}
