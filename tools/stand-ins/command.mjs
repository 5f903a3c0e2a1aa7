// @ts-check
// Runs commands, given as lists of arguments. What they print is shown when they fail.

import { spawn } from 'node:child_process'
import { pipeline } from 'node:stream/promises'

/** @typedef {[string, ...string[]]} Argv */

const SHOWN_LINES = 30

/**
 * @param {Argv} argv
 * @param {import('node:child_process').SpawnOptions} [options]
 */
function start([file, ...args], options = {}) {
  const child = spawn(file, args, { ...options, stdio: 'pipe' })
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (part) => (printed += part))
  /** @type {Promise<void>} */
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) return resolve()
      const lines = printed.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')
      reject(new Error(`${lines}\n${[file, ...args].join(' ')} ended with ${signal ?? code}.`))
    })
  })
  return { child, ended }
}

/**
 * @param {Argv} argv
 * @param {string} [input]
 * @returns {Promise<string>} what it wrote to stdout
 */
export async function run(argv, input = '') {
  const { child, ended } = start(argv)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (part) => (output += part))
  child.stdin.on('error', () => {}) // a command that reads none of it may be gone already
  child.stdin.end(input)
  await ended
  return output.trim()
}

/**
 * One command's output is the other's input.
 * @param {Argv} from
 * @param {Argv} to
 */
export async function runPiped(from, to) {
  const producer = start(from)
  const consumer = start(to)
  producer.child.stdin.end()
  consumer.child.stdout.resume()
  await Promise.all([producer.ended, pipeline(producer.child.stdout, consumer.child.stdin), consumer.ended])
}

/**
 * Whether the command ends well, and in time.
 * @param {Argv} argv
 * @param {number} [timeout] ms
 */
export async function succeeds(argv, timeout) {
  const { child, ended } = start(argv, { timeout, killSignal: 'SIGKILL' })
  child.stdin.end()
  child.stdout.resume()
  return ended.then(
    () => true,
    () => false,
  )
}
