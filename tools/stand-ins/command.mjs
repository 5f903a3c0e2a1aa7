// @ts-check
// Runs commands, given as lists of arguments. What they print is shown when they fail.

import { $ } from 'zx'

/** @typedef {[string, ...string[]]} Argv */

const SHOWN_LINES = 30
const quiet = $({ quiet: true, nothrow: true, stdio: ['ignore', 'pipe', 'pipe'] })

/**
 * @param {Argv} argv
 * @param {string} [input]
 * @returns {Promise<string>} what it wrote to stdout
 */
export async function run(argv, input) {
  const child = input === undefined ? quiet`${argv}` : quiet({ input, stdio: 'pipe' })`${argv}`
  child.stdin?.on('error', () => {}) // a command that reads none of it may be gone already
  return outputOf(await child, argv.join(' '))
}

/**
 * One command's output is the other's input.
 * @param {Argv} from
 * @param {Argv} to
 */
export async function runPiped(from, to) {
  outputOf(await quiet`${from} | ${to}`, `${from.join(' ')} | ${to.join(' ')}`)
}

/**
 * Whether the command ends well, and in time.
 * @param {Argv} argv
 * @param {number} [timeout] ms
 */
export async function succeeds(argv, timeout) {
  const limits = timeout === undefined ? {} : { timeout, timeoutSignal: /** @type {const} */ ('SIGKILL') }
  return (await quiet(limits)`${argv}`).ok
}

/**
 * @param {import('zx').ProcessOutput} ended
 * @param {string} command
 */
function outputOf({ ok, stdout, stderr, signal, exitCode }, command) {
  if (ok) return stdout.trim()
  const lines = stderr.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')
  throw new Error(`${lines}\n${command} ended with ${signal ?? exitCode}.`)
}
