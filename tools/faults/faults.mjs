#!/usr/bin/env node
// @ts-check
// Does faults to hello, class by class, and starts it once more after each: that start must end well, with the earlier row
// there, one container a service, no lock, and nothing of a person changed.
//
//   make faults            CLASS=links SAMPLE=20 SEED=7 make faults
//
//   CLASS    only these (names with commas)
//   SAMPLE   how many of each class, or a number for each with commas (default: all, which takes hours)
//   SEED     which ones those are: the same for the same seed
import { createHash } from 'node:crypto'
import { disk, helloOnDisk } from './disk.mjs'
import { edits } from './edits.mjs'
import { engine, silence } from './engine.mjs'
import { freshHello, wrong } from './hello.mjs'
import { interruptions } from './interruptions.mjs'
import { links } from './links.mjs'
import { states } from './states.mjs'

/** @typedef {{ name: string, run: () => Promise<import('./hello.mjs').Fault[]> }} Case */

/** @type {Record<string, { casesOf: (hello: import('./hello.mjs').Hello) => Promise<Case[]>, open?: typeof helloOnDisk }>} */
const CLASSES = {
  interruptions: { casesOf: interruptions },
  engine: { casesOf: engine },
  silence: { casesOf: silence },
  states: { casesOf: states },
  links: { casesOf: links },
  disk: { casesOf: disk, open: helloOnDisk },
  edits: { casesOf: edits },
}
const { CLASS, SAMPLE, SEED = '0' } = process.env

const names = CLASS?.split(',') ?? Object.keys(CLASSES)
const samples = SAMPLE?.split(',').map(Number)

/** @param {readonly Case[]} cases @param {number} [size] @returns {readonly Case[]} */
function sample(cases, size) {
  if (size === undefined) return cases
  const placeOf = (/** @type {number} */ index) => createHash('sha256').update(`${SEED} ${index}`).digest('hex')
  return cases
    .map((one, index) => ({ one, place: placeOf(index) }))
    .sort((a, b) => a.place.localeCompare(b.place))
    .slice(0, size)
    .map(({ one }) => one)
}

/** Classes that are done to the same hello share one. @type {Map<typeof freshHello | typeof helloOnDisk, import('./hello.mjs').Hello>} */
const opened = new Map()
const rows = []
try {
  for (const [place, name] of names.entries()) {
    const found = CLASSES[name]
    if (found === undefined) throw new Error(`no class ${name}: ${Object.keys(CLASSES).join(', ')}`)
    const open = found.open ?? freshHello
    const hello = opened.get(open) ?? (await open())
    opened.set(open, hello)
    const all = await found.casesOf(hello)
    const chosen = sample(all, samples?.[place] ?? samples?.[0])
    let badly = 0
    let lost = 0
    for (const [index, one] of chosen.entries()) {
      if (index > 0 && index % 25 === 0)
        console.log(`${name}: ${index} of ${chosen.length} tried, ${badly} ended badly`)
      const faults = await one.run().catch((error) => [wrong(String(error))])
      if (faults.length > 0) badly++
      if (faults.some((fault) => fault.lost)) lost++
      for (const { what } of faults) console.log(`${one.name}:\n    ${what.trim().replaceAll('\n', '\n    ')}`)
    }
    rows.push(`| ${name} | ${all.length} | ${chosen.length} | ${badly} | ${lost} |`)
    process.exitCode = badly > 0 ? 1 : (process.exitCode ?? 0)
  }
} finally {
  for (const hello of opened.values()) await hello.remove()
}
console.log(`\n| class | cases | tried | ended badly | lost something |\n|---|---|---|---|---|\n${rows.join('\n')}`)
