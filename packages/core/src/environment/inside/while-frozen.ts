import type { Container } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { chunksOf, startExec } from '../../engine/execs.js'
import { linesOf } from '../../engine/streams.js'
import { FREEZE_COMMAND } from './tools.js'

/** Has no program run in containers of ours while something is done. They go on when that is over, or we are. */
export async function whileFrozen<T>(
  engine: Engine,
  containers: readonly Container[],
  work: () => Promise<T>,
): Promise<T> {
  const thaws: (() => Promise<void>)[] = []
  try {
    for (const { id } of containers) thaws.push(await freeze(engine, id))
    return await work()
  } finally {
    await Promise.all(thaws.map((thaw) => thaw()))
  }
}

/** What has the programs of a container go on again. The end of our connection does, too. */
async function freeze(engine: Engine, container: string): Promise<() => Promise<void>> {
  const command = { container, argv: FREEZE_COMMAND, user: 'root' }
  const { socket } = await startExec(engine, command, { AttachStdin: true })
  const lines = linesOf(chunksOf(engine, socket))[Symbol.asyncIterator]()
  const { value } = await lines.next()
  if (value?.line !== 'frozen') throw new Error(`the programs of ${container} cannot be stopped: ${value?.line}`)
  return async () => {
    socket.end()
    while (!(await lines.next()).done);
  }
}
