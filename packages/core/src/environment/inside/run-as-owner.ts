import type { Container } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { attachInside, type ContainerCommand } from '../../engine/execs.js'
import { asOwner, cancelInside } from './tools.js'

/** Runs a command of the owner in a container of ours, in its working directory, with our terminal, streams and signals. Resolves to its exit code. */
export const runAsOwner = (engine: Engine, container: Container, argv: ContainerCommand['argv']): Promise<number> =>
  attachInside(
    engine,
    { container: container.id, argv, user: 'root' },
    (id, command) => asOwner(command, id),
    cancelInside,
  )
