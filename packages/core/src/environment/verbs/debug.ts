import { setTimeout as pause } from 'node:timers/promises'
import type { Container } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { DevenvError } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { readPrograms } from '../inside/read-programs.js'
import { runAsOwner } from '../inside/run-as-owner.js'
import { debuggedCommand, takeOutCommand } from '../inside/tools.js'
import type { Started } from '../start/find-running.js'
import { type ListeningAsked, listenFor } from './listen.js'

/** How long a program may take until it has gone back, and between two looks. */
const BACK_MS = 5000
const LOOK_MS = 100
const ON_ITS_WAY = ['DEBUGGED', 'STOPPED', 'STARTING']

/**
 * Takes one program out of supervisord into the foreground, with this terminal; it goes back however that ends.
 * @param listening for an editor; else this is called on a terminal
 * @throws DevenvError `program-unknown`, `program-debugged`, `program-left-out`, `port-taken`
 */
export async function debugProgram(
  context: Pick<Context, 'engine' | 'report'>,
  program: string,
  { record, containers }: Started,
  listening: ListeningAsked | undefined,
): Promise<number> {
  const ours = containers.filter(({ service, state }) => record.ours[service] !== undefined && state === 'running')
  const read = ours.map(async (container) =>
    (await readPrograms(context.engine, container.id)).map((found) => ({ ...found, container })),
  )
  const programs = (await Promise.all(read)).flat()
  const found = programs.find(({ name }) => name === program)
  const names = (among: typeof programs) => among.map(({ name }) => name)
  if (found === undefined) throw new DevenvError({ code: 'program-unknown', name: program, known: names(programs) })
  if (found.state === 'DEBUGGED') throw new DevenvError({ code: 'program-debugged', name: program })
  if (found.state === 'LEFT_OUT')
    throw new DevenvError({
      code: 'program-left-out',
      name: program,
      running: names(programs.filter(({ state }) => state !== 'LEFT_OUT')),
    })
  const { container } = found
  const exitCode = await run(context, container, program, listening)
  await waitUntilBack(context.engine, container.id, program)
  return exitCode
}

async function run(
  context: Pick<Context, 'engine' | 'report'>,
  container: Container,
  program: string,
  listening: ListeningAsked | undefined,
): Promise<number> {
  if (listening === undefined) {
    context.report({
      kind: 'note',
      text: `${program} moves into this terminal; to give it back: Ctrl-C; at a (Pdb) prompt, q first`,
    })
    return await runAsOwner(context, container, takeOutCommand(program))
  }
  const where = await listenFor(context, container.id, program, listening)
  return await runAsOwner(context, container, debuggedCommand(where, takeOutCommand(program)), 'ours-alone')
}

/** Who asks next is to find it: until it holds its socket again, a request would be cut off. */
async function waitUntilBack(engine: Engine, container: string, program: string): Promise<void> {
  const until = performance.now() + BACK_MS
  const isOnItsWay = async () => {
    const programs = await readPrograms(engine, container).catch(() => []) // the container has gone
    return programs.some(({ name, state }) => name === program && ON_ITS_WAY.includes(state))
  }
  while (performance.now() < until && (await isOnItsWay())) await pause(LOOK_MS)
}
