import type { Command } from 'commander'
import { type Add, openRunning, say, withWhere } from '../opening.js'
import { readLeftBehind } from '../tell-beside.js'

export const stopCommand: Add = (program) =>
  withWhere(program.command('stop'))
    .summary('stop the containers and remove nothing')
    .action(async (_options, command: Command) => {
      const { stop } = await import('../../environment/verbs/stop.js')
      const context = await openRunning(command)
      const stopped = await stop(context)
      say(
        stopped.length === 0
          ? 'Nothing was running.'
          : `Stopped: ${stopped.join(', ')}. Data and containers stay; \`devenv start\` starts them again.`,
      )
      for (const line of await readLeftBehind(context, 'stopped')) say(line)
    })
