import { DevenvError } from '../problem/problem.js'

/** A program to start on this machine: a list, never a line. */
export type Command = { argv: readonly [string, ...string[]]; cwd?: string; env?: NodeJS.ProcessEnv; input?: string }
export type Outcome = { exitCode: number; stdout: string; stderr: string }

/**
 * Runs a program and keeps what it printed; it does not outlive us. `show: 'stderr'` also lets a person see it as it comes.
 * @throws DevenvError `engine-missing` when the program is not there
 */
export async function runCommand(command: Command, show: 'nothing' | 'progress' = 'nothing'): Promise<Outcome> {
  const { $ } = await import('zx')
  const [program, ...rest] = command.argv
  const run = $({
    ...(command.cwd && { cwd: command.cwd }),
    env: command.env ?? process.env,
    stdio: [command.input === undefined ? 'ignore' : 'pipe', 'pipe', show === 'progress' ? 'inherit' : 'pipe'],
    ...(command.input !== undefined && { input: command.input }),
    nothrow: true,
    quiet: true,
    verbose: false,
    // The shell becomes the program, so that ending the one ends the other.
    prefix: 'exec ',
  })`${program} ${rest}`
  const end = () => run.child?.kill()
  process.once('exit', end)
  const { exitCode, stdout, stderr } = await run
  process.off('exit', end)
  if (exitCode === 127)
    throw new DevenvError({ code: 'engine-missing', endpoint: program, detail: `${program}: command not found` })
  return { exitCode: exitCode ?? 1, stdout, stderr }
}
