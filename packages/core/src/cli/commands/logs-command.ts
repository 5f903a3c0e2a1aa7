import { type Command, InvalidArgumentError } from 'commander'
import type { LogEntry } from '../../environment/verbs/search-logs.js'
import { DevenvError } from '../../problem/problem.js'
import { type Add, open, print, withWhere } from '../opening.js'
import { openBeside } from '../tell-beside.js'
import { parseShown } from './watch-command.js'

type Options = {
  grep?: string
  ignoreCase?: boolean
  context?: number
  since?: string
  lines?: number
  follow?: boolean
  json?: boolean
}

/** What `--follow` shows of the past where nothing says how much. */
const SHOWN_AT_FIRST = 20

export const logsCommand: Add = (program) =>
  withWhere(program.command('logs'))
    .argument(
      '[programs...]',
      'programs of the environment, third-party services, with commas or blanks between them (default: all); or one service beside this one',
    )
    .summary('search the logs, in rotated files too, and follow them')
    .option('-f, --follow', 'go on with what is written from now on; of third-party services only those that you name')
    .option('-n, --lines <count>', 'only the last lines', parseCount)
    .option('--grep <pattern>', 'only lines that match this regular expression')
    .option('-i, --ignore-case', 'with --grep: upper and lower case are the same')
    .option('-C, --context <count>', 'with --grep: so many lines of the same program around each', parseCount)
    .option('--since <when>', 'only lines since then: 15m, 2h, 1d, or a date (2026-11-23, 2026-11-23T20:14)')
    .option('--json', 'print one JSON object for each line')
    .action(async (names: string[], options: Options, command: Command) => {
      const { parseSince, searchLogs } = await import('../../environment/verbs/search-logs.js')
      const { readEngineClock } = await import('../../engine/container-logs.js')
      const own = await open(command)
      const beside = names.length === 1 ? await openBeside(own, names[0] ?? '') : undefined
      const context = beside ?? own
      const since =
        options.since === undefined ? undefined : parseSince(options.since, await readEngineClock(context.engine))
      const refuse = (detail: string) => new DevenvError({ code: 'usage', detail, see: 'devenv logs --help' })
      if (options.since !== undefined && since === undefined)
        throw refuse(
          `--since ${options.since} is neither a time span nor a date: write 15m, 2h, 1d, or 2026-11-23T20:14.`,
        )
      let grep: RegExp | undefined
      try {
        grep = options.grep === undefined ? undefined : new RegExp(options.grep, options.ignoreCase ? 'i' : '')
      } catch (error) {
        throw refuse((error as Error).message)
      }
      const shown = parseShown(beside === undefined ? names.join(',') : '')
      const query = { programs: typeof shown === 'string' ? [] : shown, grep, since, context: options.context ?? 0 }
      const everything = since !== undefined || grep !== undefined
      const lines = options.lines ?? (options.follow && !everything ? SHOWN_AT_FIRST : Number.POSITIVE_INFINITY)
      const show = (entry: LogEntry) => {
        if (entry.apart && !options.json) print('--')
        print(options.json ? JSON.stringify(entry) : renderEntry(entry))
      }

      const past: LogEntry[] = []
      let found = false
      for await (const entry of searchLogs(context, query)) {
        found = true
        // What is only followed or cut off has to be known to its end first.
        if (options.follow || lines < Number.POSITIVE_INFINITY) past.push(entry)
        else show(entry)
      }
      for (const entry of lines === 0 ? [] : past.slice(-lines)) show(entry)
      if (options.follow) await follow()
      else if (!found)
        context.report({ kind: 'note', text: `no line ${grep === undefined ? 'was logged' : 'matches'}` })

      async function follow() {
        const { continuing, followLogs } = await import('../../environment/verbs/follow-logs.js')
        const { takeSignals } = await import('../../process/signals.js')
        const leaving = new AbortController()
        takeSignals(() => leaving.abort())
        const { from, isNew } = continuing(past)
        const onEntry = (entry: LogEntry) => {
          if (isNew(entry) && (grep === undefined || grep.test(entry.line))) show(entry)
        }
        await followLogs(context, from, shown, onEntry, leaving.signal)
        if (!leaving.signal.aborted) context.report({ kind: 'note', text: 'nothing runs any more' })
      }
    })

/** Pure. */
export const renderEntry = ({ at, source, line }: LogEntry): string => `${at} ${source} | ${line}`

function parseCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Write a number.')
}
