import { setTimeout as pause } from 'node:timers/promises'
import type { Engine } from '../../engine/engine.js'
import { captureInside } from '../../engine/execs.js'
import type { RunningCommand } from './read-commands.js'

/** What a command may still do after its hang-up. */
const LEFT_MS = 500

/** Ends commands in a container that nobody waits for: as if their terminal was closed, then by force. */
export async function endCommands(
  engine: Engine,
  container: string,
  commands: readonly RunningCommand[],
): Promise<void> {
  const send = (signal: NodeJS.Signals) =>
    // One that has ended meanwhile takes no signal.
    Promise.all(
      commands.map(({ id, cancel }) => captureInside(engine, { container, argv: cancel(id, signal), user: 'root' })),
    )
  await send('SIGHUP')
  await pause(LEFT_MS)
  await send('SIGKILL')
}
