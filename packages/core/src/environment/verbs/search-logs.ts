import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readLogs } from '../../engine/container-logs.js'
import type { Engine } from '../../engine/engine.js'
import { linesOf } from '../../engine/streams.js'
import { DevenvError } from '../../problem/problem.js'
import type { Asking } from '../context.js'
import { isOwnFolder } from '../data/data-directory.js'
import { readRecord } from '../data/record.js'
import { containersOf } from '../inside/containers-of.js'

/** `programs`: these programs and third-party services; none: all. `context`: lines of the same source around each that matches. */
export type LogQuery = {
  programs: readonly string[]
  grep: RegExp | undefined
  since: Date | undefined
  context: number
}
/** `source` is a program of a container of ours, or a third-party service. `apart`: lines of it before this one were left out. */
export type LogEntry = { at: string; source: string; channel: 'out' | 'err'; line: string; apart?: true }

/**
 * What was logged, by time: programs from disk, rotated files too (they are there when no container is), third-party
 * services from the engine.
 * @throws DevenvError `program-unknown`
 */
export async function* searchLogs(asking: Asking, query: LogQuery): AsyncGenerator<LogEntry> {
  const { engine, environment } = asking
  const files = listLogFiles(environment.paths.logs)
  const ours = readRecord(environment)?.ours ?? {}
  const containers = (await containersOf(asking)).filter(({ service }) => ours[service] === undefined)
  const known = [...Object.keys(files), ...containers.map(({ service }) => service)]
  const unknown = query.programs.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new DevenvError({ code: 'program-unknown', name: unknown, known })

  const isWanted = (source: string) => query.programs.length === 0 || query.programs.includes(source)
  const sources = [
    ...Object.entries(files)
      .filter(([source]) => isWanted(source))
      .map(([source, paths]) => readLogFiles(paths, source)),
    ...containers
      .filter(({ service }) => isWanted(service))
      .map(({ id, service }) => readContainerLog(engine, id, service, query.since)),
  ]
  yield* inOrder(sources.map((source) => matching(source, query)))
}

/** Those that match, with the lines around them. */
export async function* matching(
  entries: AsyncIterable<LogEntry>,
  { grep, since, context }: Pick<LogQuery, 'grep' | 'since' | 'context'>,
): AsyncGenerator<LogEntry> {
  const before: LogEntry[] = []
  let behind = 0
  let left = false
  for await (const entry of entries) {
    if (since !== undefined && new Date(entry.at) < since) continue
    const matches = grep === undefined || grep.test(entry.line)
    if (!matches && behind === 0) {
      before.push(entry)
      if (before.length > context) left = before.shift() !== undefined
      continue
    }
    for (const shown of [...before.splice(0), entry]) {
      yield left && context > 0 ? { ...shown, apart: true } : shown
      left = false
    }
    behind = matches ? context : behind - 1
  }
}

/** Several logs as one, by time; each keeps its own order. */
export async function* inOrder(logs: readonly AsyncGenerator<LogEntry>[]): AsyncGenerator<LogEntry> {
  const heads = (await Promise.all(logs.map(async (log) => ({ log, next: await log.next() })))).filter(
    ({ next }) => !next.done,
  )
  while (heads.length > 0) {
    const [first, ...others] = heads as [(typeof heads)[0], ...typeof heads]
    const earliest = others.reduce((best, head) => (head.next.value.at < best.next.value.at ? head : best), first)
    yield earliest.next.value
    earliest.next = await earliest.log.next()
    if (earliest.next.done) heads.splice(heads.indexOf(earliest), 1)
  }
}

/** Program to its log files, oldest first: `web.log.2`, `web.log.1`, `web.log`. */
export function listLogFiles(folder: string): { [program: string]: string[] } {
  const found: { [program: string]: { age: number; file: string }[] } = {}
  const entries = isOwnFolder(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  // Files only: a checkout can bring a link along that leads anywhere.
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  for (const name of names.sort()) {
    const [, program, age] = /^(.+)\.log(?:\.(\d+))?$/.exec(name) ?? []
    if (program === undefined) continue
    found[program] = [...(found[program] ?? []), { age: Number(age ?? 0), file: join(folder, name) }]
  }
  return Object.fromEntries(
    Object.entries(found).map(([program, files]) => [
      program,
      files.sort((a, b) => b.age - a.age).map(({ file }) => file),
    ]),
  )
}

/** Pure: `2026-11-23T20:14:05.123Z out the line`. A line of another form belongs to the entry as it is. */
export function parseLogLine(text: string, source: string): LogEntry {
  const [, at, channel, line] = /^(\S+Z) (out|err) (.*)$/s.exec(text) ?? []
  if (at === undefined || line === undefined) return { at: '', source, channel: 'out', line: text }
  return { at, source, channel: channel as 'out' | 'err', line }
}

/** Oldest first. A line of another form is as old as the one before it. */
async function* readLogFiles(files: readonly string[], source: string): AsyncGenerator<LogEntry> {
  let at = ''
  for (const file of files) {
    const chunks = (async function* () {
      for await (const data of createReadStream(file)) yield { channel: 'out' as const, data: data as Buffer }
    })()
    for await (const { line } of linesOf(chunks)) {
      const entry = parseLogLine(line, source)
      at = entry.at || at
      yield { ...entry, at }
    }
  }
}

async function* readContainerLog(
  engine: Engine,
  id: string,
  source: string,
  since: Date | undefined,
): AsyncGenerator<LogEntry> {
  const range = { timestamps: true, ...(since && { since: since.getTime() / 1000 }) }
  for await (const { line, channel } of readLogs(engine, id, range)) yield parseStampedLine(line, source, channel)
}

/** As the engine gives it with `timestamps`; its time in the form of all others. Pure. */
export function parseStampedLine(text: string, source: string, channel: LogEntry['channel']): LogEntry {
  const blank = text.indexOf(' ')
  const at = new Date(text.slice(0, blank))
  return Number.isNaN(at.getTime())
    ? { at: '', source, channel, line: text }
    : { at: at.toISOString(), source, channel, line: text.slice(blank + 1) }
}

/**
 * `15m`, `2h`, `1d` ago, or a date that begins with year, month and day, as `new Date` reads it: that takes a bare `10` for
 * a month. Nothing was logged before 1970, and the engine takes no such time. Pure.
 */
export function parseSince(text: string, now: Date): Date | undefined {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (amount !== undefined && unit !== undefined) {
    const seconds = { s: 1, m: 60, h: 3600, d: 86_400 }[unit as 's' | 'm' | 'h' | 'd']
    return sinceEpoch(new Date(now.getTime() - Number(amount) * seconds * 1000))
  }
  return /^\d{4}-\d\d-\d\d/.test(text) ? sinceEpoch(new Date(text)) : undefined
}

const sinceEpoch = (date: Date): Date | undefined => (date.getTime() >= 0 ? date : undefined)
