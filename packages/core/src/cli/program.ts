import { Command } from 'commander'
import { asTyped } from './as-typed.js'
import { checkCommand } from './commands/check-command.js'
import { cleanCommand } from './commands/clean-command.js'
import { completionCommand } from './commands/completion-command.js'
import { dataCommand } from './commands/data-command.js'
import { debugCommand } from './commands/debug-command.js'
import { digestCommand } from './commands/digest-command.js'
import { doctorCommand } from './commands/doctor-command.js'
import { editorCommand } from './commands/editor-command.js'
import { execCommand } from './commands/exec-command.js'
import { explainCommand } from './commands/explain-command.js'
import { graphCommand } from './commands/graph-command.js'
import { imageCommand } from './commands/image-command.js'
import { initCommand } from './commands/init-command.js'
import { listCommand } from './commands/list-command.js'
import { lockCommand } from './commands/lock-command.js'
import { logsCommand } from './commands/logs-command.js'
import { makeCommand } from './commands/make-command.js'
import { newCommand } from './commands/new-command.js'
import { openCommand } from './commands/open-command.js'
import { provisionCommand } from './commands/provision-command.js'
import { pruneCommand } from './commands/prune-command.js'
import { publishCommand } from './commands/publish-command.js'
import { shellCommand } from './commands/shell-command.js'
import { startCommand } from './commands/start-command.js'
import { statusCommand } from './commands/status-command.js'
import { stopCommand } from './commands/stop-command.js'
import { watchCommand } from './commands/watch-command.js'
import { type Add, withGlobals } from './opening.js'
import { version } from './version.js'

/** In the order of `--help`. */
const COMMANDS: readonly Add[] = [
  watchCommand,
  shellCommand,
  makeCommand,
  execCommand,
  debugCommand,
  startCommand,
  stopCommand,
  openCommand,
  cleanCommand,
  provisionCommand,
  dataCommand,
  statusCommand,
  logsCommand,
  listCommand,
  pruneCommand,
  doctorCommand,
  digestCommand,
  explainCommand,
  graphCommand,
  imageCommand,
  publishCommand,
  lockCommand,
  checkCommand,
  initCommand,
  editorCommand,
  newCommand,
  completionCommand,
]

/** The whole command line: each command is one call into `environment/`. */
export function createProgram(): Command {
  const program = new Command('devenv')
    .description(
      "Pre-built developer environments for Open edX services (OEP-5).\n\nIn a checkout that `devenv init` has prepared, `make dev.watch` is `devenv watch`, and `make dev.<target>` is\n`devenv make <target>`; every other command is `make devenv.<command>`, with its words in ARGS:\n`make devenv.logs ARGS='-f worker'`. `make dev.help` lists them.",
    )
    .version(version())
    .enablePositionalOptions()
    .showHelpAfterError(asTyped('(`devenv --help` lists the commands)'))
  withGlobals(program)
  program.exitOverride()
  for (const add of COMMANDS) add(program)
  for (const command of program.commands) {
    if (command.description() === '') command.description(sentence(command.summary()))
    command.showHelpAfterError(asTyped(`(\`devenv ${command.name()} --help\` lists its options)`))
  }
  return program
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
