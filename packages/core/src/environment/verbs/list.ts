import { type Presence, readPresence } from '../../checkout/read-presence.js'
import { listContainers } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { COMPOSE_LABELS, LABELS } from '../../engine/labels.js'
import { type State, stateOf } from './status.js'

/** An environment that the engine knows of. */
export type Known = { service: string; checkout: string; project: string; state: State; presence: Presence }

export async function listEnvironments(engine: Engine): Promise<Known[]> {
  const projects = new Map<string, Awaited<ReturnType<typeof listContainers>>>()
  for (const container of await listContainers(engine, [LABELS.service])) {
    const project = container.labels[COMPOSE_LABELS.project] ?? ''
    projects.set(project, [...(projects.get(project) ?? []), container])
  }
  return [...projects].map(([project, containers]) => {
    const labels = containers[0]?.labels ?? {}
    const checkout = labels[LABELS.checkout] ?? ''
    const configs = Object.fromEntries(containers.map(({ service }) => [service, '']))
    return {
      service: labels[LABELS.service] ?? '',
      checkout,
      project,
      state: stateOf(containers, { configs }),
      presence: readPresence(checkout, labels[LABELS.mountPoint]),
    }
  })
}
