import type { StoreData } from '../environment/verbs/clean.js'
import { renderMemory } from './render-status.js'

/** The databases that a person loses, largest first, each with what tells whether that matters. Pure. */
export function renderDoomed(doomed: readonly StoreData[], now: Date): string {
  const rows = [...doomed]
    .sort((one, other) => (other.bytes ?? 0) - (one.bytes ?? 0))
    .map(({ store, bytes, since }) => ({
      store,
      size: bytes === undefined ? 'size unknown' : renderMemory(bytes),
      age: renderAge(since, now),
    }))
  const widest = (column: 'store' | 'size') => Math.max(...rows.map((row) => row[column].length))
  const [stores, sizes] = [widest('store'), widest('size')]
  const lines = rows.map(({ store, size, age }) => `  ${store.padEnd(stores)}  ${size.padEnd(sizes)}  made ${age}`)
  return ['clean removes the containers, and these databases for good:', ...lines].join('\n')
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
