import { type Container, listContainers } from './containers.js'
import type { Engine } from './engine.js'
import { COMPOSE_LABELS, LABELS } from './labels.js'
import { listNetworks, type Network } from './networks.js'

/** A Compose project of ours. `labels`: of its first container, or of its network where it has none. */
export type Project = {
  name: string
  labels: Readonly<Record<string, string>>
  containers: readonly Container[]
  networks: readonly Network[]
}

/**
 * The projects of all environments: by their containers, and by their networks, for a command may have been killed before it made
 * containers, or somebody removed them by hand.
 */
export async function listProjects(engine: Engine): Promise<Project[]> {
  const marked = [LABELS.service]
  const [allContainers, allNetworks] = await Promise.all([listContainers(engine, marked), listNetworks(engine, marked)])
  const names = new Set([...allContainers, ...allNetworks].map(projectOf))
  return [...names].map((name) => {
    const containers = allContainers.filter((each) => projectOf(each) === name)
    const networks = allNetworks.filter((each) => projectOf(each) === name)
    return { name, labels: (containers[0] ?? networks[0])?.labels ?? {}, containers, networks }
  })
}

const projectOf = ({ labels }: Pick<Network, 'labels'>): string => labels[COMPOSE_LABELS.project] ?? ''
