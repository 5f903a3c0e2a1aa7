import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'

type Argv = readonly [string, ...string[]]

/**
 * What is to be done on this machine if this process ends without a word, as by SIGKILL: the next of `deeds` after `seconds`,
 * where the one before succeeded.
 */
export type LastWill = { deeds: readonly Argv[]; seconds: number }

/**
 * Has a process of its own keep a last will from `afterMs` on: what is over before costs nothing. It reads what nobody ever
 * writes, and the kernel ends that with us.
 * @returns what makes the will void
 */
export function startGuardian(will: LastWill, afterMs: number): () => void {
  let guardian: ChildProcess | undefined
  const timer = setTimeout(() => {
    // Away from our terminal and our job, which may be ended as a whole.
    const options = { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] as ['pipe', 'ignore', 'ignore'] }
    guardian = spawn('/bin/sh', ['-c', renderWill(will)], options)
    for (const from of [guardian, guardian.stdin]) from?.on('error', () => {})
    guardian.unref()
    ;(guardian.stdin as Socket).unref()
  }, afterMs)
  return () => {
    clearTimeout(timer)
    guardian?.kill('SIGKILL')
  }
}

const quoted = (argv: Argv): string => argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')

/** Pure. */
export const renderWill = ({ deeds, seconds }: LastWill): string =>
  ['read -r word', deeds.map(quoted).join(` && sleep ${seconds} && `)].join('\n')
