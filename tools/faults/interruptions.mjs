// @ts-check
// devenv is interrupted at each of its moments (moments.cjs): by signals, and by the death of its `docker compose`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL']
/** Milliseconds. */
const INTO_COMPOSE = ['0', '100', '200', '300', '400', '600', '800']

/**
 * @param {import('./hello.mjs').Hello} hello
 * @returns {Record<string, { prepare: () => Promise<void>, command: string, row: import('./hello.mjs').Row }>}
 */
export const situationsOf = (hello) => ({
  'a first start': { prepare: async () => void (await hello.mustRun(['clean'])), command: 'start', row: 'none' },
  'a start with changed configuration': {
    prepare: async () => {
      await hello.running()
      hello.change()
    },
    command: 'start',
    row: 'there',
  },
  'a stop': { prepare: hello.running, command: 'stop', row: 'there' },
  'a clean': { prepare: hello.running, command: 'clean', row: 'there or all gone' },
})

/** @typedef {{ situation: string, prepare: () => Promise<void>, command: string, row: import('./hello.mjs').Row, moments: string[] }} Course */

/** What there is to be interrupted in each situation; seen once. @type {WeakMap<import('./hello.mjs').Hello, Course[]>} */
const seen = new WeakMap()

/** @param {import('./hello.mjs').Hello} hello */
async function coursesOf(hello) {
  const known = seen.get(hello)
  if (known) return known
  const file = join(hello.folder, 'moments.json')
  const courses = []
  for (const [situation, { prepare, command, row }] of Object.entries(situationsOf(hello))) {
    await prepare()
    await hello.run([command], { MOMENT_FILE: file })
    courses.push({ situation, prepare, command, row, moments: JSON.parse(readFileSync(file, 'utf8')) })
  }
  seen.set(hello, courses)
  return courses
}

/**
 * A case for each moment of each situation and for each thing that `does` to it.
 * @param {import('./hello.mjs').Hello} hello
 * @param {(what: string) => { by: string, env: Record<string, string> }[]} does
 * @param {(before: import('./hello.mjs').Ended) => import('./hello.mjs').Fault[]} judge
 */
export async function casesAtMoments(hello, does, judge = () => []) {
  const cases = []
  for (const { situation, prepare, command, row, moments } of await coursesOf(hello))
    for (const [index, what] of moments.entries())
      for (const { by, env } of does(what))
        cases.push({
          name: `${situation}: ${by} at ${index + 1} (${what})`,
          run: async () => {
            await prepare()
            const ended = await hello.run([command], { MOMENT: String(index + 1), ...env })
            return [...judge(ended), ...(await hello.faultsAfter(row))]
          },
        })
  return cases
}

/** @param {import('./hello.mjs').Hello} hello */
export const interruptions = (hello) =>
  casesAtMoments(hello, (what) => [
    ...SIGNALS.map((signal) => ({ by: signal, env: { MOMENT_DO: signal } })),
    ...(what.startsWith('run docker compose')
      ? INTO_COMPOSE.map((after) => ({
          by: `the end of Compose after ${after} ms`,
          env: { MOMENT_DO: 'child', MOMENT_AFTER: after },
        }))
      : []),
  ])
