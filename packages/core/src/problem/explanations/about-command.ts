import type { Explanations } from '../explanation.js'
import { meant } from '../nearest.js'
import type { CommandProblem } from '../problem.js'

/** The words for problems of a command line, and devenv itself. */
export const COMMAND: Explanations<CommandProblem> = {
  'service-unknown': ({ name, known }) => ({
    what: `There is no service ${name}.${meant([name], known)}`,
    why: `There are: ${known.join(', ')}.`,
    fix: 'Name one of these: devenv exec SERVICE -- COMMAND',
  }),
  'program-unknown': ({ name, known }) => ({
    what: `There is no program or service ${name}.${meant([name], known)}`,
    // Several containers may have a program of one name, or a program that of a service.
    why: `There are: ${[...new Set(known)].join(', ') || 'none yet'}.`,
    fix: 'devenv status   lists them.',
  }),
  'server-unknown': ({ name, known }) => ({
    what: `devenv has no server ${name}.${meant([name], known)}`,
    why: `It has: ${known.join(', ')}.`,
    fix: 'Name one of these, with a version if you want another: --with mysql:8.4.9,redis. You can add any server to compose.yaml afterwards.',
  }),
  'package-taken': ({ directory }) => ({
    what: `There are files in ${directory} already.`,
    why: '`devenv new` writes a new package, and replaces no file.',
    fix: 'Name another folder: --directory PATH',
  }),
  'program-left-out': ({ name, running }) => ({
    what: `The program ${name} does not run here.`,
    why: `The choice of programs leaves it out. These run: ${running.join(', ')}.`,
    fix: `devenv start --programs ${[...running, name].sort().join(',')}   or: devenv start --programs all`,
  }),
  'target-missing': () => ({
    what: 'You named no make target.',
    why: '`devenv make` runs a target in the environment.',
    fix: 'devenv make TARGET [VAR=value…]\ndevenv make --list   prints the targets.',
  }),
  'program-debugged': ({ name }) => ({
    what: `${name} is being debugged already.`,
    why: 'It runs in another terminal, or for an editor.',
    fix: 'End it there first, with Ctrl-C: it goes back to where it was.',
  }),
  'no-terminal': ({ command }) => ({
    what: `\`${command}\` needs a terminal.`,
    why: 'A debugger asks questions and waits for answers.',
    fix: 'Run it in a terminal, with nothing piped in or out.',
  }),
  unconfirmed: ({ command }) => ({
    what: 'devenv removed nothing: it asks before it removes, and here it can ask nobody.',
    why: 'A question needs a terminal.',
    fix: `${command}   removes what is listed above.`,
  }),
  usage: ({ detail, see }) => ({
    what: detail,
    why: 'devenv does not understand this command line.',
    fix: see,
  }),
  fault: ({ detail }) => ({
    what: 'devenv made a mistake; you did not. What was done stays, and the next command continues from there.',
    why: detail,
    fix: 'Report the line above. With DEVENV_DEBUG=1 before the same command, devenv also prints the stack.',
  }),
}
