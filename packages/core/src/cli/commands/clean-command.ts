import type { Command } from 'commander'
import { type Add, openRunning, say, withWhere } from '../opening.js'

export const cleanCommand: Add = (program) =>
  withWhere(program.command('clean'))
    .argument('[stores...]', 'only the data of these, mysql for example; all else stays')
    .summary('stop the environment and remove the data that it created, and nothing else')
    .action(async (stores: string[], _options, command: Command) => {
      const { clean, cleanStores } = await import('../../environment/verbs/clean.js')
      const context = await openRunning(command)
      if (stores.length > 0) {
        const emptied = await cleanStores(context, stores)
        say(`Removed the data of ${emptied.join(', ')}. \`devenv start\` makes them again.`)
        return
      }
      const { left } = await clean(context)
      for (const path of left) say(`Left in place, because devenv did not create it: ${path}`)
    })
