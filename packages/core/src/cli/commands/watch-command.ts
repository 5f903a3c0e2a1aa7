import type { Command } from 'commander'
import { type Add, onCommands, open, withNow, withPrograms, withWhere } from '../opening.js'

export const watchCommand: Add = (program) =>
  withNow(withPrograms(withWhere(program.command('watch'))))
    .summary('start the service and show all logs; Ctrl-C closes the view, and the service keeps running')
    .description(
      'Starts anything that is not running, shows the logs of every process, and prints the address once it answers.\nCtrl-C closes the view; everything keeps running until `devenv stop`.',
    )
    .action(async (options: { now?: boolean }, command: Command) => {
      const { watchEnvironment } = await import('../watch.js')
      process.exitCode = await watchEnvironment(await open(command), onCommands(options))
    })
