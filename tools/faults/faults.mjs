#!/usr/bin/env node
// @ts-check
// Does faults to hello, class by class, and starts it once more after each: that start must end well, with the earlier row
// there, one container a service, no lock, and nothing of a person changed.
//
//   make faults            CLASS=links SAMPLE=20 SEED=7 make faults
//
//   CLASS    only these (names with commas)
//   SAMPLE   how many of each class (default: all, which takes hours)
//   SEED     which ones those are: the same for the same seed
import { createHash } from 'node:crypto'
import { disk, helloOnDisk } from './disk.mjs'
import { edits, helloForked } from './edits.mjs'
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
  'forked-edits': { casesOf: edits, open: helloForked },
}
const { CLASS, SAMPLE, SEED = '0' } = process.env

/** @param {readonly Case[]} cases @returns {Case[]} */
function sample(cases) {
  const placeOf = (/** @type {Case} */ { name }) => createHash('sha256').update(`${SEED} ${name}`).digest('hex')
  if (SAMPLE === undefined) return [...cases]
  return [...cases].sort((a, b) => placeOf(a).localeCompare(placeOf(b))).slice(0, Number(SAMPLE))
}

const names = CLASS?.split(',') ?? Object.keys(CLASSES)
const rows = []
for (const name of names) {
  const found = CLASSES[name]
  if (found === undefined) throw new Error(`no class ${name}: ${Object.keys(CLASSES).join(', ')}`)
  const hello = await (found.open ?? freshHello)()
  try {
    const all = await found.casesOf(hello)
    const chosen = sample(all)
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
  } finally {
    await hello.remove()
  }
}
console.log(`\n| class | cases | tried | ended badly | lost something |\n|---|---|---|---|---|\n${rows.join('\n')}`)
