import { attachInside, type Canceller, type TakenInput } from '../../engine/attach.js'
import type { Container } from '../../engine/containers.js'
import { acceptsCommands, type ContainerCommand, KILLED } from '../../engine/execs.js'
import type { Context } from '../context.js'
import { asOwner, cancelInside } from './tools.js'

type Attaching = Pick<Context, 'engine' | 'report'>

/** Runs a command of the owner in a container of ours, in its working directory, with our terminal, streams and signals. Resolves to its exit code. */
export const runAsOwner = (
  context: Attaching,
  container: Container,
  argv: ContainerCommand['argv'],
  input: TakenInput = 'all',
): Promise<number> =>
  attach(
    context,
    { container: container.id, argv, user: 'root' },
    (id, command) => asOwner(command, id),
    cancelInside,
    input,
  )

/** The same for any command; tells why, where its container went away under it. */
export async function attach(
  { engine, report }: Attaching,
  command: ContainerCommand,
  wrap: (id: string, argv: ContainerCommand['argv']) => ContainerCommand['argv'],
  cancel: Canceller,
  input: TakenInput = 'all',
): Promise<number> {
  const exitCode = await attachInside(engine, command, wrap, cancel, input)
  if (exitCode === KILLED && !(await acceptsCommands(engine, command.container)))
    report({
      kind: 'note',
      text: 'the container of this command ended under it: somebody stopped, cleaned or replaced the environment',
    })
  return exitCode
}
