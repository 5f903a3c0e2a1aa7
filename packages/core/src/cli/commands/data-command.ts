import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Context } from '../../environment/context.js'
import type { Paths } from '../../environment/environment.js'
import { DevenvError } from '../../problem/problem.js'
import {
  type Add,
  type AddBelow,
  onCommands,
  openRunning,
  print,
  say,
  sayJson,
  withNow,
  withWhere,
} from '../opening.js'
import { publishDataCommand } from './publish-data-command.js'

export const dataCommand: Add = (program) => {
  const data = program
    .command('data')
    .summary('keep the data of an environment under a name, and go back to them')
    .description(
      'Keeps the data of an environment under a name, and goes back to them: before a risky migration, for a bug’s data,\nfor a demo. A save outlasts `devenv clean`, and travels as one file.',
    )
  addList(data)
  addSave(data)
  addRestore(data)
  addDelete(data)
  addExport(data)
  addImport(data)
  publishDataCommand(data)
}

const addList: AddBelow = (data) =>
  withWhere(data.command('list', { isDefault: true }).allowExcessArguments())
    .summary('list the saves of this environment, and the seeds that this machine keeps for its service')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const [word] = command.args
      // What stands behind `data` and is no command of it comes here.
      if (word !== undefined) throw await wordUnknown(data, word)
      const { listSaves } = await import('../../environment/data/saves.js')
      const { listSeeds } = await import('../../environment/data/seeds.js')
      const { renderData } = await import('../render-data.js')
      const { environment } = await openRunning(command)
      const { saves, damaged } = listSaves(environment.paths)
      const seeds = listSeeds(environment.service)
      if (json) sayJson({ saves, damaged, seeds })
      else for (const line of renderData({ saves, damaged, seeds }, new Date())) print(line)
    })

async function wordUnknown(data: Command, word: string): Promise<DevenvError> {
  const { nearest } = await import('../../problem/nearest.js')
  const known = data.commands.map((command) => command.name())
  const near = nearest(word, known)
  const detail = `there is no "data ${word}"${near === undefined ? '' : `; did you mean ${near}?`}`
  return new DevenvError({ code: 'usage', detail, see: 'devenv data --help' })
}

const addSave: AddBelow = (data) =>
  withWhere(data.command('save'))
    .argument('<name>', 'what it is called')
    .summary('keep all data as they are now, while the environment runs')
    .action(async (name: string, _options, command: Command) => {
      const { save } = await import('../../environment/verbs/save.js')
      const { renderBytes } = await import('../../publish/bill.js')
      const { bytes } = await save(await openRunning(command), name)
      say(`Saved ${name} (${renderBytes(bytes)}). \`devenv data restore ${name}\` goes back to it.`)
    })

const addRestore: AddBelow = (data) =>
  withNow(withWhere(data.command('restore')))
    .argument('<name>', 'the save')
    .summary('put the data of a save in the place of those that are there')
    .option('--yes', 'do not ask before databases are replaced')
    .action(async (name: string, options: { yes?: boolean; now?: boolean }, command: Command) => {
      const { restore } = await import('../../environment/verbs/restore.js')
      const { tellRunning } = await import('../start-all.js')
      const context = await openRunning(command)
      if (!options.yes) await askBefore(context, name)
      await tellRunning(context, await restore(context, name, onCommands(options)))
    })

async function askBefore(context: Context, name: string): Promise<void> {
  const { isPerson, requireConsent } = await import('../ask-person.js')
  if (!isPerson(process)) return
  const { readSave } = await import('../../environment/data/saves.js')
  const { readDoomed } = await import('../../environment/verbs/clean.js')
  const { renderReplaced } = await import('../render-doomed.js')
  const save = readSave(context.environment.paths, name)
  const doomed = await readDoomed(context, [])
  if (doomed.length > 0) await requireConsent(renderReplaced(doomed, save, new Date()), process, 'Replace them')
}

const addDelete: AddBelow = (data) =>
  withWhere(data.command('delete'))
    .argument('<name>', 'the save')
    .summary('delete a save')
    .option('--yes', 'do not ask before it is deleted')
    .action(async (name: string, { yes }: { yes?: boolean }, command: Command) => {
      const { deleteSave } = await import('../../environment/data/saves.js')
      const { paths } = (await openRunning(command)).environment
      if (!yes) await askBeforeDeletion(paths, name)
      deleteSave(paths, name)
      say(`Deleted the save ${name}.`)
    })

async function askBeforeDeletion(paths: Paths, name: string): Promise<void> {
  const { isPerson, requireConsent } = await import('../ask-person.js')
  if (!isPerson(process)) return
  const { listSaves } = await import('../../environment/data/saves.js')
  const { renderDeletion } = await import('../render-data.js')
  const { saves, damaged } = listSaves(paths)
  const save = saves.find((each) => each.name === name)
  // Of one that is not there, the deletion itself tells.
  if (save === undefined && !damaged.includes(name)) return
  await requireConsent(renderDeletion(name, save, new Date()), process, 'Delete it')
}

const addExport: AddBelow = (data) =>
  withWhere(data.command('export'))
    .argument('<name>', 'the save')
    .argument('[file]', 'where to write it (default: NAME.tar here)')
    .summary('write a save into one file')
    .action(async (name: string, typed: string | undefined, _options, command: Command) => {
      const { exportSave } = await import('../../environment/data/saves.js')
      const file = resolve(typed || `${name}.tar`)
      await exportSave((await openRunning(command)).environment.paths, name, file)
      say(`Wrote ${file}. \`devenv data import FILE\` takes it, in any checkout of the service.`)
    })

const addImport: AddBelow = (data) =>
  withWhere(data.command('import'))
    .argument('<file>', 'what `devenv data export` wrote')
    .argument('[name]', 'what it is called here (default: as the file)')
    .summary('take a save from a file')
    .action(async (typed: string, named: string | undefined, _options, command: Command) => {
      const { importSave, nameOfFile } = await import('../../environment/data/saves.js')
      const name = named ?? nameOfFile(typed)
      await importSave((await openRunning(command)).environment, resolve(typed), name)
      say(`Imported ${name}. \`devenv data restore ${name}\` puts its data in place.`)
    })
