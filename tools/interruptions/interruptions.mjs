#!/usr/bin/env node
// @ts-check
// Interrupts devenv at each of its moments (moments.cjs), and starts it once more: that start must end well, with the
// earlier row there, one container a service, and no lock. Takes an hour; EVERY=10 takes each tenth moment.
//
//   node tools/interruptions/interruptions.mjs [SITUATION…]
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $ as shell } from 'zx'

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const EVERY = Number(process.env.EVERY ?? 1)
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL']
const ROW = 'the earlier row'

const folder = mkdtempSync(join(tmpdir(), 'devenv-interruptions-'))
const checkout = join(folder, 'hello')
const home = join(checkout, '.dev/devenv')
const environment = {
  ...process.env,
  DEVENV_PACKAGE: join(ROOT, 'examples/hello/environment'),
  DEVENV_MK: join(ROOT, 'packages/core/make/devenv.mk'),
}
const devenv = join(ROOT, 'packages/core/bin/devenv.js')

/**
 * @param {string} command
 * @param {Record<string, string>} [moment]
 */
const run = (command, moment) =>
  shell({
    cwd: checkout,
    quiet: true,
    nothrow: true,
    detached: true,
    env: {
      ...environment,
      ...moment,
      ...(moment && { NODE_OPTIONS: `--require ${join(ROOT, 'tools/interruptions/moments.cjs')}` }),
    },
  })`node ${devenv} ${command}`

const $ = shell({ cwd: checkout, quiet: true, env: environment })
/** @param {string} sql */
const mysql = async (sql) =>
  (await $`node ${devenv} exec mysql -- mysql -uhello -phello --batch --skip-column-names hello -e ${sql}`).stdout

let setting = 0
const change = () => {
  mkdirSync(join(checkout, 'devenv'), { recursive: true })
  const services = ['hello', 'redis'].map((name) => `  ${name}: { environment: { SETTING: "${setting}" } }\n`)
  writeFileSync(join(checkout, 'devenv/compose.yaml'), `services:\n${services.join('')}`)
  setting++
}
const running = async () => {
  await $`node ${devenv} start`
  if (!(await mysql('SELECT words FROM greetings')).includes(ROW))
    await mysql(`INSERT INTO greetings (words) VALUES ('${ROW}')`)
}

/** @type {Record<string, { prepare: () => Promise<void>, command: string, row: 'there' | 'none' | 'there or all gone' }>} */
const SITUATIONS = {
  'a first start': { prepare: async () => void (await $`node ${devenv} clean`), command: 'start', row: 'none' },
  'a start with changed configuration': {
    prepare: async () => {
      await running()
      change()
    },
    command: 'start',
    row: 'there',
  },
  'a stop': { prepare: running, command: 'stop', row: 'there' },
  'a clean': { prepare: running, command: 'clean', row: 'there or all gone' },
}

/**
 * What is wrong after the one start that follows.
 * @param {'there' | 'none' | 'there or all gone'} row
 * @returns {Promise<string[]>}
 */
async function faultsAfter(row) {
  const { exitCode, stderr } = await run('start')
  if (exitCode !== 0) return [`start ended with ${exitCode}: ${stderr}`]
  const { containers, urls } = JSON.parse((await $`node ${devenv} status --json`).stdout)
  const named = containers.map((/** @type {any} */ { service, state }) => `${service} ${state}`).sort()
  const page = await fetch(urls[0]).then(({ status }) => status)
  const rows = await mysql('SELECT words FROM greetings')
  const left = readdirSync(home).filter((name) => /\.lock|\.tmp$/.test(name))
  return [
    ...(named.join() === 'hello running,mysql running,redis running' ? [] : [`containers: ${named.join()}`]),
    ...(page === 200 ? [] : [`the page is a ${page}`]),
    ...(row === 'there' && !rows.includes(ROW) ? ['the earlier row is gone'] : []),
    ...(left.length === 0 ? [] : [`left: ${left.join()}`]),
  ]
}

/** @param {string} name */
async function interrupt(name) {
  const situation = SITUATIONS[name]
  if (situation === undefined) throw new Error(`no situation ${name}: ${Object.keys(SITUATIONS).join(', ')}`)
  const { prepare, command, row } = situation
  const file = join(folder, 'moments.json')
  await prepare()
  await run(command, { MOMENT_FILE: file })
  /** @type {string[]} */
  const moments = JSON.parse(readFileSync(file, 'utf8'))
  const cases = moments.flatMap((what, index) => [
    ...SIGNALS.map((signal) => ({ moment: index + 1, what, by: signal, after: '0' })),
    ...(what.startsWith('run docker compose')
      ? ['0', '100', '200', '300', '400', '600', '800'].map((after) => ({
          moment: index + 1,
          what,
          by: 'child',
          after,
        }))
      : []),
  ])
  const chosen = cases.filter((_, index) => index % EVERY === 0)
  let well = 0
  for (const { moment, what, by, after } of chosen) {
    await prepare()
    await run(command, { MOMENT: String(moment), MOMENT_DO: by, MOMENT_AFTER: after })
    const faults = await faultsAfter(row)
    if (faults.length === 0) well++
    else
      console.log(
        `  ${name}, ${by} at ${moment} (${what})${by === 'child' ? ` after ${after} ms` : ''}:\n    ${faults.join('\n    ')}`,
      )
  }
  console.log(`${well} of ${chosen.length} ended well: ${name} (${moments.length} moments)`)
  return chosen.length - well
}

try {
  cpSync(join(ROOT, 'examples/hello/service'), checkout, { recursive: true })
  await $`node ${devenv} start`
  let failed = 0
  const names = process.argv.slice(2)
  for (const name of names.length > 0 ? names : Object.keys(SITUATIONS)) failed += await interrupt(name)
  process.exitCode = failed === 0 ? 0 : 1
} finally {
  if (existsSync(checkout))
    await shell({ cwd: checkout, quiet: true, nothrow: true, env: environment })`node ${devenv} clean`
  rmSync(folder, { recursive: true, force: true })
}
