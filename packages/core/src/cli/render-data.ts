import type { Archive } from '../environment/data/archive.js'
import type { Save } from '../environment/data/saves.js'
import { renderBytes } from '../publish/bill.js'
import { asTyped, type Form } from './as-typed.js'
import { renderAge } from './render-doomed.js'

/** The saves of an environment, and the seeds of its service on this machine. Pure but for how devenv is typed here. */
export function renderData(
  { saves, damaged, seeds }: { saves: readonly Save[]; damaged: readonly string[]; seeds: readonly Archive[] },
  now: Date,
  form?: Form,
): string[] {
  const typed = (text: string) => asTyped(text, form)
  const kept = table(saves.map((save) => [save.name, ...wordsFor(save, now)]))
  const ready = table(seeds.map((seed) => [seed.description.digest.slice(0, 12), ...wordsFor(seed, now)]))
  return [
    ...(saves.length + damaged.length === 0
      ? [typed('There is no save; `devenv data save NAME` makes one.')]
      : ['Saves:']),
    ...kept,
    ...damaged.map((name) => `  ${name}  is damaged; ${typed(`\`devenv data delete ${name}\` removes it`)}`),
    ...(seeds.length === 0 ? [] : ['Seeds that this machine keeps, the last used first:']),
    ...ready,
  ]
}

/** What a person loses with a save, one that is damaged too. Pure. */
export const renderDeletion = (name: string, save: Save | undefined, now: Date): string => {
  const [age, ...words] = save === undefined ? [] : wordsFor(save, now).filter((text) => text !== '')
  return `delete removes the save ${name} for good: ${age === undefined ? 'it is damaged' : [`made ${age}`, ...words].join(', ')}`
}

const wordsFor = ({ bytes, description: { created, label, stores } }: Archive, now: Date): string[] => [
  renderAge(new Date(created), now),
  renderBytes(bytes),
  Object.keys(stores).join(', '),
  label === undefined ? '' : `on ${label}`,
]

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
}
