import type { Canceller } from '../../engine/attach.js'
import type { Engine } from '../../engine/engine.js'
import { type ExecProcess, listExecs } from '../../engine/execs.js'
import { isAbandoned } from '../../process/process-mark.js'
import { cancelByPid, cancelInside } from './tools.js'

/** What a person runs in a container (a shell, a target, a test): its id there, what was typed, and what ends it. */
export type RunningCommand = { id: string; words: string; cancel: Canceller }

/** Those that somebody waits for, and those whose devenv was killed. */
export type RunningCommands = { attended: readonly RunningCommand[]; abandoned: readonly RunningCommand[] }

export const readCommands = async (engine: Engine, container: string): Promise<RunningCommands> =>
  sortCommands(await listExecs(engine, container))

export function sortCommands(running: readonly ExecProcess[]): RunningCommands {
  const commands = running.flatMap((process) => parseCommand(process) ?? [])
  const abandoned = commands.filter(({ id }) => isAbandoned(id))
  return { attended: commands.filter((command) => !abandoned.includes(command)), abandoned }
}

/** Pure. `undefined` for what devenv itself asks of a container. */
export function parseCommand({ entrypoint, arguments: words }: ExecProcess): RunningCommand | undefined {
  // As `asOwner` and `withPid` write them: only what a person waits for has an id.
  const isOurs = entrypoint.endsWith('/run') && words[0] === '--id'
  const isOther = entrypoint === 'sh' && words[2] === 'devenv'
  if (!isOurs && !isOther) return undefined
  const [id, typed] = isOurs ? [words[1], words.slice(words.indexOf('--') + 1)] : [words[3], words.slice(4)]
  return id === undefined || typed.length === 0
    ? undefined
    : { id, words: typed.join(' '), cancel: isOurs ? cancelInside : cancelByPid }
}
