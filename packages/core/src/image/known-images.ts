import { listImages } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import type { KnownImage } from './plan-image.js'

/** The engine's images of one name. A label without its tag does not count: a dangling image is not present. */
export async function readKnownImages(engine: Engine, name: string): Promise<KnownImage[]> {
  const images = await listImages(engine, LABELS.digest)
  return images.flatMap(({ RepoTags, Labels }) => {
    const labels = Labels ?? {}
    const reference = RepoTags?.find((tag) => tag.startsWith(`${name}:inputs-`))
    if (reference === undefined) return []
    return [
      {
        reference,
        digest: labels[LABELS.digest] ?? '',
        inputs: parseInputs(labels[LABELS.inputs]),
        standInsFrom: labels[LABELS.standIn] === undefined ? undefined : (labels[LABELS.mirror] ?? ''),
      },
    ]
  })
}

const parseInputs = (label: string | undefined) => {
  try {
    return JSON.parse(label ?? '{}')
  } catch {
    return {}
  }
}
