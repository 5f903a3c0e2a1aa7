import { pipeline } from 'node:stream'
import { type Engine, stream, unreachable } from './engine.js'
import { readInfo } from './info.js'
import { COMPOSE_LABELS } from './labels.js'
import { Demultiplexer, linesOf } from './streams.js'

export type LogLine = { channel: 'out' | 'err'; line: string }
/** `since`: seconds since the epoch by the engine's clock, fractions allowed. `timestamps` puts RFC 3339 before each line. */
export type LogRange = { follow?: boolean; since?: number; tail?: number; timestamps?: boolean }

/** What a container without a terminal has written. Ends when it stops, or when `signal` says so. */
export async function* readLogs(
  engine: Engine,
  id: string,
  range: LogRange,
  signal?: AbortSignal,
): AsyncGenerator<LogLine> {
  const query: Record<string, string> = { stdout: '1', stderr: '1' }
  if (range.follow) query.follow = '1'
  if (range.since !== undefined) query.since = range.since.toFixed(9)
  if (range.tail !== undefined) query.tail = String(range.tail)
  if (range.timestamps) query.timestamps = '1'
  const response = await stream(engine, { path: `/containers/${id}/logs`, query })
  const stop = () => response.destroy()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    // The callback keeps an abandoned connection from being an uncaught error; the loop below sees it as well.
    if (!signal?.aborted) yield* linesOf(pipeline(response, new Demultiplexer(), () => {}))
  } catch (error) {
    if (!signal?.aborted) throw unreachable(engine, error as NodeJS.ErrnoException)
  } finally {
    signal?.removeEventListener('abort', stop)
    response.destroy()
  }
}

export async function lastLogLines(engine: Engine, id: string, count: number): Promise<string[]> {
  const lines: string[] = []
  for await (const { line } of readLogs(engine, id, { tail: count })) lines.push(line)
  return lines
}

/** What the engine's clock says, which may differ from ours: times of lines and events are the engine's. */
export async function readEngineClock(engine: Engine): Promise<Date> {
  const { SystemTime = '' } = await readInfo(engine)
  return new Date(SystemTime)
}

/** `at`: seconds since the epoch by the engine's clock. */
export type ContainerEvent = { action: string; id: string; service: string; at: number }

/** Starts and ends of a project's containers, from now on, until `signal` says so. */
export async function* readEvents(
  engine: Engine,
  project: string,
  signal: AbortSignal,
): AsyncGenerator<ContainerEvent> {
  const filters = JSON.stringify({
    type: ['container'],
    label: [`${COMPOSE_LABELS.project}=${project}`],
    event: ['start', 'die', 'destroy'],
  })
  const response = await stream(engine, { path: '/events', query: { filters } })
  const stop = () => response.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const chunks = (async function* () {
      for await (const data of response) yield { channel: 'out' as const, data: data as Buffer }
    })()
    for await (const { line } of linesOf(chunks)) {
      if (line === '') continue
      const event = JSON.parse(line)
      yield {
        action: event.Action,
        id: event.Actor.ID,
        service: event.Actor.Attributes[COMPOSE_LABELS.service] ?? '',
        at: event.timeNano / 1e9,
      }
    }
  } catch (error) {
    if (!signal.aborted) throw unreachable(engine, error as NodeJS.ErrnoException)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
