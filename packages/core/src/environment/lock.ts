import { join } from 'node:path'
import lockfile from 'proper-lockfile'
import { DevenvError } from '../problem/problem.js'
import type { Environment } from './identity.js'
import type { Report } from './progress.js'

const STALE_MS = 10_000

/**
 * Lets one command at a time change what a data directory holds. A lock whose holder was killed is broken
 * after 10 seconds.
 * @throws DevenvError `busy` after an hour
 */
export async function withLock<T>({ paths }: Environment, report: Report, work: () => Promise<T>): Promise<T> {
  const options = {
    lockfilePath: join(paths.home, 'start.lock'),
    stale: STALE_MS,
    update: 2500,
    realpath: true,
    onCompromised: () => {},
  }
  let release: () => Promise<void>
  try {
    release = await lockfile.lock(paths.home, options)
  } catch {
    report({ kind: 'note', text: `another devenv is at work in ${paths.home}; waiting for it` })
    try {
      release = await lockfile.lock(paths.home, {
        ...options,
        retries: { forever: true, minTimeout: 100, maxTimeout: 500, maxRetryTime: 3_600_000 },
      })
    } catch {
      throw new DevenvError({ code: 'busy', data: paths.home })
    }
  }
  try {
    return await work()
  } finally {
    await release().catch(() => {})
  }
}
