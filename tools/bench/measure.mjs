// @ts-check
// What the benchmarks measure with. A figure counts only where what was timed is seen to have happened.

import { setTimeout as pause } from 'node:timers/promises'
import { $ as shell } from 'zx'

const $ = shell({ quiet: true })

/** @param {() => unknown} work */
export async function secondsOf(work) {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** @param {number[]} values */
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** @param {number} seconds */
export const ms = (seconds) => `${Math.round(seconds * 1000)} ms`

/**
 * Ends the run where what was timed did not happen.
 * @param {boolean} happened
 * @param {string} what
 * @param {unknown} [seen]
 */
export function requireHappened(happened, what, seen = '') {
  if (!happened) throw new Error(`nothing was measured: ${what} ${seen}`)
}

/**
 * Seconds of CPU that a container has used. As `docker stats` does, without its second of waiting; the same for either version of cgroups.
 * @param {string} id
 */
export async function cpuOf(id) {
  const path = `/containers/${id}/stats?stream=false&one-shot=true`
  const { stdout } = await $`curl --silent --unix-socket /var/run/docker.sock http://docker${path}`
  return JSON.parse(stdout).cpu_stats.cpu_usage.total_usage / 1e9
}

/**
 * What a container uses while nobody does anything, in % of a core.
 * @param {string} id
 * @param {number} seconds
 */
export async function idlePercent(id, seconds) {
  await pause(5000)
  const before = await cpuOf(id)
  await pause(seconds * 1000)
  const used = (await cpuOf(id)) - before
  requireHappened(used > 0, 'the container used', used)
  return (used / seconds) * 100
}
