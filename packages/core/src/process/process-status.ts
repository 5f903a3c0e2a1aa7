import { readFileSync } from 'node:fs'

/**
 * What Linux tells of a process (proc(5), /proc/PID/stat): its state and all that follows, without its number and its name,
 * which may hold anything. `undefined` where there is no such process, or no /proc.
 */
export function readProcessStatus(pid: number | 'self'): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
