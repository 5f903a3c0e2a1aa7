// @ts-check
// Nx and other tools, as CI asks them.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const NX = fileURLToPath(new URL('../../node_modules/.bin/nx', import.meta.url))
const ENV = { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' }

/**
 * Shows what it says.
 * @param {readonly string[]} words
 * @returns {boolean} whether it ended well
 */
export const runNx = (words) => spawnSync(NX, words, { cwd: REPOSITORY, env: ENV, stdio: 'inherit' }).status === 0

/**
 * Every project, by name.
 * @returns {Record<string, { data: { root: string, targets?: Record<string, unknown> } } | undefined>}
 */
export function readProjects() {
  const { status, stdout, stderr } = ask([NX, 'graph', '--print'])
  if (status !== 0) throw new Error(`nx graph ended with ${status}: ${stderr}${stdout}`)
  return JSON.parse(stdout).graph.nodes
}

/** @param {readonly [string, ...string[]]} argv */
export function ask([program, ...words]) {
  return spawnSync(program, words, { cwd: REPOSITORY, env: ENV, encoding: 'utf8', maxBuffer: 2 ** 28 })
}
