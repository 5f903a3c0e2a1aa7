import { type Command, Option } from 'commander'
import { DevenvError } from '../../problem/problem.js'
import { type Add, open, withWhere } from '../opening.js'

export const makeCommand: Add = (program) =>
  withWhere(program.command('make'))
    .argument('[words...]', 'a target, and VAR=value or options as for make')
    .summary('run a make target of the checkout in the environment, or one that the package supplies')
    .description(
      'Runs make in the code directory, as the owner, with your terminal and signals, and ends with its exit code.\nThat is 2 when a recipe fails, whatever the recipe’s own code was; `devenv exec` gives the code of a command.\n`make dev.<target>` does the same; there the make around it ends with 2 for every failure.',
    )
    .addOption(
      new Option('--from-make', 'options and variables come from MAKEFLAGS, as make hands them to a recipe').hideHelp(),
    )
    .addOption(new Option('--overrides <variables>', 'MAKEOVERRIDES, where MAKEFLAGS does not hold them').hideHelp())
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (words: string[], options: { fromMake?: boolean; overrides?: string }, command: Command) => {
      const { runTarget } = await import('../../environment/verbs/run-target.js')
      const target = words.find((word) => !/^-|=|^\d+$/.test(word))
      if (target === undefined) throw new DevenvError({ code: 'target-missing' })
      const typed = options.fromMake
        ? (await import('../../environment/verbs/make-flags.js')).parseMakeFlags(
            process.env.MAKEFLAGS ?? '',
            options.overrides,
          )
        : []
      process.exitCode = await runTarget(await open(command), target, [...typed, ...words])
    })
