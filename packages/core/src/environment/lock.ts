import { existsSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import lockfile from 'proper-lockfile'
import { DevenvError } from '../problem/problem.js'
import type { Report } from '../progress/progress.js'
import { createDataDirectory, writeOwned } from './data-directory.js'
import type { Environment } from './identity.js'

const STALE_MS = 10_000
const POLL_MS = 100
const PATIENCE_MS = 3_600_000

const lockOf = ({ paths }: Environment): string => join(paths.home, 'start.lock')
/** Who holds the lock: `<host> <process id>`. */
const holderOf = ({ paths }: Environment): string => join(paths.home, 'start.pid')

export const isLocked = (environment: Environment): boolean => existsSync(lockOf(environment))

/**
 * Lets one command at a time change what a data directory holds. A lock whose holder was killed is broken: at
 * once where that can be seen, else after 10 seconds.
 * @throws DevenvError `busy` after an hour, `data-unusable`
 */
export async function withLock<T>(environment: Environment, report: Report, work: () => Promise<T>): Promise<T> {
  const release = await take(environment, report)
  try {
    writeOwned(holderOf(environment), `${hostname()} ${process.pid}`)
    return await work()
  } finally {
    rmSync(holderOf(environment), { force: true })
    await release().catch(() => {})
  }
}

async function take(environment: Environment, report: Report): Promise<() => Promise<void>> {
  const { home } = environment.paths
  const lockfilePath = lockOf(environment)
  const options = { lockfilePath, stale: STALE_MS, update: 2500, realpath: true, onCompromised: () => {} }
  const deadline = Date.now() + PATIENCE_MS
  for (let waited = false; ; waited = true) {
    try {
      return await lockfile.lock(home, options)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      // A clean that was waited for has taken the folder with it.
      if (waited && code === 'ENOENT') createDataDirectory(environment)
      else if (code !== 'ELOCKED') throw new DevenvError({ code: 'data-unusable', path: lockfilePath, detail: message })
    }
    if (Date.now() > deadline) throw new DevenvError({ code: 'busy', data: home })
    if (!waited && holderIsGone(environment)) rmSync(lockfilePath, { recursive: true, force: true })
    else if (!waited) report({ kind: 'note', text: `another devenv is working in ${home}; waiting for it` })
    await pause(POLL_MS)
  }
}

function holderIsGone(environment: Environment): boolean {
  if (!existsSync(holderOf(environment))) return false
  const [host, pid] = readFileSync(holderOf(environment), 'utf8').split(' ')
  if (host !== hostname() || !Number(pid)) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
