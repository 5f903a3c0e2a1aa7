import type { Engine } from './engine.js'
import { listProjects } from './list-projects.js'
import { removeIfUnused } from './networks.js'

/**
 * Removes the networks of environments that have no container. An environment whose containers are about to be made looks like that,
 * too: its start makes its network again.
 * @returns how many
 */
export async function removeEmptyNetworks(engine: Engine): Promise<number> {
  const empty = (await listProjects(engine)).filter(({ containers }) => containers.length === 0)
  const removing = empty.flatMap(({ networks }) => networks).map((network) => removeIfUnused(engine, network))
  return (await Promise.all(removing)).filter((isRemoved) => isRemoved).length
}
