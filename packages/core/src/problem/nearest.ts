import { distance } from 'fastest-levenshtein'

/** The share of a name that has to be right. */
const LEAST = 0.45

/** The name that somebody will have meant, if one is near enough. Pure. */
export function nearest(name: string, known: readonly string[], least = LEAST): string | undefined {
  const likeness = (other: string) => 1 - mistakesIn(name, other) / Math.max(name.length, other.length, 1)
  const [best] = known.toSorted((one, other) => likeness(other) - likeness(one))
  return best !== undefined && likeness(best) >= least ? best : undefined
}

/** How many letters are too many, missing or other ones; two neighbours that changed places are one mistake. */
const mistakesIn = (name: string, meant: string): number =>
  Math.min(
    distance(name, meant),
    ...[...name].map((_, at) => {
      const swapped = `${name.slice(0, at)}${name[at + 1] ?? ''}${name[at]}${name.slice(at + 2)}`
      return 1 + distance(swapped, meant)
    }),
  )

/** What stands behind a sentence about wrong names: the nearest right ones, if any are near. Pure. */
export function meant(names: readonly string[], known: readonly string[]): string {
  const near = [...new Set(names.flatMap((name) => nearest(name, known) ?? []))]
  return near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`
}
