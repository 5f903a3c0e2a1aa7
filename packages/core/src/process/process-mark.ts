import { readdirSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { shortHashOf } from '../hash/sha256.js'
import { readProcessStatus } from './process-status.js'

/** Process numbers mean something within one namespace of one machine. */
export const HOST = `${hostname()} ${readNamespace()}`

function readNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

/** When a process started, in the system's ticks (proc(5)); `''` where only its being there can be seen; `undefined`: gone. */
export function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined
  }
  const status = readProcessStatus(pid)
  if (status === undefined) return ''
  return status[0] === 'Z' ? undefined : status[19]
}

/** What names of files and commands tell of the process that made them: number, start and machine, `4711-883311-0123456789abcdef`. */
export const PROCESS_MARK = /\d+-\d*-[0-9a-f]{16}/

/** That of this process. */
export const processMark = (): string => `${process.pid}-${startOf(process.pid) ?? ''}-${shortHashOf(HOST)}`

/** Whether the process that a name tells of has ended. What is of another machine, or tells of none, may be at work. */
export function isAbandoned(name: string): boolean {
  const [pid, start, host] = PROCESS_MARK.exec(name)?.[0].split('-') ?? []
  if (pid === undefined || host !== shortHashOf(HOST)) return false
  const now = startOf(Number(pid))
  return now === undefined || (now !== '' && start !== '' && now !== start)
}

/** What processes that have ended left in a folder under names of this form, by path. @throws what the system says */
export const listAbandoned = (folder: string, form: RegExp): string[] =>
  readdirSync(folder)
    .filter((name) => form.test(name) && isAbandoned(name))
    .map((name) => join(folder, name))
