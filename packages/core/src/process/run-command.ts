import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { DevenvError } from '../problem/problem.js'
import { within } from '../progress/patience.js'

/** A program to start on this machine: a list, never a line. `seconds`: how long it may run, if not as long as it wants. */
export type Command = {
  argv: readonly [string, ...string[]]
  cwd?: string
  env?: NodeJS.ProcessEnv
  input?: string
  seconds?: number
}
/** What of a program's output a person sees as it comes, on our stderr: nothing, its stderr, or its stdout. */
export type Show = 'nothing' | 'progress' | 'output'
export type Outcome = { exitCode: number; stdout: string; stderr: string }

/** They do not outlive us. One listener for all of them: Node warns of more than ten. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill()
})

/**
 * Runs a program and keeps what it printed; it does not outlive us. Of one that shows nothing, a person is told that it
 * is waited for.
 * @throws DevenvError `engine-missing`, or `program-missing` when another program than Docker's is not there,
 *   `program-silent`
 */
export async function runCommand(command: Command, show: Show = 'nothing'): Promise<Outcome> {
  const [program, ...rest] = command.argv
  const child = spawn(program, rest, {
    ...(command.cwd && { cwd: command.cwd }),
    env: command.env ?? process.env,
    stdio: [
      command.input === undefined ? 'ignore' : 'pipe',
      show === 'output' ? 2 : 'pipe',
      show === 'progress' ? 'inherit' : 'pipe',
    ],
  })
  running.add(child)
  // Who ends without reading breaks the pipe; its exit code says more.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(command.input)
  const said = [child.stdout, child.stderr].map(async (stream) => (stream === null ? '' : await text(stream)))
  const { seconds = Infinity } = command
  const name = nameOf(command)
  const late = () => new DevenvError({ code: 'program-silent', program: name, seconds })
  const work = async (signal?: AbortSignal): Promise<Outcome> => {
    signal?.addEventListener('abort', () => {
      child.kill('SIGKILL')
      // What it has started may hold them open.
      for (const stream of [child.stdout, child.stderr]) stream?.destroy()
    })
    const [[exitCode], stdout = '', stderr = ''] = await Promise.all([once(child, 'close'), ...said])
    return { exitCode: exitCode ?? 1, stdout, stderr }
  }
  try {
    return await (show === 'nothing' ? within({ of: `${name} has not finished`, seconds, late }, work) : work())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || (command.cwd && !existsSync(command.cwd))) throw error
    throw new DevenvError(
      program === 'docker'
        ? { code: 'engine-missing', endpoint: program, detail: `${program}: command not found` }
        : { code: 'program-missing', program },
    )
  } finally {
    running.delete(child)
  }
}

/** Runs a program whose output is data: it goes into `out`, which stays open. It does not outlive us. @throws DevenvError as `runCommand` */
export async function pipeCommand(
  { argv, env }: Pick<Command, 'argv' | 'env'>,
  out: Writable,
): Promise<Omit<Outcome, 'stdout'>> {
  const [program, ...rest] = argv
  const child = spawn(program, rest, { env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  try {
    child.stdout.pipe(out, { end: false })
    const [[exitCode], stderr] = await Promise.all([once(child, 'close'), text(child.stderr)])
    return { exitCode: exitCode ?? 1, stderr }
  } finally {
    running.delete(child)
  }
}

/** As it is told: `docker compose`, and without arguments, which may hold a password. */
const nameOf = ({ argv: [program, first = ''] }: Command): string =>
  program === 'docker' ? `${program} ${first}` : program
