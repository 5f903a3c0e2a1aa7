import { randomBytes } from 'node:crypto'
import { ask, type Engine, hijack } from './engine.js'
import { type EndingSignal, exitCodeFor, takeSignals } from './signals.js'
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

const exitCodeOf = async (engine: Engine, exec: string): Promise<number> => {
  const { ExitCode } = await ask<{ ExitCode: number | null }>(engine, { path: `/exec/${exec}/json` })
  return ExitCode ?? 255
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
  for await (const { line, channel } of linesOf(socket.pipe(new Demultiplexer()))) onLine(line, channel)
  return await exitCodeOf(engine, exec)
}

/** Runs a command without input. */
export async function captureInside(
  engine: Engine,
  command: ContainerCommand,
): Promise<{ exitCode: number; lines: string[] }> {
  const lines: string[] = []
  const exitCode = await runInside(engine, command, (line) => lines.push(line))
  return { exitCode, lines }
}

/**
 * Runs a command as if it had been typed here: our standard streams, our terminal where there is one, our
 * signals. Resolves to the exit code, exactly; 128 + n when signal n ended it from here.
 *
 * The API cannot signal an exec (https://github.com/moby/moby/issues/9098), and an exec outlives the client
 * that started it. So `wrap` gives the command an id inside the container, and `cancel` ends what has that id.
 */
export async function attachInside(
  engine: Engine,
  command: ContainerCommand,
  wrap: (id: string, argv: ContainerCommand['argv']) => ContainerCommand['argv'],
  cancel: Canceller,
): Promise<number> {
  const { stdin, stdout, stderr } = process
  const terminal = stdin.isTTY === true && stdout.isTTY === true
  const id = `${process.pid}-${randomBytes(4).toString('hex')}`
  const size = { h: stdout.rows ?? 24, w: stdout.columns ?? 80 }

  const exec = await createExec(
    engine,
    {
      ...command,
      argv: wrap(id, command.argv),
      env: [...(terminal && process.env.TERM ? [`TERM=${process.env.TERM}`] : []), ...(command.env ?? [])],
    },
    { AttachStdin: true, Tty: terminal, ...(terminal && { ConsoleSize: [size.h, size.w] }) },
  )

  let ended: EndingSignal | undefined
  let killer: NodeJS.Timeout | undefined
  const send = (signal: NodeJS.Signals) => {
    const argv = cancel(id, signal)
    void captureInside(engine, { container: command.container, argv, user: 'root' }).catch(() => {})
  }
  const onSignal = (signal: EndingSignal) => {
    if (ended !== undefined) return send('SIGKILL')
    ended = signal
    send(signal)
    killer = setTimeout(() => send('SIGKILL'), GRACE_MS)
  }
  const release = takeSignals(onSignal)

  const socket = await hijack(engine, {
    method: 'POST',
    path: `/exec/${exec}/start`,
    body: { Detach: false, Tty: terminal, ...(terminal && { ConsoleSize: [size.h, size.w] }) },
  })
  const resize = () => {
    const query = { h: String(stdout.rows), w: String(stdout.columns) }
    void ask(engine, { method: 'POST', path: `/exec/${exec}/resize`, query }).catch(() => {})
  }
  try {
    if (terminal) {
      stdin.setRawMode(true)
      stdout.on('resize', resize)
    }
    stdin.pipe(socket)
    socket.on('error', () => {})
    stdout.on(
      'error',
      closedPipe(() => onSignal('SIGHUP')),
    )
    await new Promise<void>((resolve) => {
      if (terminal) {
        socket.pipe(stdout, { end: false })
        socket.once('end', resolve)
      } else {
        const chunks = socket.pipe(new Demultiplexer())
        chunks.on('data', ({ channel, data }: Chunk) => {
          const target = channel === 'out' ? stdout : stderr
          if (!target.write(data)) {
            chunks.pause()
            target.once('drain', () => chunks.resume())
          }
        })
        chunks.once('end', resolve)
      }
      socket.once('close', resolve)
    })
    const exitCode = await exitCodeOf(engine, exec)
    return ended === undefined ? exitCode : exitCodeFor(ended)
  } finally {
    clearTimeout(killer)
    release()
    stdout.off('resize', resize)
    if (terminal) stdin.setRawMode(false)
    stdin.unpipe(socket)
    stdin.destroy()
    socket.destroy()
  }
}

/** Who reads our output has gone (`… | head`): the same to the command as a hang-up. */
const closedPipe = (then: () => void) => (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') then()
  else throw error
}
