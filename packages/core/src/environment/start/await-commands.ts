import { setTimeout as pause } from 'node:timers/promises'
import type { Container } from '../../engine/containers.js'
import { step } from '../../progress/progress.js'
import type { Context, OnCommands } from '../context.js'
import { type RunningCommands, readCommands } from '../inside/read-commands.js'

/** Until the commands of a person have ended that run in these containers. */
export type AwaitCommands = { do: 'await-commands'; because: string; containers: readonly Container[] }

/**
 * What is waited for before these containers are removed. Pure.
 * @param commands by container
 * @param why a container is removed: the beginning of a sentence
 */
export function planAwait(
  removed: readonly Container[],
  commands: { readonly [container: string]: RunningCommands },
  why: (container: Container) => string,
): AwaitCommands | undefined {
  const attended = ({ id }: Container) => commands[id]?.attended ?? []
  const busy = removed.filter((container) => attended(container).length > 0)
  const running = (container: Container) => {
    const list = attended(container).map(({ words }) => words)
    return `${list.join(', ')} ${list.length === 1 ? 'runs' : 'run'} in its container`
  }
  const because = busy.map((container) => `${why(container)}, and ${running(container)}`).join('; ')
  return busy.length === 0 ? undefined : { do: 'await-commands', because, containers: busy }
}

const LOOK_MS = 500

/**
 * Makes an attempt again until it has no commands of a person to wait for, or that person wants them ended. It waits and asks between
 * the attempts, so whoever says `start --now`, `stop` or `clean` meanwhile waits for no command, and for no answer.
 * @param now the command that ends them
 */
export async function whenFree<Done extends object>(
  { engine, report, ask }: Pick<Context, 'engine' | 'report' | 'ask'>,
  first: OnCommands,
  now: string,
  attempt: (commands: OnCommands) => Promise<Done | AwaitCommands>,
): Promise<Done> {
  for (let commands = first; ; ) {
    const outcome = await attempt(commands)
    if (!('do' in outcome)) return outcome
    const { because, containers } = outcome
    commands = (await ask?.(because)) ?? 'awaited'
    if (commands === 'ended') continue
    const text = `devenv waits for these commands to end before it replaces their containers; Ctrl-C leaves all as it is, and \`${now}\` ends them`
    report({ kind: 'note', text })
    const isBusy = async ({ id }: Container) => (await readCommands(engine, id)).attended.length > 0
    await step(report, 'wait for commands', because, async () => {
      while ((await Promise.all(containers.map(isBusy))).includes(true)) await pause(LOOK_MS)
    })
  }
}
