import type { Command } from 'commander'
import { type Add, open, withPrograms, withWhere } from '../opening.js'

export const watchCommand: Add = (program) =>
  withPrograms(withWhere(program.command('watch')))
    .summary('start the service and show all logs; Ctrl-C closes the view, and the service keeps running')
    .description(
      'Starts anything that is not running, shows the logs of every process, and prints the address once it answers.\nCtrl-C closes the view; everything keeps running until `devenv stop`.',
    )
    .action(async (_options, command: Command) => {
      const { watchEnvironment } = await import('../watch.js')
      process.exitCode = await watchEnvironment(await open(command))
    })
