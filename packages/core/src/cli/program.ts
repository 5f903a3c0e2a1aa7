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

/** By their names, in the order of `--help`. */
const COMMANDS: Readonly<Record<string, Add>> = {
  watch: watchCommand,
  shell: shellCommand,
  make: makeCommand,
  exec: execCommand,
  debug: debugCommand,
  start: startCommand,
  stop: stopCommand,
  open: openCommand,
  clean: cleanCommand,
  provision: provisionCommand,
  data: dataCommand,
  status: statusCommand,
  logs: logsCommand,
  list: listCommand,
  prune: pruneCommand,
  doctor: doctorCommand,
  digest: digestCommand,
  explain: explainCommand,
  graph: graphCommand,
  image: imageCommand,
  publish: publishCommand,
  lock: lockCommand,
  check: checkCommand,
  init: initCommand,
  editor: editorCommand,
  new: newCommand,
  completion: completionCommand,
}

/**
 * The command line: each command is one call into `environment/`.
 * @param asked the first word that was typed: of a command that is named by it, no other is made, which takes a tenth of the time of
 * `make dev.true`
 */
export function createProgram(asked = ''): Command {
  const program = new Command('devenv')
    .description(
      "Pre-built developer environments for Open edX services (OEP-5).\n\nIn a checkout that `devenv init` has prepared, `make dev.watch` is `devenv watch`, and `make dev.<target>` is\n`devenv make <target>`; every other command is `make devenv.<command>`, with its words in ARGS:\n`make devenv.logs ARGS='-f worker'`. `make dev.help` lists them.",
    )
    .version(version())
    .enablePositionalOptions()
    .showHelpAfterError(
      asTyped('(`devenv --help` lists the commands; a target of the checkout is another thing: `devenv make TARGET`)'),
    )
  withGlobals(program)
  program.exitOverride()
  const adds = Object.hasOwn(COMMANDS, asked) ? [COMMANDS[asked]] : Object.values(COMMANDS)
  for (const add of adds) add?.(program, () => createProgram())
  describe(program, 'devenv')
  return program
}

/** Each command, those below it too, says where its own help is. */
function describe(above: Command, typed: string): void {
  for (const command of above.commands) {
    const words = `${typed} ${command.name()}`
    if (command.description() === '') command.description(sentence(command.summary()))
    command.showHelpAfterError(asTyped(`(\`${words} --help\` lists its options)`))
    describe(command, words)
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
