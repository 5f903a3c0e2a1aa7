// @ts-check
// Nx and other tools, as CI asks them.

import { fileURLToPath } from 'node:url'
import { $ } from 'zx'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const NX = fileURLToPath(new URL('../../node_modules/.bin/nx', import.meta.url))
const here = $({
  cwd: REPOSITORY,
  env: { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' },
  nothrow: true,
})

/** Gives what is said, and how it ended. */
export const ask = here({ quiet: true })

/**
 * Shows what it says.
 * @param {readonly string[]} words
 * @returns {Promise<boolean>} whether it ended well
 */
export const runNx = async (words) => (await here({ stdio: 'inherit' })`${NX} ${words}`).ok

/**
 * Every project, by name.
 * @returns {Promise<Record<string, { data: { root: string, targets?: Record<string, unknown> } } | undefined>>}
 */
export async function readProjects() {
  const { ok, exitCode, stdout, stderr } = await ask`${NX} graph --print`
  if (!ok) throw new Error(`nx graph ended with ${exitCode}: ${stderr}${stdout}`)
  return JSON.parse(stdout).graph.nodes
}
