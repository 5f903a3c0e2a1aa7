import { attachInside, type Canceller, type TakenInput } from '../../engine/attach.js'
import type { Container } from '../../engine/containers.js'
import { acceptsCommands, type ContainerCommand, KILLED } from '../../engine/execs.js'
import { isGone } from '../../engine/parse-refusal.js'
import { DevenvError } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { asOwner, cancelInside } from './tools.js'

type Attaching = Pick<Context, 'engine' | 'report'>

/**
 * Runs a command of the owner in a container of ours, in its working directory, with our terminal, streams and signals. Resolves
 * to its exit code.
 * @throws DevenvError `container-gone`
 */
export const runAsOwner = (
  context: Attaching,
  container: Container,
  argv: ContainerCommand['argv'],
  input: TakenInput = 'all',
): Promise<number> =>
  attach(context, container, { argv, user: 'root' }, (id, command) => asOwner(command, id), cancelInside, input)

/** The same for any command; tells why, where its container went away under it. */
export async function attach(
  { engine, report }: Attaching,
  { id: container, service }: Container,
  command: Omit<ContainerCommand, 'container'>,
  wrap: (id: string, argv: ContainerCommand['argv']) => ContainerCommand['argv'],
  cancel: Canceller,
  input: TakenInput = 'all',
): Promise<number> {
  const exitCode = await attachInside(engine, { ...command, container }, wrap, cancel, input).catch((error) => {
    throw isGone(error) ? new DevenvError({ code: 'container-gone', container: service }) : error
  })
  if (exitCode === KILLED && !(await acceptsCommands(engine, container)))
    report({
      kind: 'note',
      text: 'the container of this command ended under it: somebody stopped, cleaned or replaced the environment',
    })
  return exitCode
}
