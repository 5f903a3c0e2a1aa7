import type { Command } from 'commander'
import type { Shown } from '../../environment/verbs/follow-logs.js'
import { type Add, onCommands, open, withBeside, withNow, withPrograms, withWhere } from '../opening.js'

export const watchCommand: Add = (program) =>
  withNow(withBeside(withPrograms(withWhere(program.command('watch')))))
    .summary('start the service and show all logs; Ctrl-C closes the view, and the service keeps running')
    .description(
      'Starts anything that is not running, shows the logs of every program, and prints the address once it answers.\nCtrl-C closes the view; everything keeps running until `devenv stop`.',
    )
    .option(
      '--logs <list>',
      'show the logs of these programs and third-party services only, separated by commas, or of all (default: of every program)',
    )
    .action(async ({ logs, ...options }: { logs?: string; now?: boolean }, command: Command) => {
      const { watchEnvironment } = await import('../watch.js')
      process.exitCode = await watchEnvironment(await open(command), parseShown(logs ?? ''), onCommands(options))
    })

/** Pure. */
export function parseShown(list: string): Shown {
  const names = list.split(/[\s,]+/).filter(Boolean)
  return names.length === 0 ? 'programs' : names.includes('all') ? 'all' : names
}
