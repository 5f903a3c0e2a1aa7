import type { Save } from '../environment/data/saves.js'
import type { StoreData } from '../environment/verbs/clean.js'
import { renderMemory } from './render-status.js'

/** The databases that a person loses, largest first, each with what tells whether that matters. Pure. */
export const renderDoomed = (doomed: readonly StoreData[], now: Date): string =>
  ['clean removes the containers, and these databases for good:', ...linesFor(doomed, now)].join('\n')

/** The databases that the data of a save take the place of. Pure. */
export const renderReplaced = (doomed: readonly StoreData[], { name, description }: Save, now: Date): string => {
  const made = renderAge(new Date(description.created), now)
  return [
    `restore puts the save ${name}, made ${made}, in the place of these databases:`,
    ...linesFor(doomed, now),
  ].join('\n')
}

function linesFor(doomed: readonly StoreData[], now: Date): string[] {
  const rows = [...doomed]
    .sort((one, other) => (other.bytes ?? 0) - (one.bytes ?? 0))
    .map(({ store, bytes, since }) => ({
      store,
      size: bytes === undefined ? 'size unknown' : renderMemory(bytes),
      age: renderAge(since, now),
    }))
  const widest = (column: 'store' | 'size') => Math.max(...rows.map((row) => row[column].length))
  const [stores, sizes] = [widest('store'), widest('size')]
  return rows.map(({ store, size, age }) => `  ${store.padEnd(stores)}  ${size.padEnd(sizes)}  made ${age}`)
}

const UNITS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const
const WORDS = new Intl.RelativeTimeFormat('en')

/** `3 weeks ago`. Pure. */
export function renderAge(since: Date, now: Date): string {
  const seconds = (now.getTime() - since.getTime()) / 1000
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? []
  return unit === undefined ? 'just now' : WORDS.format(-Math.floor(seconds / length), unit)
}
