import { setTimeout as pause } from 'node:timers/promises'
import { readEngineClock, readEvents, readLogs } from '../../engine/container-logs.js'
import type { Container } from '../../engine/containers.js'
import { isEngineAway } from '../../engine/engine.js'
import { DevenvError } from '../../problem/problem.js'
import type { Asking, Context } from '../context.js'
import { isLocked } from '../data/mutex.js'
import { readRecord } from '../data/record.js'
import { containersOf } from '../inside/containers-of.js'
import { readPrograms } from '../inside/read-programs.js'
import { type LogEntry, parseStampedLine } from './search-logs.js'

export type OnEntry = (entry: LogEntry) => void

/** Whose lines are shown: of every program of ours, of everything, or of some programs and third-party services. */
export type Shown = 'programs' | 'all' | readonly string[]

/** How much of the past is shown: from a moment on (seconds by the engine's clock), or the last lines of each. */
export type From = { since: number } | { tail: number }

/**
 * Shows what every container of an environment writes, those that start later as well, until `signal` says so
 * or nothing runs any more. Lines of containers of ours carry their program's name, where a program wrote them. An
 * engine that goes away once it was asked is waited for: it may be restarted below what runs.
 */
export async function followLogs(
  context: Viewing,
  from: From,
  shown: Shown,
  onEntry: OnEntry,
  signal: AbortSignal,
): Promise<void> {
  const { engine, report } = context
  for (let range = from; ; ) {
    const end = await followOnce(context, range, shown, onEntry, signal)
    const gone = performance.now()
    if (end === 'engine away' && !signal.aborted)
      report({ kind: 'note', text: `the Docker engine at ${engine.endpoint} is gone; the view waits until it is back` })
    if (end !== 'engine away' || !(await waitForEngine(context, signal))) return
    report({ kind: 'note', text: 'the Docker engine is back' })
    if (!(await containersOf(context)).some(isRunning)) return
    const now = await readEngineClock(engine)
    range = { since: (now.getTime() - (performance.now() - gone)) / 1000 }
  }
}

type Viewing = Pick<Context, 'engine' | 'environment' | 'report'>

const isRunning = ({ state }: Container): boolean => state === 'running' || state === 'restarting'

const LOOK_MS = 1000
const LOCK_MS = 200

/** The view was left meanwhile. */
const unlessAborted = (reject: (error: unknown) => void) => (error: Error) => {
  if (error.name !== 'AbortError') reject(error)
}

/** Whether it came, and not the end of the view. */
async function waitForEngine(asking: Asking, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const back = await containersOf(asking).then(
      () => true,
      (error) => {
        if (!isEngineAway(error)) throw error
        return false
      },
    )
    if (back || signal.aborted) return back && !signal.aborted
    await pause(LOOK_MS, undefined, { signal }).catch(() => {})
  }
}

/** Until the view ends, nothing runs any more, or the engine that has been there is away. */
async function followOnce(
  asking: Asking,
  from: From,
  shown: Shown,
  onEntry: OnEntry,
  signal: AbortSignal,
): Promise<'over' | 'engine away'> {
  const { engine, environment } = asking
  const following = new Map<string, Promise<void>>()
  const follow = (id: string, service: string, range: From) => {
    if (following.has(id)) return
    // Read when a container is met: a start writes the record before it makes any.
    const ours = readRecord(environment)?.ours[service] !== undefined
    const reading = (async () => {
      if (!ours && !isShown(shown, service, 'of a server')) return
      for await (const { line, channel } of readLogs(
        engine,
        id,
        { follow: true, timestamps: true, ...range },
        signal,
      )) {
        const stamped = parseStampedLine(line, service, channel)
        const entry = ours ? withProgram(stamped) : stamped
        if (isShown(shown, entry.source, ours ? 'of a program' : 'of a server')) onEntry(entry)
      }
    })()
    following.set(
      id,
      reading.catch(() => {}).finally(() => following.delete(id)),
    )
  }
  const events = readEvents(engine, environment.project, signal)
  const next = events.next()
  // Asked before the list, so that no start falls between; a refusal is met when it is awaited.
  next.catch(() => {})
  for (const { id, service } of (await containersOf(asking)).filter(isRunning)) follow(id, service, from)

  const followEvents = async (onEnd: () => void) => {
    for (let event = await next; !event.done; event = await events.next()) {
      const { action, id, service, at } = event.value
      // Its first lines may be a little older than the event.
      if (action === 'start') follow(id, service, { since: at - 1 })
      if (action === 'die') onEnd()
    }
    // An engine ends its events only when it stops.
    return 'engine away' as const
  }
  const end = await new Promise<'over' | 'engine away'>((resolve, reject) => {
    const look = async () => {
      // A start that replaces the only container is not the end.
      while (isLocked(environment)) await pause(LOCK_MS, undefined, { signal })
      if (!(await containersOf(asking)).some(isRunning)) resolve('over')
    }
    followEvents(() => void look().catch(unlessAborted(reject))).then(resolve, reject)
  }).catch((error) => {
    if (!isEngineAway(error)) throw error
    return 'engine away' as const
  })
  await Promise.all(following.values())
  return end
}

/** @throws DevenvError `program-unknown` for a name that nothing here has */
export async function requireShown({ engine, environment }: Asking, shown: Shown): Promise<void> {
  if (typeof shown === 'string') return
  const containers = await containersOf({ engine, environment })
  const ours = readRecord(environment)?.ours ?? {}
  const programs = containers
    .filter(({ service, state }) => ours[service] !== undefined && state === 'running')
    .map(async ({ id }) => (await readPrograms(engine, id)).map(({ name }) => name))
  const services = containers.map(({ service }) => service)
  const known = [...(await Promise.all(programs)).flat(), 'supervisord', ...services]
  const unknown = shown.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new DevenvError({ code: 'program-unknown', name: unknown, known })
}

/** Third-party servers are quiet unless somebody asks for them. Pure. */
export const isShown = (shown: Shown, source: string, whose: 'of a program' | 'of a server'): boolean =>
  shown === 'all' || (shown === 'programs' ? whose === 'of a program' : shown.includes(source))

/** A line of a container of ours by the program that wrote it: `web | GET /`. Pure. */
export function withProgram(entry: LogEntry): LogEntry {
  const [, source, line] = /^([\w.-]+) \| (.*)$/s.exec(entry.line) ?? []
  return source === undefined || line === undefined ? entry : { ...entry, source, line }
}

/**
 * What follows on what was read: with `since` a second before the last entry, since sources are read one after the other,
 * and without the entries that were read. Pure.
 */
export function continuing(read: readonly LogEntry[]): { from: From; isNew: (entry: LogEntry) => boolean } {
  const last = read.reduce((latest, { at }) => (at > latest ? at : latest), '')
  if (last === '') return { from: { tail: 0 }, isNew: () => true }
  const since = new Date(last).getTime() / 1000 - 1
  const key = ({ source, line }: LogEntry) => `${source} ${line}`
  const seen = new Map<string, number>()
  for (const entry of read)
    if (new Date(entry.at).getTime() / 1000 >= since - 1) seen.set(key(entry), (seen.get(key(entry)) ?? 0) + 1)
  const isNew = (entry: LogEntry) => {
    const times = seen.get(key(entry)) ?? 0
    if (times > 0) seen.set(key(entry), times - 1)
    return times === 0
  }
  return { from: { since }, isNew }
}
