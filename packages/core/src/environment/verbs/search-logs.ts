import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readLogs } from '../../engine/container-logs.js'
import { linesOf } from '../../engine/streams.js'
import { DevenvError } from '../../problem/problem.js'
import type { Asking } from '../context.js'
import { isOwnFolder } from '../data/data-directory.js'
import { readRecord } from '../data/record.js'
import { containersOf } from '../inside/containers-of.js'

export type LogQuery = { program: string | undefined; grep: RegExp | undefined; since: Date | undefined }
/** `source` is a program of a container of ours, or a third-party service. */
export type LogEntry = { at: string; source: string; channel: 'out' | 'err'; line: string }

/**
 * What was logged, each source in its own order: programs from disk, rotated files too (they are there when no
 * container is), third-party services from the engine.
 * @throws DevenvError `program-unknown`
 */
export async function* searchLogs(asking: Asking, { program, grep, since }: LogQuery): AsyncGenerator<LogEntry> {
  const { engine, environment } = asking
  const programs = listLogFiles(environment.paths.logs)
  const ours = readRecord(environment)?.ours ?? {}
  const containers = (await containersOf(asking)).filter(({ service }) => ours[service] === undefined)
  const known = [...Object.keys(programs), ...containers.map(({ service }) => service)]
  if (program !== undefined && !known.includes(program))
    throw new DevenvError({ code: 'program-unknown', name: program, known })

  const wanted = (entry: LogEntry) =>
    (since === undefined || new Date(entry.at) >= since) && (grep === undefined || grep.test(entry.line))
  for (const [source, files] of Object.entries(programs)) {
    if (program !== undefined && program !== source) continue
    for (const file of files) for await (const entry of readLogFile(file, source)) if (wanted(entry)) yield entry
  }
  for (const { id, service } of containers) {
    if (program !== undefined && program !== service) continue
    const range = { timestamps: true, ...(since && { since: since.getTime() / 1000 }) }
    for await (const { line, channel } of readLogs(engine, id, range)) {
      const entry = {
        at: line.slice(0, line.indexOf(' ')),
        source: service,
        channel,
        line: line.slice(line.indexOf(' ') + 1),
      }
      if (wanted(entry)) yield entry
    }
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

async function* readLogFile(file: string, source: string): AsyncGenerator<LogEntry> {
  const chunks = (async function* () {
    for await (const data of createReadStream(file)) yield { channel: 'out' as const, data: data as Buffer }
  })()
  for await (const { line } of linesOf(chunks)) yield parseLogLine(line, source)
}

/** `15m`, `2h`, `1d` ago, or a date as `new Date` reads it. Pure. */
export function parseSince(text: string, now: Date): Date | undefined {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (amount !== undefined && unit !== undefined) {
    const seconds = { s: 1, m: 60, h: 3600, d: 86_400 }[unit as 's' | 'm' | 'h' | 'd']
    return new Date(now.getTime() - Number(amount) * seconds * 1000)
  }
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date
}
