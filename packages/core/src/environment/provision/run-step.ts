import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Engine } from '../../engine/engine.js'
import { type ContainerCommand, captureInside, runInside } from '../../engine/exec.js'
import { exitCodeFor, takeSignals } from '../../process/signals.js'
import type { Record } from '../data/record.js'
import { asOwner, cancelInside } from '../inside/tools.js'

/** A command that was begun in a container, and what it is ended by. */
export type Begun = NonNullable<Record['provisioning']>

const GRACE_MS = 10_000

/**
 * Runs a provisioning command of the owner. It outlives the client that began it, so a signal to us ends it first, and
 * `note` is told what is at work, for the next start after one that was killed. Resolves to the exit code.
 */
export async function runNoted(
  engine: Engine,
  { container, argv }: Pick<ContainerCommand, 'container' | 'argv'>,
  note: (begun: Begun | undefined) => void,
  onLine: (line: string, channel: 'out' | 'err') => void,
): Promise<number> {
  const begun = { container, command: `provision-${randomBytes(4).toString('hex')}` }
  note(begun)
  const release = takeSignals((signal) => {
    void endBegun(engine, begun).finally(() => process.exit(exitCodeFor(signal)))
  })
  try {
    const exitCode = await runInside(engine, { container, argv: asOwner(argv, begun.command), user: 'root' }, onLine)
    note(undefined)
    return exitCode
  } finally {
    release()
  }
}

/** Ends a command that nobody came to see the end of. One that has ended, or whose container has, is none. */
export async function endBegun(engine: Engine, { container, command }: Begun): Promise<void> {
  const deadline = Date.now() + GRACE_MS
  while (await isSignalled(engine, container, command, Date.now() < deadline ? 'SIGTERM' : 'SIGKILL')) await pause(200)
}

async function isSignalled(
  engine: Engine,
  container: string,
  command: string,
  signal: NodeJS.Signals,
): Promise<boolean> {
  const argv = cancelInside(command, signal)
  const { exitCode } = await captureInside(engine, { container, argv, user: 'root' }).catch(() => ({ exitCode: 1 }))
  return exitCode === 0
}
