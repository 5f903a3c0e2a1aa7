import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

/** Starts a program that is spoken to while it runs. Its errors come as the child's own events. */
export const startProgram = (
  [program, ...rest]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): ChildProcessWithoutNullStreams => spawn(program, rest, { stdio: 'pipe', env })
