import { type Command, Option } from 'commander'
import { DevenvError } from '../../problem/problem.js'
import { type Add, open, print, sayJson, withWhere } from '../opening.js'

type Options = { fromMake?: boolean; overrides?: string; list?: boolean; json?: boolean }

export const makeCommand: Add = (program, whole) =>
  withWhere(program.command('make'))
    .argument('[words...]', 'a target, and VAR=value or options as for make')
    .summary('run a make target of the checkout in the environment, or one that the package supplies')
    .description(
      'Runs make in the code directory, as the owner, with your terminal and signals, and ends with its exit code.\nThat is 2 when a recipe fails, whatever the recipe’s own code was; `devenv exec` gives the code of a command.\n`make dev.<target>` does the same; there the make around it ends with 2 for every failure.',
    )
    .option('--list', 'print the targets that there are (`make dev.help`)')
    .option('--json', 'with --list: print JSON')
    .addOption(
      new Option('--from-make', 'options and variables come from MAKEFLAGS, as make hands them to a recipe').hideHelp(),
    )
    .addOption(new Option('--overrides <variables>', 'MAKEOVERRIDES, where MAKEFLAGS does not hold them').hideHelp())
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (words: string[], options: Options, command: Command) => {
      if (options.list) return await listTargets(command, options, whole)
      const { runTarget } = await import('../../environment/verbs/run-target.js')
      const target = words.find((word) => !/^-|=|^\d+$/.test(word))
      if (target === undefined) throw new DevenvError({ code: 'target-missing' })
      const typed = options.fromMake
        ? (await import('../../environment/verbs/make-flags.js')).parseMakeFlags(
            process.env.MAKEFLAGS ?? '',
            options.overrides,
          )
        : []
      process.exitCode = await runTarget(await open(command), target, [...typed, ...words], () =>
        whole().commands.map((other) => other.name()),
      )
    })

async function listTargets(command: Command, { json }: Options, whole: () => Command): Promise<void> {
  const { readTargets } = await import('../../checkout/read-targets.js')
  const { readNeeds } = await import('../../environment/verbs/ensure.js')
  const { isSupplied } = await import('../../definition/definition.js')
  const { renderTargets } = await import('../render-targets.js')
  const { environment } = await open(command)
  const { targets: declared } = await readNeeds(environment)
  const targets = await readTargets(environment.checkout)
  const supplied = Object.fromEntries(Object.entries(declared).filter(([, target]) => isSupplied(target)))
  const commands = whole().commands.map((other) => ({ name: other.name(), summary: other.summary() }))
  if (json) sayJson({ targets, supplied })
  else for (const line of renderTargets(commands, targets, declared)) print(line)
}
