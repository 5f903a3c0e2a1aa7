// @ts-check
// A copy of hello that faults are done to, and what must be true of it afterwards.
import { createHash } from 'node:crypto'
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $ as shell } from 'zx'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const DEVENV = join(ROOT, 'packages/core/bin/devenv.js')
const MOMENTS = join(ROOT, 'tools/faults/moments.cjs')
const ROW = 'the earlier row'

/** @typedef {'there' | 'none' | 'there or all gone'} Row what is to be true of the earlier row */
/** @typedef {{ what: string, lost: boolean }} Fault `lost`: something of a person is gone or changed */
/** @typedef {{ exitCode: number | null, stdout: string, stderr: string }} Ended */

/** @param {string} what @returns {Fault} */
export const lost = (what) => ({ what, lost: true })
/** @param {string} what @returns {Fault} */
export const wrong = (what) => ({ what, lost: false })

/** @param {Record<string, string>} [env] for every command */
export function freshHello(env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'devenv-faults-'))
  const checkout = join(folder, 'hello')
  const home = join(env.DEVENV_DIR ? join(env.DEVENV_DIR, 'hello') : join(checkout, '.dev'), 'devenv')
  const environment = {
    ...process.env,
    DEVENV_PACKAGE: join(ROOT, 'examples/hello/environment'),
    DEVENV_MK: join(ROOT, 'packages/core/make/devenv.mk'),
    // Node reads the bundle of certificates at each start.
    NODE_EXTRA_CA_CERTS: '',
    // Each first start makes its data itself.
    XDG_CACHE_HOME: join(folder, 'cache'),
    ...env,
  }
  cpSync(join(ROOT, 'examples/hello/service'), checkout, { recursive: true, filter: (path) => !path.includes('/.dev') })

  /** @param {readonly string[]} words @param {Record<string, string>} [moment] @returns {Promise<Ended>} */
  const run = async (words, moment) =>
    await shell({
      cwd: checkout,
      quiet: true,
      nothrow: true,
      detached: true,
      env: { ...environment, ...moment, ...(moment && { NODE_OPTIONS: `--require ${MOMENTS}` }) },
    })`node ${DEVENV} ${words}`
  /** @param {readonly string[]} words */
  const mustRun = async (words) => {
    const { exitCode, stdout, stderr } = await run(words)
    if (exitCode !== 0) throw new Error(`devenv ${words.join(' ')} ended with ${exitCode}: ${stderr}`)
    return stdout
  }
  /** @param {string} sql */
  const mysql = (sql) =>
    mustRun(['exec', 'mysql', '--', ...'mysql -uhello -phello --batch --skip-column-names hello -e'.split(' '), sql])
  const hasRow = async () => (await mysql('SELECT words FROM greetings')).includes(ROW)

  let setting = 0
  return {
    folder,
    checkout,
    home,
    run,
    mustRun,
    /** Runs, with the row in its database. */
    running: async () => {
      await mustRun(['start'])
      if (!(await hasRow())) await mysql(`INSERT INTO greetings (words) VALUES ('${ROW}')`)
    },
    /** Changes the configuration of two services, so that the next start replaces their containers. */
    change: () => {
      mkdirSync(join(checkout, 'devenv'), { recursive: true })
      const services = ['hello', 'redis'].map((name) => `  ${name}: { environment: { SETTING: "${setting}" } }\n`)
      writeFileSync(join(checkout, 'devenv/compose.yaml'), `services:\n${services.join('')}`)
      setting++
    },
    /**
     * What is wrong after the one start that follows a fault.
     * @param {Row} row
     * @returns {Promise<Fault[]>}
     */
    faultsAfter: async (row) => {
      const { exitCode, stderr } = await run(['start'])
      if (exitCode !== 0) return [wrong(`start ended with ${exitCode}: ${stderr}`)]
      const { containers, urls } = JSON.parse(await mustRun(['status', '--json']))
      const named = containers.map((/** @type {any} */ { service, state }) => `${service} ${state}`).sort()
      const page = await fetch(urls[0]).then(({ status }) => status)
      const left = readdirSync(home).filter((name) => /\.lock|\.tmp$/.test(name))
      return [
        ...(row === 'there' && !(await hasRow()) ? [lost('the earlier row is gone')] : []),
        ...(named.join() === 'hello running,mysql running,redis running' ? [] : [wrong(`containers: ${named.join()}`)]),
        ...(page === 200 ? [] : [wrong(`the page is a ${page}`)]),
        ...(left.length === 0 ? [] : [wrong(`left: ${left.join()}`)]),
      ]
    },
    remove: async () => {
      await run(['clean'])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** @typedef {ReturnType<typeof freshHello>} Hello */

/** @param {string} command @param {Ended} ended @returns {Fault[]} */
export const traceIn = (command, { stdout, stderr }) =>
  /^\s+at .*[(/].*:\d+:\d+\)?$/m.test(stdout + stderr) ? [wrong(`${command} printed a stack trace: ${stderr}`)] : []

/** What a file, link or folder is now, as one line; other after any change. @param {string} path @returns {string} */
export function stateOf(path) {
  const stats = lstatSync(path)
  const owned = `${stats.mode.toString(8)} ${stats.uid}:${stats.gid}`
  if (stats.isSymbolicLink()) return `${owned} -> ${readlinkSync(path)}`
  if (stats.isDirectory())
    return `${owned} {${readdirSync(path)
      .sort()
      .map((name) => `${name}: ${stateOf(join(path, name))}`)
      .join(', ')}}`
  return `${owned} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
}
