import { type Container, listContainers } from '../../engine/containers.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import type { Asking } from '../context.js'

/** The containers of an environment, in the order of their services' names. */
export const containersOf = ({ engine, environment: { project } }: Asking): Promise<Container[]> =>
  listContainers(engine, [`${COMPOSE_LABELS.project}=${project}`])
