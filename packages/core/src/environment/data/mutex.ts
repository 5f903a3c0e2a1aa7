import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DevenvError } from '../../problem/problem.js'
import { HOST, startOf } from '../../process/process-mark.js'
import type { Context } from '../context.js'
import type { Environment } from '../environment.js'
import {
  asUnusable,
  createDataDirectory,
  isFull,
  isOwnFolder,
  isUnfinished,
  requireOwnFolder,
  writeOwned,
} from './data-directory.js'
import { isShapeOf, isText } from './shape.js'

const POLL_MS = 100
const PATIENCE_MS = 3_600_000
const BEAT_MS = 2500
/** A claim of another machine that shows no sign of life for so long is nobody's. */
const SILENT_MS = 10_000

/** Who claims a data directory. `started` tells a process from a later one of the same number, where the system can say. */
type Claim = { host: string; pid: number; started: string }
const isClaimed = isShapeOf<Claim>({
  host: isText,
  pid: (value): value is number => Number.isSafeInteger(value) && Number(value) > 0,
  started: isText,
})

const NAME = /^start\.[0-9a-f]{8}\.lock$/

/** Whether a path is somebody's claim, which only its owner takes away. */
export const isClaim = (path: string): boolean => NAME.test(basename(path))

/**
 * Lets one command at a time change what a data directory holds. Each command has a claim of its own, a file that nobody
 * else ever writes or takes over; it holds the directory if it sees no other claim that lives after it has made its own.
 * Claims whose process has ended count for nothing.
 * @param full what a full disk means, which takes no claim: whoever frees it goes on without one, where no other lives. No start
 * comes between, because a start needs space.
 * @throws DevenvError `busy` after an hour, `data-unusable`
 */
export async function withLock<T>(
  { environment, report }: Pick<Context, 'environment' | 'report'>,
  work: () => Promise<T>,
  full: 'is an error' | 'is no obstacle' = 'is an error',
): Promise<T> {
  requireOwnFolder(environment.paths.home)
  const watch = new Map<string, { beat: number; at: number }>()
  const deadline = Date.now() + PATIENCE_MS
  for (let told = false; ; ) {
    const taken = othersAlive(environment, undefined, watch)
    let file: string | undefined
    try {
      file = taken ? undefined : claim(environment, watch)
    } catch (error) {
      if (full === 'is no obstacle' && isFull(error)) return await work()
      throw error
    }
    if (file !== undefined) return await hold(file, work)
    if (Date.now() > deadline) throw new DevenvError({ code: 'busy', data: environment.paths.home })
    if (!told && taken) {
      report({ kind: 'note', text: `another devenv is working in ${environment.paths.home}; waiting for it` })
      told = true
    }
    await pause(POLL_MS * (0.5 + Math.random()))
  }
}

/** Whether a command is at work that may be changing what runs. */
export const isLocked = (environment: Environment): boolean => othersAlive(environment, undefined, new Map())

async function hold<T>(file: string, work: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date())
    } catch {
      // A clean takes the folder with it.
    }
  }, BEAT_MS)
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    clearInterval(beat)
    release()
  }
}

/** Our claim, or `undefined` where another one lives. */
function claim(environment: Environment, watch: Map<string, { beat: number; at: number }>): string | undefined {
  const { home } = environment.paths
  const file = join(home, `start.${randomBytes(4).toString('hex')}.lock`)
  try {
    // A clean that was waited for has taken the folder with it.
    if (!existsSync(home)) createDataDirectory(environment)
    writeOwned(file, `${JSON.stringify(ourselves())}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw asUnusable(home, error)
  }
  if (existsSync(file) && !othersAlive(environment, file, watch)) return file
  rmSync(file, { force: true })
  return undefined
}

/** Whether another claim than `own` lives. Removes those whose process has ended, and what such processes began to write. */
function othersAlive(
  { paths: { home } }: Environment,
  own: string | undefined,
  watch: Map<string, { beat: number; at: number }>,
): boolean {
  let alive = false
  // What a link leads to is not ours to tidy.
  for (const name of isOwnFolder(home) ? readNames(home) : []) {
    const file = join(home, name)
    if (isUnfinished(name)) rmSync(file, { force: true })
    if (!NAME.test(name) || file === own) continue
    if (lives(file, watch)) alive = true
    else if (!isOwnFolder(file)) rmSync(file, { force: true })
  }
  return alive
}

const readNames = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function lives(file: string, watch: Map<string, { beat: number; at: number }>): boolean {
  try {
    const claim: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (!isClaimed(claim)) return false
    const { host, pid, started } = claim
    if (host === HOST) return started === startOf(pid)
    const beat = statSync(file).mtimeMs
    const seen = watch.get(file)
    // By our own clock, and only its differences: another machine's may show any time.
    if (seen === undefined || seen.beat !== beat) watch.set(file, { beat, at: performance.now() })
    return seen === undefined || seen.beat !== beat || performance.now() - seen.at < SILENT_MS
  } catch (error) {
    // Given back meanwhile. A claim that cannot be read by anybody is nobody's.
    return (error as NodeJS.ErrnoException).code === 'EACCES'
  }
}

const ourselves = (): Claim => ({ host: HOST, pid: process.pid, started: startOf(process.pid) ?? '' })
