import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Engine } from './engine.js'
import { type ContainerCommand, chunksOf, exitCodeOf, startExec } from './execs.js'
import { drained } from './streams.js'

/** How a command ended whose data went through us, and what it wrote to stderr. */
export type Piped = { exitCode: number; said: string }

/** Runs a command and writes what it prints into `out`, byte by byte. Leaves `out` open. @throws DevenvError `engine-gone` */
export async function pipeFrom(engine: Engine, command: ContainerCommand, out: Writable): Promise<Piped> {
  const { exec, socket } = await startExec(engine, command)
  socket.end()
  const said: Buffer[] = []
  for await (const { channel, data } of chunksOf(engine, socket)) {
    if (channel === 'err') said.push(data)
    else if (!out.write(data)) await drained(out)
    if (out.destroyed) socket.destroy()
  }
  return { exitCode: (await exitCodeOf(engine, exec)) ?? 255, said: wordsOf(said) }
}

/** Runs a command that reads `input` to its end. Its own output is kept as words. @throws DevenvError `engine-gone` */
export async function pipeInto(engine: Engine, command: ContainerCommand, input: Readable): Promise<Piped> {
  const { exec, socket } = await startExec(engine, command, { AttachStdin: true })
  const said: Buffer[] = []
  // Who ends without reading breaks the pipe; its exit code says more.
  const fed = pipeline(input, socket).then(
    () => undefined,
    (error) => error as NodeJS.ErrnoException,
  )
  for await (const { data } of chunksOf(engine, socket)) said.push(data)
  const exitCode = (await exitCodeOf(engine, exec)) ?? 255
  const broken = await fed
  if (broken !== undefined && exitCode === 0 && !OURS.includes(broken.code ?? '')) throw broken
  return { exitCode, said: wordsOf(said) }
}

/** How our end of the pipe tells that the other has closed it. */
const OURS = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_WRITE_AFTER_END']

const wordsOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString().trim()
