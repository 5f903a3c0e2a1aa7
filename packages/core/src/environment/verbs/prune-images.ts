import { type ListedImage, listContainers, listImages, removeImage } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { LABELS } from '../../engine/labels.js'

/** An image that was removed: its names, or its id where it had none. */
export type Removed = { names: readonly string[]; bytes: number }

/** Removes the images of ours that no container is made of: those of other branches, of releases, of yesterday. */
export async function pruneImages(engine: Engine): Promise<Removed[]> {
  const [images, containers] = await Promise.all([listImages(engine, LABELS.digest), listContainers(engine, [])])
  const used = new Set(containers.map(({ imageId }) => imageId))
  const removed: Removed[] = []
  for (const image of images.filter(({ Id }) => !used.has(Id))) {
    for (const name of namesOf(image)) await removeImage(engine, name)
    removed.push({ names: namesOf(image), bytes: image.Size })
  }
  return removed
}

/** Pure. */
function namesOf({ Id, RepoTags }: ListedImage): string[] {
  const tags = (RepoTags ?? []).filter((tag) => !tag.includes('<none>'))
  return tags.length > 0 ? tags : [Id]
}
