#!/usr/bin/env node
// @ts-check
// Does on a real checkout what a person does, from nothing, and prints what was seen. See README.md.
//
//   node tools/acceptance/accept.mjs PACKAGE-FOLDER CHECKOUT [OTHER]
//   OTHER            the checkout of the service that runs beside, or, without one, its name and release (frontends@ulmo.4):
//                    the steps are those of <service>.with.<other>.mjs
//   KEEP=1           leaves the clones and their environments
//   SEEDS=1          takes the ready data that this machine keeps
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { openBrowser } from '../browser/browser.mjs'
import { Clone, DEVENV, Workshop } from './clone.mjs'
import { readCircumstances } from './read-circumstances.mjs'
import { renderReport, renderSeconds } from './render-report.mjs'
import { runSteps } from './run-steps.mjs'

/**
 * Who accepts: with a clone, a browser, and as many clones more as it makes. `beside`: of the service that runs beside;
 * `snapshot`: its name and release, where it has no checkout.
 * @typedef {{
 *   checkout: Clone
 *   browser: import('../browser/browser.mjs').Browser
 *   clones: Clone[]
 *   beside?: Clone
 *   snapshot?: string
 * }} Person
 *
 * What `<service>.mjs` exports. `snapshots`: the services that run beside without a checkout.
 * @typedef {{
 *   steps: import('./run-steps.mjs').Step<Person>[]
 *   exceptions?: import('../browser/judge-page.mjs').Exception[]
 *   snapshots?: string[]
 * }} Acceptance
 */

const HERE = fileURLToPath(new URL('.', import.meta.url))
const keep = Boolean(process.env.KEEP)

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`)

async function main() {
  const [packageFolder = '', given = '', other] = process.argv.slice(2)
  // As for WITH=: a word without / names a service.
  const snapshot = other?.includes('/') ? undefined : other
  const givenBeside = snapshot === undefined ? other : undefined
  const service = basename(packageFolder)
  const file =
    snapshot !== undefined
      ? `${service}.with.${snapshot.replace(/@.*/, '')}.mjs`
      : givenBeside === undefined
        ? `${service}.mjs`
        : findBeside(service)
  if (!existsSync(join(HERE, file))) throw new Error(`There is no acceptance of ${service}: ${file} is not there.`)
  if (!existsSync(join(given, '.git')))
    throw new Error(`CHECKOUT is “${given}”, but that is not a clone of ${service}.`)
  const checkout = realpathSync(given)
  /** @type {Acceptance} */
  const { steps, exceptions = [], snapshots = [] } = await import(pathToFileURL(join(HERE, file)).href)

  const folder = realpathSync(mkdtempSync(join(tmpdir(), `devenv-accept-${service}-`)))
  const cache = process.env.SEEDS ? undefined : join(folder, 'cache')
  const workshop = new Workshop({ service, folder, cache, package: resolve(packageFolder), snapshots })
  say(`logs, screenshots and, at the end, report.md are in ${folder}`)
  const circumstances = await readCircumstances({ service, checkout, package: workshop.package })
  /** @type {Clone[]} */
  const clones = []
  /** @type {Promise<void> | undefined} */
  let leaving
  const leave = async () => {
    say(`interrupted; ${keep ? 'what runs stays' : 'removing what was made (Ctrl-C again leaves it)'}`)
    for (const each of clones) each.workshop.interrupt()
    if (!keep) await remove(clones)
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      leaving ??= leave()
    })
  const clone = await Clone.of(workshop, checkout)
  clones.push(clone)
  const browser = await openBrowser({ screenshots: join(folder, 'screenshots'), exceptions })
  /** @type {Person} */
  const person = { checkout: clone, browser, clones, ...(snapshot !== undefined && { snapshot }) }
  if (givenBeside !== undefined) {
    const name = otherOf(file)
    const room = {
      service: name,
      folder: join(folder, name),
      cache,
      package: join(dirname(workshop.package), name),
      snapshots: [],
    }
    person.beside = await Clone.of(new Workshop(room), realpathSync(givenBeside))
    clones.push(person.beside)
  }

  const results = await runSteps(steps, person, {
    began: (title) => say(`${title} …`),
    ended: async (result) => {
      if (result.outcome === 'passed') say(`  passed in ${renderSeconds(result.seconds)}. ${result.seen}`)
      if (result.outcome === 'not reached') say(`${result.title}: not reached, because it needs “${result.because}”`)
      if (result.outcome === 'failed') {
        say(`  failed after ${renderSeconds(result.seconds)}. ${result.problem}`)
        if (leaving === undefined) await clone.run([...DEVENV, 'status'])
      }
    },
  })
  if (leaving !== undefined) return await leaving
  await browser.close()
  const report = renderReport(results, { ...circumstances, excused: browser.excused })
  writeFileSync(join(folder, 'report.md'), report)
  process.stdout.write(report)
  if (keep) say(`kept: ${clones.map(({ path }) => path).join(', ')}`)
  else await remove(clones)
  process.exitCode = results.every(({ outcome }) => outcome === 'passed') ? 0 : 1
}

/** The steps of a service with another one beside it. @param {string} service */
const findBeside = (service) =>
  readdirSync(HERE).find((name) => name.startsWith(`${service}.with.`)) ?? `${service}.with.<other>.mjs`

/** The service that runs beside, by the name of a file of steps. @param {string} file */
const otherOf = (file) => file.split('.').at(-2) ?? ''

/**
 * All but what tells of it: logs, screenshots, report.
 * @param {readonly Clone[]} clones
 */
async function remove(clones) {
  for (const clone of clones) await clone.clean()
  for (const { path, workshop } of clones)
    for (const each of [path, join(workshop.folder, 'team')]) rmSync(each, { recursive: true, force: true })
}

await main().catch((error) => {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
