import { fstatSync, readlinkSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { isatty } from 'node:tty'
import { readProcessStatus } from './process-status.js'

/**
 * Whether this terminal is ours: who is not in its foreground group (`make dev.test &`) is stopped when it reads from it
 * or sets its mode.
 */
export async function isInForeground(): Promise<boolean> {
  const [group, foreground] = (await readGroups()) ?? []
  return group === foreground
}

async function readGroups(): Promise<string[] | undefined> {
  const status = readProcessStatus('self')
  // state parent group session terminal foreground …
  if (status !== undefined) return [status[2], status[5]].map(String)
  const { runCommand } = await import('./run-command.js')
  const { stdout } = await runCommand({ argv: ['ps', '-o', 'pgid=,tpgid=', '-p', String(process.pid)] })
  return stdout.trim().split(/\s+/)
}

/** A process above ours: its program, and what it has as standard input. */
export type Ancestor = { program: string; input: string | undefined }

const SHELL = /^(ba|rba|da|z|k|mk|a|fi|c|tc)?sh$|^busybox$/

/**
 * Whether a shell above us reads from the same input: `while read name; do make dev.greet NAME=$name; done`. What we took
 * would be missing there. Of `echo x | make dev.load` nobody else reads, nor does the shell by which npx runs us. Pure.
 */
export const isSharedWithShell = (input: string, ancestors: readonly Ancestor[]): boolean =>
  ancestors.some(
    (ancestor, index) =>
      ancestor.input === input && SHELL.test(ancestor.program) && ancestors[index + 1]?.program !== 'node',
  )

/** Whether our standard input may be read to its end: no shell waits for the rest, and no terminal that is another's. */
export async function mayReadInput(): Promise<boolean> {
  if (isatty(0)) return await isInForeground()
  try {
    return !isSharedWithShell(identityOf(fstatSync(0)), readAncestors())
  } catch {
    return true
  }
}

/** The nearest first; none where the system does not show them in /proc. */
export function readAncestors(): Ancestor[] {
  const ancestors: Ancestor[] = []
  for (let pid = process.ppid; pid > 0; ) {
    const [, parent] = readProcessStatus(pid) ?? []
    ancestors.push({
      program: attempt(() => basename(readlinkSync(`/proc/${pid}/exe`))) ?? '',
      input: attempt(() => identityOf(statSync(`/proc/${pid}/fd/0`))),
    })
    pid = Number(parent ?? 0)
  }
  return ancestors
}

const identityOf = ({ dev, ino }: { dev: number; ino: number }): string => `${dev}:${ino}`

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
