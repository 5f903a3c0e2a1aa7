import type { Engine } from '../../engine/engine.js'
import { type ExecProcess, listExecs } from '../../engine/execs.js'

/** The commands of a person that run in a container (a shell, a target, a test), as they were typed. */
export const readCommands = async (engine: Engine, container: string): Promise<string[]> =>
  (await listExecs(engine, container)).flatMap((process) => parseCommand(process) ?? [])

/** Pure. `undefined` for what devenv itself asks of a container. */
export function parseCommand({ entrypoint, arguments: words }: ExecProcess): string | undefined {
  // As `asOwner` and `withPid` write them: only what a person waits for has an id.
  const own = entrypoint.endsWith('/run') && words[0] === '--id' ? words.slice(words.indexOf('--') + 1) : undefined
  const others = entrypoint === 'sh' && words[2] === 'devenv' ? words.slice(4) : undefined
  const command = own ?? others
  return command === undefined || command.length === 0 ? undefined : command.join(' ')
}
