import { setTimeout as pause } from 'node:timers/promises'
import { lastLogLines } from '../engine/container-logs.js'
import type { Container } from '../engine/containers.js'
import { listContainers } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { type Canceller, type ContainerCommand, captureInside } from '../engine/exec.js'
import { DevenvError } from '../problem/problem.js'
import type { ProgramChoice } from '../settings/settings.js'
import type { Environment } from './identity.js'

/** The tools that every Open edX image of ours holds (packages/core/image/bin). */
const BIN = '/opt/devenv/bin'

type Argv = ContainerCommand['argv']

/** A command of the owner, in the code directory; `id` makes it one that can be ended from outside. */
export const asOwner = (argv: Argv, id?: string): Argv => [
  `${BIN}/run`,
  ...(id === undefined ? [] : ['--id', id]),
  '--',
  ...argv,
]

export const cancelInside: Canceller = (id, signal) => [`${BIN}/cancel`, id, signal.replace(/^SIG/, '')]

export const releaseCommand = (programs: ProgramChoice): Argv => [
  `${BIN}/release`,
  ...(programs === 'all' ? [] : ['--only', ...programs]),
]

/** Ends all programs; they are held until `release`, also when the container starts again. */
export const HOLD_COMMAND: Argv = ['/bin/sh', '-c', `${BIN}/release --only && rm -f /run/devenv/released`]

export const debugCommand = (program: string): Argv => [`${BIN}/debug`, program]

export const supervisorctl = (...words: readonly string[]): Argv => [
  '/opt/devenv/venv/bin/python3',
  '-m',
  'supervisor.supervisorctl',
  '-c',
  '/opt/devenv/supervisord.conf',
  ...words,
]

export const waitEventCommand = (file: string, seconds: number): Argv => [`${BIN}/wait-event`, file, String(seconds)]

/** Third-party images have none of our tools: a shell notes its process id, which is then the command's. */
export const withPid = (argv: Argv, id: string): Argv => [
  'sh',
  '-c',
  'echo $$ > "/tmp/.devenv-$1"; shift; exec "$@"',
  'devenv',
  id,
  ...argv,
]

export const cancelByPid: Canceller = (id, signal) => [
  'sh',
  '-c',
  'kill -s "$1" -- "-$(cat "/tmp/.devenv-$0")" 2>/dev/null || kill -s "$1" "$(cat "/tmp/.devenv-$0")"',
  id,
  signal.replace(/^SIG/, ''),
]

/** A project's containers. */
export const containersOf = (engine: Engine, { project }: Environment): Promise<Container[]> =>
  listContainers(engine, [`com.docker.compose.project=${project}`])

/** A program of a container, and its state: in supervisord's words, or `HELD`, `LEFT_OUT` (packages/core/image/bin/programs). */
export type ProgramState = {
  name: string
  state: string
  /** What its processes hold in memory. */
  memoryBytes: number | undefined
}

export async function readPrograms(engine: Engine, container: string): Promise<ProgramState[]> {
  const { lines } = await captureInside(engine, { container, argv: asOwner([`${BIN}/programs`]), user: 'root' })
  return lines.flatMap(parseProgram)
}

/** Pure. What is no such line is a complaint of the tool. */
export function parseProgram(line: string): ProgramState[] {
  const [, name, state, bytes] = /^(\S+) ([A-Z_]+) (\d+|-)$/.exec(line) ?? []
  if (name === undefined || state === undefined) return []
  return [{ name, state, memoryBytes: bytes === '-' ? undefined : Number(bytes) }]
}

/** Waits until the entrypoint has mapped the owner. @throws DevenvError `not-ready` */
export async function waitReady(engine: Engine, container: Container): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const { exitCode } = await captureInside(engine, {
      container: container.id,
      argv: ['/bin/sh', '-c', 'test -s /run/devenv/owner && test -S /run/devenv/supervisor.sock'],
      user: 'root',
    }).catch(() => ({ exitCode: 1 }))
    if (exitCode === 0) return
    if (Date.now() > deadline)
      throw new DevenvError({
        code: 'not-ready',
        container: container.service,
        log: await lastLogLines(engine, container.id, 20),
      })
    await pause(50)
  }
}

const ANSWER_SECONDS = 60

/**
 * Asks a health check ourselves until it is answered; whoever has to know whether it never is, asks the engine.
 * @param test as Compose resolves it: `CMD` or `CMD-SHELL`, then the command
 */
export async function waitAnswered(engine: Engine, { id }: Container, test: readonly string[]): Promise<void> {
  const [kind, ...words] = test
  const [program, ...rest] = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words
  if (program === undefined) return
  const deadline = Date.now() + ANSWER_SECONDS * 1000
  while (Date.now() < deadline) {
    if ((await captureInside(engine, { container: id, argv: [program, ...rest] })).exitCode === 0) return
    await pause(200)
  }
}
