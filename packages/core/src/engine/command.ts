import { DevenvError } from '../problem/problem.js'

/** A program to start on this machine: a list, never a line. */
export type Command = { argv: readonly [string, ...string[]]; cwd?: string; env?: NodeJS.ProcessEnv; input?: string }
export type Outcome = { exitCode: number; stdout: string; stderr: string }

/**
 * Runs a program and keeps what it printed. `show: 'stderr'` also lets a person see it as it comes.
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
    detached: false,
  })`${program} ${rest}`
  const { exitCode, stdout, stderr } = await run
  if (exitCode === 127)
    throw new DevenvError({ code: 'engine-missing', endpoint: program, detail: `${program}: command not found` })
  return { exitCode: exitCode ?? 1, stdout, stderr }
}
