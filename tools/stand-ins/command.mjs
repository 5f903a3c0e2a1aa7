// @ts-check
// Runs commands, given as lists of arguments. What they print goes to stderr.

import { spawn } from 'node:child_process'
import { pipeline } from 'node:stream/promises'

/** @typedef {[string, ...string[]]} Argv */

/** @param {import('node:child_process').ChildProcess} child @param {readonly string[]} argv */
function ended(child, argv) {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) =>
      code === 0 ? resolve(undefined) : reject(new Error(`${argv.join(' ')} ended with ${signal ?? code}.`)),
    )
  })
}

/**
 * @param {Argv} argv
 * @param {string} [input]
 */
export async function run([file, ...args], input) {
  const child = spawn(file, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 2, 2] })
  child.stdin?.end(input)
  await ended(child, [file, ...args])
}

/**
 * One command's output is the other's input.
 * @param {Argv} from
 * @param {Argv} to
 */
export async function runPiped([source, ...sourceArgs], [sink, ...sinkArgs]) {
  const producer = spawn(source, sourceArgs, { stdio: ['ignore', 'pipe', 2] })
  const consumer = spawn(sink, sinkArgs, { stdio: ['pipe', 2, 2] })
  await Promise.all([
    pipeline(producer.stdout, consumer.stdin),
    ended(producer, [source, ...sourceArgs]),
    ended(consumer, [sink, ...sinkArgs]),
  ])
}

/**
 * @param {Argv} argv
 * @returns {Promise<string>}
 */
export async function capture([file, ...args]) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 2] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (part) => (output += part))
  await ended(child, [file, ...args])
  return output.trim()
}

/**
 * Whether the command ends well, in silence and in time.
 * @param {Argv} argv
 * @param {number} [timeout] ms
 */
export async function reaches([file, ...args], timeout) {
  const child = spawn(file, args, { stdio: 'ignore', timeout, killSignal: 'SIGKILL' })
  return ended(child, [file, ...args]).then(
    () => true,
    () => false,
  )
}
