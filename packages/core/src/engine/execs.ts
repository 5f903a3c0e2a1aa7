import { type Duplex, pipeline } from 'node:stream'
import { ask, type Engine, EngineRefusal, hijack, unreachable } from './engine.js'
import { type Chunk, Demultiplexer, linesOf } from './streams.js'

/** A command for a container. `env` as `NAME=value`. */
export type ContainerCommand = {
  container: string
  argv: readonly [string, ...string[]]
  user?: string
  env?: readonly string[]
}

/** Makes a command; gives its id, by which the engine starts it. */
export const createExec = async (engine: Engine, command: ContainerCommand, streams: object): Promise<string> => {
  const { container, argv, user, env } = command
  const body = {
    Cmd: argv,
    AttachStdout: true,
    AttachStderr: true,
    ...(user && { User: user }),
    ...(env && { Env: env }),
    ...streams,
  }
  const { Id } = await ask<{ Id: string }>(engine, { method: 'POST', path: `/containers/${container}/exec`, body })
  return Id
}

/** The program of a command that runs in a container. */
export type ExecProcess = { entrypoint: string; arguments: readonly string[] }

/** The commands that run in a container beside its own; none where it is gone. */
export async function listExecs(engine: Engine, container: string): Promise<ExecProcess[]> {
  type Inspected = { Running: boolean; ProcessConfig: ExecProcess }
  const gone = () => undefined
  const found = await ask<{ ExecIDs: string[] | null }>(engine, { path: `/containers/${container}/json` }).catch(gone)
  const execs = (found?.ExecIDs ?? []).map((id) => ask<Inspected>(engine, { path: `/exec/${id}/json` }).catch(gone))
  return (await Promise.all(execs)).flatMap((exec) => (exec?.Running ? [exec.ProcessConfig] : []))
}

/** What ends with SIGKILL, as the commands in a container do when it ends. */
export const KILLED = 137

/** `undefined` while it runs. The engine forgets a command with its container. */
export const exitCodeOf = async (engine: Engine, exec: string): Promise<number | undefined> => {
  try {
    const { ExitCode } = await ask<{ ExitCode: number | null }>(engine, { path: `/exec/${exec}/json` })
    return ExitCode ?? undefined
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 404) return KILLED
    throw error
  }
}

/** @throws DevenvError `engine-gone` where the connection breaks */
export async function* chunksOf(engine: Engine, socket: Duplex): AsyncGenerator<Chunk> {
  try {
    // The callback keeps a connection that breaks from being an uncaught error; the loop ends with it as well.
    yield* pipeline(socket, new Demultiplexer(), () => {})
  } catch (error) {
    throw unreachable(engine, error as NodeJS.ErrnoException)
  }
}

/** Begins a command without a terminal; what is written to the socket is its input, where `streams` attach that. */
export async function startExec(
  engine: Engine,
  command: ContainerCommand,
  streams: object = {},
): Promise<{ exec: string; socket: Duplex }> {
  const exec = await createExec(engine, command, streams)
  const body = { Detach: false, Tty: false }
  return { exec, socket: await hijack(engine, { method: 'POST', path: `/exec/${exec}/start`, body }) }
}

/** Runs a command without input; gives each line as it comes. Resolves to the exit code. */
export async function runInside(
  engine: Engine,
  command: ContainerCommand,
  onLine: (line: string, channel: Chunk['channel']) => void,
): Promise<number> {
  const { exec, socket } = await startExec(engine, command)
  socket.end()
  for await (const { line, channel } of linesOf(chunksOf(engine, socket))) onLine(line, channel)
  return (await exitCodeOf(engine, exec)) ?? 255
}

/**
 * Whether a command can be run in it. The engine reports the end of a container after the end of what ran in it, and
 * the kernel takes no new process where the first has ended.
 */
export const acceptsCommands = (engine: Engine, container: string): Promise<boolean> =>
  captureInside(engine, { container, argv: ['sh', '-c', ':'], user: 'root' }).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  )

/** Runs a command without input. */
export async function captureInside(
  engine: Engine,
  command: ContainerCommand,
): Promise<{ exitCode: number; lines: string[] }> {
  const lines: string[] = []
  const exitCode = await runInside(engine, command, (line) => lines.push(line))
  return { exitCode, lines }
}
