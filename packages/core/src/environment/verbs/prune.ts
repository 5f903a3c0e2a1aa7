import type { Engine } from '../../engine/engine.js'
import { removeProject } from '../../engine/remove-project.js'
import { type Known, listEnvironments } from './list.js'
import { type ImageToPrune, pruneImages, readUnusedImages } from './prune-images.js'

/** What `prune` would remove, and the environments that it leaves because it cannot see their checkouts. */
export type PrunePlan = { environments: readonly Known[]; unseen: readonly Known[]; images: readonly ImageToPrune[] }

/** Looks, and removes nothing. */
export async function readPrunePlan(engine: Engine, images: 'images-too' | 'no-image'): Promise<PrunePlan> {
  const known = await listEnvironments(engine)
  const environments = known.filter(({ presence }) => presence === 'gone')
  const projects = environments.map(({ project }) => project)
  return {
    environments,
    unseen: known.filter(({ presence }) => presence === 'unknown'),
    images: images === 'images-too' ? await readUnusedImages(engine, projects) : [],
  }
}

/** Removes the containers and networks of environments, and images. Data went with the checkout, or is elsewhere and stays. */
export async function prune(engine: Engine, { environments, images }: PrunePlan): Promise<void> {
  for (const { project } of environments) await removeProject(engine, project)
  await pruneImages(engine, images)
}
