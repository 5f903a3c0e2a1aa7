import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { type Duplex, Transform, type Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { DevenvError } from '../problem/problem.js'
import { startGuardian } from '../process/guardian.js'
import { processMark } from '../process/process-mark.js'
import { type EndingSignal, exitCodeFor, takeSignals } from '../process/signals.js'
import { isInForeground, mayReadInput } from '../process/standard-input.js'
import { ask, type Engine, hijack, isEngineAway } from './engine.js'
import { type ContainerCommand, captureInside, chunksOf, createExec, exitCodeOf } from './execs.js'
import { type Chunk, drained } from './streams.js'

/** Ends what runs: a command line that signals every process of the command `id`. */
export type Canceller = (id: string, signal: NodeJS.Signals) => readonly [string, ...string[]]

/** Of our standard input: all that there is, or nothing that a shell around us reads as well. */
export type TakenInput = 'all' | 'ours-alone'

/** Signals a command in its container. Whether there was anything left to signal. */
type Send = (signal: NodeJS.Signals) => Promise<boolean>

const GRACE_MS = 10_000
/** A command that is over before then costs no guardian. */
const GUARDED_AFTER_MS = 1000
const LEFT_MS = 500

/**
 * Runs a command as if it had been typed here: our standard streams, our terminal where there is one and we are in its
 * foreground, our signals. Resolves to the exit code, exactly; 128 + n when signal n ended it from here.
 * @throws DevenvError `connection-lost` where the engine goes away from under the command
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
  const { container, argv, env = [] } = command
  const reads = input === 'all' && !stdin.isTTY ? true : await mayReadInput()
  const terminal = reads && stdin.isTTY === true && stdout.isTTY === true
  // Whoever sees the command can tell whether anybody waits for it.
  const id = `${processMark()}-${randomBytes(4).toString('hex')}`
  const shown = { Tty: terminal, ...(terminal && { ConsoleSize: [stdout.rows ?? 24, stdout.columns ?? 80] }) }
  const names = terminal && process.env.TERM ? [`TERM=${process.env.TERM}`] : []
  const wrapped = { ...command, argv: wrap(id, argv), env: [...names, ...env] }
  const exec = await createExec(engine, wrapped, { AttachStdin: reads, ...shown })

  const send: Send = (signal) =>
    captureInside(engine, { container, argv: cancel(id, signal), user: 'root' }).then(
      ({ exitCode }) => exitCode === 0,
      () => false,
    )
  const signals = passSignals(send)
  const deedOf = (signal: NodeJS.Signals) =>
    ['docker', 'exec', '--user', 'root', container, ...cancel(id, signal)] as const
  const will = { deeds: [deedOf('SIGHUP'), deedOf('SIGKILL')], seconds: GRACE_MS / 1000 }
  const voidWill = startGuardian(will, GUARDED_AFTER_MS)

  const body = { Detach: false, ...shown }
  const socket = await hijack(engine, { method: 'POST', path: `/exec/${exec}/start`, body })
  let takeBack = () => {}
  try {
    // The end of input is the command's to read; the end of a terminal is a hang-up.
    if (terminal) {
      takeBack = lendTerminal(engine, exec, socket, send, isShell(argv[0]) ? 'is the command’s' : 'stops both')
      stdin.once('close', signals.hangUp).once('end', signals.hangUp)
    } else if (reads) stdin.pipe(socket)
    else socket.end()
    socket.on('error', () => {})
    // A reader that has gone (`… | head`), a terminal that was closed: to the command both are a hang-up.
    for (const stream of [...(reads ? [stdin] : []), stdout, stderr]) stream.on('error', signals.hangUp)
    await (terminal ? showAll(socket, stdout) : showApart(chunksOf(engine, socket), stdout, stderr))
    const code = await exitCodeOf(engine, exec)
    const isAlone = code === undefined && signals.endedBy() === undefined
    const exitCode = code ?? (await endUnseen(engine, exec, signals.hangUp))
    const by = signals.endedBy()
    // A shell's background commands ignore the interrupt that ended the shell.
    if (by !== undefined && (await send('SIGTERM'))) {
      await pause(LEFT_MS)
      await send('SIGKILL')
    }
    if (isAlone) throw new DevenvError({ code: 'connection-lost', detail: UNSEEN })
    return by === undefined ? exitCode : exitCodeFor(by)
  } finally {
    voidWill()
    signals.release()
    takeBack()
    stdin.off('close', signals.hangUp).off('end', signals.hangUp).unpipe()
    if (reads) stdin.destroy()
    socket.destroy()
  }
}

/** Hands our signals to a command: the first ends it, after a while by force; a second one at once. */
function passSignals(send: Send) {
  let by: EndingSignal | undefined
  let killer: NodeJS.Timeout | undefined
  const end = (signal: EndingSignal) => {
    if (by !== undefined) return void send('SIGKILL')
    by = signal
    void send(signal)
    killer = setTimeout(() => void send('SIGKILL'), GRACE_MS)
  }
  const release = takeSignals(end)
  return {
    /** The signal that ended the command from here. */
    endedBy: () => by,
    hangUp: () => {
      if (by === undefined) end('SIGHUP')
    },
    release: () => {
      clearTimeout(killer)
      release()
    },
  }
}

/** These handle Ctrl-Z themselves. */
const SHELLS = ['sh', 'bash', 'dash', 'zsh']
const CTRL_Z = 0x1a

const isShell = (program: string): boolean => SHELLS.includes(basename(program))

/** Gives a command our terminal, raw and of our size, until the returned function is called. @param ctrlZ who answers it */
function lendTerminal(
  engine: Engine,
  exec: string,
  socket: Duplex,
  send: Send,
  ctrlZ: 'is the command’s' | 'stops both',
): () => void {
  const { stdin, stdout } = process
  const resize = () => {
    const query = { h: String(stdout.rows), w: String(stdout.columns) }
    void ask(engine, { method: 'POST', path: `/exec/${exec}/resize`, query }).catch(() => {})
  }
  const take = async () => {
    if (!(await isInForeground())) return
    stdin.setRawMode(true)
    stdin.resume()
    resize()
  }
  const suspend = async () => {
    stdin.setRawMode(false)
    stdin.pause()
    await send('SIGSTOP')
    // Make around us as well. This returns when somebody continues us, here or in the background.
    process.kill(0, 'SIGTSTP')
    await take()
    await send('SIGCONT')
  }
  const onContinued = () => void take()
  const typed = new Transform({
    transform(data: Buffer, _encoding, done) {
      const at = ctrlZ === 'stops both' ? data.indexOf(CTRL_Z) : -1
      if (at >= 0) void suspend()
      done(null, at < 0 ? data : data.subarray(0, at))
    },
  })
  stdin.setRawMode(true)
  stdout.on('resize', resize)
  process.on('SIGCONT', onContinued)
  stdin.pipe(typed).pipe(socket, { end: false })
  return () => {
    stdout.off('resize', resize)
    process.off('SIGCONT', onContinued)
    if (!stdin.destroyed) stdin.setRawMode(false)
  }
}

const UNSEEN = 'Nobody here saw any more what the command did in its container; devenv ended it.'

/** Ends a command whose output has ended and which goes on: the connection to it broke. */
async function endUnseen(engine: Engine, exec: string, hangUp: () => void): Promise<number> {
  let exitCode: number | undefined
  for (let waited = 0; exitCode === undefined && waited < 2 * GRACE_MS; waited += 100) {
    hangUp()
    await pause(100)
    exitCode = await exitCodeOf(engine, exec)
  }
  return exitCode ?? 255
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
