#!/usr/bin/env node
// @ts-check
// Does on a real checkout what a person does, from nothing, and prints what was seen. See README.md.
//
//   node tools/acceptance/accept.mjs PACKAGE-FOLDER CHECKOUT
//   KEEP=1   leaves the clones and their environments
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { openBrowser } from '../browser/browser.mjs'
import { Clone, DEVENV, Workshop } from './clone.mjs'
import { readCircumstances } from './read-circumstances.mjs'
import { renderReport, renderSeconds } from './render-report.mjs'
import { runSteps } from './run-steps.mjs'

/**
 * Who accepts: with a clone, a browser, and as many clones more as it makes.
 * @typedef {{
 *   checkout: Clone
 *   browser: import('../browser/browser.mjs').Browser
 *   clones: Clone[]
 * }} Person
 *
 * What `<service>.mjs` exports.
 * @typedef {{
 *   steps: import('./run-steps.mjs').Step<Person>[]
 *   exceptions?: import('../browser/judge-page.mjs').Exception[]
 * }} Acceptance
 */

const HERE = fileURLToPath(new URL('.', import.meta.url))
const keep = Boolean(process.env.KEEP)

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`)

async function main() {
  const [packageFolder = '', given = ''] = process.argv.slice(2)
  const service = basename(packageFolder)
  const file = join(HERE, `${service}.mjs`)
  if (!existsSync(file)) throw new Error(`There is no acceptance of ${service}: ${file} is not there.`)
  if (!existsSync(join(given, '.git')))
    throw new Error(`CHECKOUT is “${given}”, but that is not a clone of ${service}.`)
  const checkout = realpathSync(given)
  /** @type {Acceptance} */
  const { steps, exceptions = [] } = await import(pathToFileURL(file).href)

  const folder = realpathSync(mkdtempSync(join(tmpdir(), `devenv-accept-${service}-`)))
  const workshop = new Workshop({ service, folder, package: resolve(packageFolder) })
  say(`logs, screenshots and, at the end, report.md are in ${folder}`)
  const circumstances = await readCircumstances({ service, checkout, package: workshop.package })
  const clone = await Clone.of(workshop, checkout)
  const browser = await openBrowser({ screenshots: join(folder, 'screenshots'), exceptions })
  /** @type {Person} */
  const person = { checkout: clone, browser, clones: [clone] }
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, async () => {
      workshop.interrupt()
      if (!keep) await remove(workshop, person)
      process.exit(130)
    })

  const results = await runSteps(steps, person, {
    began: (title) => say(`${title} …`),
    ended: async (result) => {
      if (result.outcome === 'passed') say(`  passed in ${renderSeconds(result.seconds)}. ${result.seen}`)
      if (result.outcome === 'not reached') say(`${result.title}: not reached, because it needs “${result.because}”`)
      if (result.outcome === 'failed') {
        say(`  failed after ${renderSeconds(result.seconds)}. ${result.problem}`)
        await clone.run([...DEVENV, 'status'])
      }
    },
  })
  await browser.close()
  const report = renderReport(results, { ...circumstances, excused: browser.excused })
  writeFileSync(join(folder, 'report.md'), report)
  process.stdout.write(report)
  if (keep) say(`kept: ${person.clones.map(({ path }) => path).join(', ')}`)
  else await remove(workshop, person)
  process.exitCode = results.every(({ outcome }) => outcome === 'passed') ? 0 : 1
}

/**
 * All but what tells of it: logs, screenshots, report.
 * @param {Workshop} workshop
 * @param {Person} person
 */
async function remove({ folder }, { clones }) {
  for (const clone of clones) await clone.run([...DEVENV, 'clean'])
  for (const path of [...clones.map((clone) => clone.path), join(folder, 'team')])
    rmSync(path, { recursive: true, force: true })
}

await main().catch((error) => {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
