import type { Command } from 'commander'
import { type Add, openRunning, say, withWhere } from '../opening.js'
import { readLeftBehind } from '../tell-beside.js'

export const cleanCommand: Add = (program) =>
  withWhere(program.command('clean'))
    .argument(
      '[stores...]',
      'only the data of these, mysql for example; the containers go too, and all other data stay',
    )
    .summary('stop the environment and remove the data that it created, and nothing else')
    .option('--yes', 'do not ask before databases are removed')
    .action(async (stores: string[], { yes }: { yes?: boolean }, command: Command) => {
      const { clean, cleanStores, readDoomed } = await import('../../environment/verbs/clean.js')
      const { askAboutSave, isPerson } = await import('../ask-person.js')
      const context = await openRunning(command)
      if (!yes && isPerson(process)) {
        const { renderDoomed } = await import('../render-doomed.js')
        const doomed = await readDoomed(context, stores)
        if (doomed.length > 0 && (await askAboutSave(renderDoomed(doomed, new Date()), process)) === 'save') {
          const { save } = await import('../../environment/verbs/save.js')
          const { name } = await save(
            context,
            `before-clean-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`,
          )
          say(`Saved ${name}. \`devenv data restore ${name}\` goes back to it.`)
        }
      }
      if (stores.length > 0) {
        const emptied = await cleanStores(context, stores)
        say(`Removed the containers, and the data of ${emptied.join(', ')}. \`devenv start\` makes them again.`)
        return
      }
      const behind = await readLeftBehind(context, 'removed')
      const { left } = await clean(context)
      for (const line of behind) say(line)
      const { listSaves } = await import('../../environment/data/saves.js')
      const { saves } = listSaves(context.environment.paths)
      if (saves.length > 0) say(`Saves stay: ${saves.map(({ name }) => name).join(', ')}`)
      for (const path of left) say(`Left in place, because devenv did not create it: ${path}`)
    })
