import { readEvents, readLogs } from '../../engine/container-logs.js'
import type { Container } from '../../engine/containers.js'
import type { Asking } from '../context.js'
import { readRecord } from '../data/record.js'
import { containersOf } from '../inside/containers-of.js'

export type OnLine = (line: string, channel: 'out' | 'err') => void

/** How much of the past is shown: from a moment on (seconds by the engine's clock), or the last lines of each. */
export type From = { since: number } | { tail: number }

/**
 * Shows what every container of an environment writes, those that start later as well, until `signal` says so
 * or nothing runs any more. Lines of containers of ours already carry their program's name; others get the name
 * of their service.
 */
export async function followLogs(asking: Asking, from: From, onLine: OnLine, signal: AbortSignal): Promise<void> {
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
  const isRunning = ({ state }: Container) => state === 'running' || state === 'restarting'
  const events = readEvents(engine, environment.project, signal)
  const next = events.next()
  // Asked before the list, so that no start falls between; a refusal is met when it is awaited.
  next.catch(() => {})
  for (const { id, service } of (await containersOf(asking)).filter(isRunning)) follow(id, service, from)

  for (let event = await next; !event.done; event = await events.next()) {
    const { action, id, service, at } = event.value
    // Its first lines may be a little older than the event.
    if (action === 'start') follow(id, service, { since: at - 1 })
    if (action !== 'die') continue
    const alive = (await containersOf(asking)).filter(isRunning)
    if (alive.length === 0) break
  }
  await Promise.all(following.values())
}
