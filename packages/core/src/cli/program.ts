import { Command } from 'commander'
import { COMMANDS } from './commands.js'
import { version } from './version.js'

/** The whole command line: each command is one call into `environment/`. */
export function createProgram(): Command {
  const program = new Command('devenv')
    .description(
      'Pre-built developer environments for Open edX services (OEP-5).\n\nIn a checkout that `devenv init` has prepared, `make dev.watch` is `devenv watch`, and `make dev.<target>` is\n`devenv make <target>`; for every other command type `npx --prefix devenv devenv …`.',
    )
    .version(version())
    .option(
      '--checkout <path>',
      'the checkout (default: the one around the current folder; with --package, the package’s usual one)',
    )
    .option(
      '--package <path>',
      'the environment package (default: DEVENV_PACKAGE, then devenv/package.json of the checkout)',
    )
    .option('--offline', 'ask no other machine; name anything missing (also: DEVENV_OFFLINE=1)')
    .enablePositionalOptions()
    .showHelpAfterError('(devenv --help lists the commands)')
  program.exitOverride()
  for (const add of COMMANDS) add(program)
  for (const command of program.commands) {
    if (command.description() === '') command.description(sentence(command.summary()))
    command.showHelpAfterError(`(devenv ${command.name()} --help lists its options)`)
  }
  return program
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
