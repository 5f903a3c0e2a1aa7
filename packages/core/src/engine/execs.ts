import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { type Duplex, pipeline, Transform, type Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { startGuardian } from '../process/guardian.js'
import { processMark } from '../process/process-mark.js'
import { type EndingSignal, exitCodeFor, takeSignals } from '../process/signals.js'
import { isInForeground, mayReadInput } from '../process/standard-input.js'
import { ask, type Engine, EngineRefusal, hijack, isEngineAway, unreachable } from './engine.js'
import { type Chunk, Demultiplexer, linesOf } from './streams.js'

/** A command for a container. `env` as `NAME=value`. */
export type ContainerCommand = {
  container: string
  argv: readonly [string, ...string[]]
  user?: string
  env?: readonly string[]
}

/** Ends what runs: a command line that signals every process of the command `id`. */
export type Canceller = (id: string, signal: NodeJS.Signals) => readonly [string, ...string[]]

const GRACE_MS = 10_000
/** A command that is over before then costs no guardian. */
const GUARDED_AFTER_MS = 1000
const LEFT_MS = 500

const createExec = async (engine: Engine, command: ContainerCommand, streams: object): Promise<string> => {
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
const exitCodeOf = async (engine: Engine, exec: string): Promise<number | undefined> => {
  try {
    const { ExitCode } = await ask<{ ExitCode: number | null }>(engine, { path: `/exec/${exec}/json` })
    return ExitCode ?? undefined
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 404) return KILLED
    throw error
  }
}

/** @throws DevenvError `engine-gone` where the connection breaks */
async function* chunksOf(engine: Engine, socket: Duplex): AsyncGenerator<Chunk> {
  try {
    // The callback keeps a connection that breaks from being an uncaught error; the loop ends with it as well.
    yield* pipeline(socket, new Demultiplexer(), () => {})
  } catch (error) {
    throw unreachable(engine, error as NodeJS.ErrnoException)
  }
}

/** Runs a command without input; gives each line as it comes. Resolves to the exit code. */
export async function runInside(
  engine: Engine,
  command: ContainerCommand,
  onLine: (line: string, channel: Chunk['channel']) => void,
): Promise<number> {
  const exec = await createExec(engine, command, {})
  const socket = await hijack(engine, {
    method: 'POST',
    path: `/exec/${exec}/start`,
    body: { Detach: false, Tty: false },
  })
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

/** Of our standard input: all that there is, or nothing that a shell around us reads as well. */
export type TakenInput = 'all' | 'ours-alone'

/** These handle Ctrl-Z themselves. */
const SHELLS = ['sh', 'bash', 'dash', 'zsh']
const CTRL_Z = 0x1a

/**
 * Runs a command as if it had been typed here: our standard streams, our terminal where there is one and we are in its
 * foreground, our signals. Resolves to the exit code, exactly; 128 + n when signal n ended it from here.
 *
 * The API cannot signal an exec (https://github.com/moby/moby/issues/9098), and an exec outlives the client
 * that started it. So `wrap` gives the command an id inside the container, and `cancel` ends what has that id. If we are
 * killed, a guardian does so.
 */
export async function attachInside(
  engine: Engine,
  command: ContainerCommand,
  wrap: (id: string, argv: ContainerCommand['argv']) => ContainerCommand['argv'],
  cancel: Canceller,
  input: TakenInput,
): Promise<number> {
  const { stdin, stdout, stderr } = process
  const reads = input === 'all' && !stdin.isTTY ? true : await mayReadInput()
  const terminal = reads && stdin.isTTY === true && stdout.isTTY === true
  // Whoever sees the command can tell whether anybody waits for it.
  const id = `${processMark()}-${randomBytes(4).toString('hex')}`
  const size = { h: stdout.rows ?? 24, w: stdout.columns ?? 80 }

  const exec = await createExec(
    engine,
    {
      ...command,
      argv: wrap(id, command.argv),
      env: [...(terminal && process.env.TERM ? [`TERM=${process.env.TERM}`] : []), ...(command.env ?? [])],
    },
    { AttachStdin: reads, Tty: terminal, ...(terminal && { ConsoleSize: [size.h, size.w] }) },
  )

  let ended: EndingSignal | undefined
  let killer: NodeJS.Timeout | undefined
  /** Whether there was anything left to signal. */
  const send = async (signal: NodeJS.Signals): Promise<boolean> => {
    const argv = cancel(id, signal)
    const { exitCode } = await captureInside(engine, { container: command.container, argv, user: 'root' }).catch(
      () => ({
        exitCode: 1,
      }),
    )
    return exitCode === 0
  }
  const onSignal = (signal: EndingSignal) => {
    if (ended !== undefined) return void send('SIGKILL')
    ended = signal
    void send(signal)
    killer = setTimeout(() => void send('SIGKILL'), GRACE_MS)
  }
  const release = takeSignals(onSignal)
  const deedOf = (signal: NodeJS.Signals) =>
    ['docker', 'exec', '--user', 'root', command.container, ...cancel(id, signal)] as const
  const will = { deeds: [deedOf('SIGHUP'), deedOf('SIGKILL')], seconds: GRACE_MS / 1000 }
  const voidWill = startGuardian(will, GUARDED_AFTER_MS)
  const hangUp = () => {
    if (ended === undefined) onSignal('SIGHUP')
  }

  const socket = await hijack(engine, {
    method: 'POST',
    path: `/exec/${exec}/start`,
    body: { Detach: false, Tty: terminal, ...(terminal && { ConsoleSize: [size.h, size.w] }) },
  })
  const suspends = terminal && !SHELLS.includes(basename(command.argv[0]))
  const suspend = async () => {
    stdin.setRawMode(false)
    stdin.pause()
    await send('SIGSTOP')
    // Make around us as well. This returns when somebody continues us, here or in the background.
    process.kill(0, 'SIGTSTP')
    await takeTerminal()
    await send('SIGCONT')
  }
  const takeTerminal = async () => {
    if (!(await isInForeground())) return
    stdin.setRawMode(true)
    stdin.resume()
    resize()
  }
  const onContinued = () => void takeTerminal()
  const typed = new Transform({
    transform(data: Buffer, _encoding, done) {
      const at = suspends ? data.indexOf(CTRL_Z) : -1
      if (at >= 0) void suspend()
      done(null, at < 0 ? data : data.subarray(0, at))
    },
  })
  const resize = () => {
    const query = { h: String(stdout.rows), w: String(stdout.columns) }
    void ask(engine, { method: 'POST', path: `/exec/${exec}/resize`, query }).catch(() => {})
  }
  try {
    if (terminal) {
      stdin.setRawMode(true)
      stdout.on('resize', resize)
      process.on('SIGCONT', onContinued)
    }
    // The end of input is the command's to read; the end of a terminal is a hang-up.
    if (terminal) stdin.pipe(typed).pipe(socket, { end: false })
    else if (reads) stdin.pipe(socket)
    else socket.end()
    if (terminal) stdin.once('close', hangUp).once('end', hangUp)
    socket.on('error', () => {})
    // A reader that has gone (`… | head`), a terminal that was closed: to the command both are a hang-up.
    for (const stream of [...(reads ? [stdin] : []), stdout, stderr]) stream.on('error', hangUp)
    await (terminal ? showAll(socket, stdout) : showApart(chunksOf(engine, socket), stdout, stderr))
    let exitCode = await exitCodeOf(engine, exec)
    for (let waited = 0; exitCode === undefined && waited < 2 * GRACE_MS; waited += 100) {
      // The connection broke, and the command goes on without anybody.
      hangUp()
      await pause(100)
      exitCode = await exitCodeOf(engine, exec)
    }
    // A shell's background commands ignore the interrupt that ended the shell.
    if (ended !== undefined && (await send('SIGTERM'))) {
      await pause(LEFT_MS)
      await send('SIGKILL')
    }
    return ended === undefined ? (exitCode ?? 255) : exitCodeFor(ended)
  } finally {
    clearTimeout(killer)
    voidWill()
    release()
    stdout.off('resize', resize)
    if (terminal && !stdin.destroyed) stdin.setRawMode(false)
    process.off('SIGCONT', onContinued)
    stdin.off('close', hangUp).off('end', hangUp).unpipe()
    if (reads) stdin.destroy()
    socket.destroy()
  }
}

const showAll = (socket: Duplex, stdout: Writable): Promise<void> =>
  new Promise((resolve) => {
    socket.pipe(stdout, { end: false })
    socket.once('close', resolve)
  })

async function showApart(chunks: AsyncIterable<Chunk>, stdout: Writable, stderr: Writable): Promise<void> {
  try {
    for await (const { channel, data } of chunks) {
      const target = channel === 'out' ? stdout : stderr
      // Where nobody reads any more, the rest is dropped, so that the end is reached.
      if (target.writable && !target.write(data)) await drained(target)
    }
  } catch (error) {
    // How the command ended is asked in any case.
    if (!isEngineAway(error)) throw error
  }
}

const drained = (target: Writable): Promise<void> =>
  new Promise((resolve) => {
    const events = ['drain', 'close', 'error']
    const done = () => {
      for (const event of events) target.off(event, done)
      resolve()
    }
    for (const event of events) target.on(event, done)
  })
