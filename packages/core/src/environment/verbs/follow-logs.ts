import { setTimeout as pause } from 'node:timers/promises'
import { readEngineClock, readEvents, readLogs } from '../../engine/container-logs.js'
import type { Container } from '../../engine/containers.js'
import { isEngineAway } from '../../engine/engine.js'
import type { Asking, Context } from '../context.js'
import { readRecord } from '../data/record.js'
import { containersOf } from '../inside/containers-of.js'

export type OnLine = (line: string, channel: 'out' | 'err') => void

/** How much of the past is shown: from a moment on (seconds by the engine's clock), or the last lines of each. */
export type From = { since: number } | { tail: number }

/**
 * Shows what every container of an environment writes, those that start later as well, until `signal` says so
 * or nothing runs any more. Lines of containers of ours already carry their program's name; others get the name
 * of their service. An engine that goes away once it was asked is waited for: it may be restarted below what runs.
 */
export async function followLogs(context: Viewing, from: From, onLine: OnLine, signal: AbortSignal): Promise<void> {
  const { engine, report } = context
  for (let range = from; ; ) {
    const end = await followOnce(context, range, onLine, signal)
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
  onLine: OnLine,
  signal: AbortSignal,
): Promise<'over' | 'engine away'> {
  const { engine, environment } = asking
  const following = new Map<string, Promise<void>>()
  const follow = (id: string, service: string, range: From) => {
    if (following.has(id)) return
    // Read when a container is met: a start writes the record before it makes any.
    const ours = readRecord(environment)?.ours[service] !== undefined
    const prefix = (line: string) => (ours ? line : `${service} | ${line}`)
    const reading = (async () => {
      for await (const { line, channel } of readLogs(engine, id, { follow: true, ...range }, signal))
        onLine(prefix(line), channel)
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

  const followEvents = async () => {
    for (let event = await next; !event.done; event = await events.next()) {
      const { action, id, service, at } = event.value
      // Its first lines may be a little older than the event.
      if (action === 'start') follow(id, service, { since: at - 1 })
      if (action === 'die' && !(await containersOf(asking)).some(isRunning)) return 'over'
    }
    // An engine ends its events only when it stops.
    return 'engine away'
  }
  const end = await followEvents().catch((error) => {
    if (!isEngineAway(error)) throw error
    return 'engine away' as const
  })
  await Promise.all(following.values())
  return end
}
