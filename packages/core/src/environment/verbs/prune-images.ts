import { type ListedImage, listContainers, listImages, removeImage } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { COMPOSE_LABELS, LABELS } from '../../engine/labels.js'

/** An image that nobody uses: its names, or its id where it has none. */
export type ImageToPrune = { names: readonly string[]; bytes: number }

/**
 * The images of ours that no container is made of: those of other branches, of releases, of yesterday.
 * @param leaving projects whose containers do not count: they are about to go
 */
export async function readUnusedImages(engine: Engine, leaving: readonly string[]): Promise<ImageToPrune[]> {
  const [images, containers] = await Promise.all([listImages(engine, LABELS.digest), listContainers(engine, [])])
  const staying = containers.filter(({ labels }) => !leaving.includes(labels[COMPOSE_LABELS.project] ?? ''))
  const used = new Set(staying.map(({ imageId }) => imageId))
  return images.filter(({ Id }) => !used.has(Id)).map((image) => ({ names: namesOf(image), bytes: image.Size }))
}

/** Takes all their names away. */
export async function pruneImages(engine: Engine, images: readonly ImageToPrune[]): Promise<void> {
  for (const { names } of images) for (const name of names) await removeImage(engine, name)
}

/** Pure. */
function namesOf({ Id, RepoTags }: ListedImage): string[] {
  const tags = (RepoTags ?? []).filter((tag) => !tag.includes('<none>'))
  return tags.length > 0 ? tags : [Id]
}
