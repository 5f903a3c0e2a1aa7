import type { Canceller } from '../../engine/attach.js'
import type { ContainerCommand } from '../../engine/execs.js'
import type { ProgramChoice } from '../../settings/settings.js'

/** The tools that every Open edX image of ours holds (packages/core/container/bin). */
const BIN = '/opt/devenv/bin'

type Argv = ContainerCommand['argv']

/** A command of the owner, in the code directory; `id` makes it one that can be ended from outside. */
export const asOwner = (argv: Argv, id?: string): Argv => [
  `${BIN}/run`,
  ...(id === undefined ? [] : ['--id', id]),
  '--',
  ...argv,
]

/** `step` runs a command to its end, or joins the one of that id (packages/core/container/bin/step). */
export const stepCommand = (id: string, name: string, argv: Argv): Argv => [`${BIN}/step`, id, name, '--', ...argv]
export const joinCommand = (id: string): Argv => [`${BIN}/step`, '--join', id]
export const stepStateCommand = (id: string): Argv => [`${BIN}/step`, '--state', id]

export const cancelInside: Canceller = (id, signal) => [`${BIN}/cancel`, id, signal.replace(/^SIG/, '')]

export const releaseCommand = (programs: ProgramChoice): Argv => [
  `${BIN}/release`,
  ...(programs === 'all' ? [] : ['--only', ...programs]),
]

/** What became of the libraries that a container has installed (packages/core/container/bin/libraries). */
export const LIBRARIES_COMMAND: Argv = [`${BIN}/libraries`, '--report']

/** Ends all programs; they are held until `release`, also when the container starts again. */
export const HOLD_COMMAND: Argv = ['/bin/sh', '-c', `${BIN}/release --only && rm -f /run/devenv/released`]

/** Stops all programs until its input ends. */
export const FREEZE_COMMAND: Argv = [`${BIN}/freeze`]

export const programsCommand = (which: 'all' | 'waiting'): Argv => [
  `${BIN}/programs`,
  ...(which === 'waiting' ? ['--waiting'] : []),
]

/** What an editor's debugger can attach to, at this port of the container's loopback. */
export const debuggedCommand = ({ port, waits }: { port: number; waits: boolean }, argv: Argv): Argv => [
  `${BIN}/with-debugger`,
  ...(waits ? ['--wait'] : []),
  String(port),
  ...argv,
]
export const connectCommand = (port: number): Argv => [`${BIN}/connect`, String(port)]

export const takeOutCommand = (program: string): Argv => [`${BIN}/debug`, program]

export const supervisorctl = (...words: readonly string[]): Argv => [
  '/opt/devenv/venv/bin/python3',
  '-m',
  'supervisor.supervisorctl',
  '-c',
  '/opt/devenv/supervisord.conf',
  ...words,
]

export const waitEventCommand = (file: string, seconds: number): Argv => [`${BIN}/wait-event`, file, String(seconds)]
/** How `wait-event` ends; with anything else, it could not try. What it says of an event that comes although nobody waits for one. */
export const WAIT_EVENT = { came: 0, missed: 3, polling: 'polling' }

/** Has `reload` wait for file events, or look at the files again and again, and say why. */
const POLLING = '/run/devenv/polling'
export const eventsCommand: Argv = ['rm', '-f', POLLING]
export const pollingCommand = (because: string): Argv => ['sh', '-c', `echo "$1" > ${POLLING}`, 'sh', because]

/**
 * Third-party images have none of our tools: a shell removes the notes of commands that have ended, gives a terminal that
 * nobody there knows a name as lib/terminal.sh does, and notes its process id, which is then the command's.
 */
const NOTE = `for old in /tmp/.devenv-*; do
  { read -r ended < "$old" && [ ! -d "/proc/$ended" ] && rm -f "$old"; } 2> /dev/null
done
if [ -t 0 ]; then
  for folder in /etc/terminfo /lib/terminfo /usr/share/terminfo; do
    [ ! -e "$folder/\${TERM%"\${TERM#?}"}/$TERM" ] || known=yes
  done
  [ "$known" ] || export TERM=xterm-256color
fi
echo $$ > "/tmp/.devenv-$1"; shift; exec "$@"`
export const withPid = (argv: Argv, id: string): Argv => ['sh', '-c', NOTE, 'devenv', id, ...argv]

export const cancelByPid: Canceller = (id, signal) => [
  'sh',
  '-c',
  'kill -s "$1" -- "-$(cat "/tmp/.devenv-$0")" 2>/dev/null || kill -s "$1" "$(cat "/tmp/.devenv-$0")"',
  id,
  signal.replace(/^SIG/, ''),
]
