import { type Container, inspectContainer } from '../../engine/containers.js'
import { attachInside, type Canceller, type ContainerCommand } from '../../engine/execs.js'
import type { Context } from '../context.js'
import { asOwner, cancelInside } from './tools.js'

type Attaching = Pick<Context, 'engine' | 'report'>

/** Runs a command of the owner in a container of ours, in its working directory, with our terminal, streams and signals. Resolves to its exit code. */
export const runAsOwner = (context: Attaching, container: Container, argv: ContainerCommand['argv']): Promise<number> =>
  attach(context, { container: container.id, argv, user: 'root' }, (id, command) => asOwner(command, id), cancelInside)

const KILLED = 137

/** The same for any command; tells why, where its container went away under it. */
export async function attach(
  { engine, report }: Attaching,
  command: ContainerCommand,
  wrap: (id: string, argv: ContainerCommand['argv']) => ContainerCommand['argv'],
  cancel: Canceller,
): Promise<number> {
  const exitCode = await attachInside(engine, command, wrap, cancel)
  if (exitCode !== KILLED) return exitCode
  const running = await inspectContainer(engine, command.container).then(
    ({ State }) => State.Running,
    () => false,
  )
  if (!running)
    report({
      kind: 'note',
      text: 'the container of this command ended under it: somebody stopped, cleaned or replaced the environment',
    })
  return exitCode
}
