import type { Command } from 'commander'
import { DevenvError } from '../../problem/problem.js'
import { type Add, open, print, withWhere } from '../opening.js'

export const logsCommand: Add = (program) =>
  withWhere(program.command('logs'))
    .argument('[program]', 'one program of the environment, or one third-party service')
    .summary('search the logs, in rotated files too')
    .option('--grep <pattern>', 'only lines that match this regular expression')
    .option('--since <when>', 'only lines since then: 15m, 2h, 1d, or a date')
    .option('--json', 'print one JSON object for each line')
    .action(
      async (
        named: string | undefined,
        options: { grep?: string; since?: string; json?: boolean },
        command: Command,
      ) => {
        const { parseSince, searchLogs } = await import('../../environment/verbs/search-logs.js')
        const { readEngineClock } = await import('../../engine/container-logs.js')
        const asking = await open(command)
        const since =
          options.since === undefined ? undefined : parseSince(options.since, await readEngineClock(asking.engine))
        const refuse = (detail: string) => new DevenvError({ code: 'usage', detail, see: 'devenv logs --help' })
        if (options.since !== undefined && since === undefined)
          throw refuse(`--since ${options.since} is neither a time span nor a date.`)
        let grep: RegExp | undefined
        try {
          grep = options.grep === undefined ? undefined : new RegExp(options.grep)
        } catch (error) {
          throw refuse((error as Error).message)
        }
        for await (const entry of searchLogs(asking, { program: named, grep, since })) {
          print(options.json ? JSON.stringify(entry) : `${entry.at} ${entry.source} | ${entry.line}`)
        }
      },
    )
