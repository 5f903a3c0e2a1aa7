import { compareInputs, listInputs } from '../image/image-inputs.js'
import { enumerate } from '../image/plan-image.js'
import { readImageInputs } from '../image/read-image-inputs.js'
import { type Record, unchanged } from './record.js'

/** Which inputs of the running image have changed in the checkout since; `undefined` when none has. */
export function explainStale({ stamps, image }: Record): string | undefined {
  if (unchanged(stamps.inputs)) return undefined
  const changes = compareInputs(image.inputs, listInputs(readImageInputs(image.spec)))
  return changes.length === 0 ? undefined : enumerate(changes)
}
