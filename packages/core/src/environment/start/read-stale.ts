import { readLock } from '../../definition/devenv-lock.js'
import { compareInputs, listInputs } from '../../image/image-inputs.js'
import { enumerate } from '../../image/plan-image.js'
import { readImageInputs } from '../../image/read-image-inputs.js'
import { type StartRecord, unchanged } from '../data/record.js'
import type { Environment } from '../environment.js'

/** Which inputs of the running image have changed in the checkout since; `undefined` when none has. */
export async function readStale(
  { package: environmentPackage }: Pick<Environment, 'package'>,
  { stamps, image }: StartRecord,
): Promise<string | undefined> {
  if (unchanged(stamps.inputs)) return undefined
  const now = await readImageInputs(image.spec, { locked: readLock(environmentPackage).images })
  const changes = compareInputs(image.inputs, listInputs(now))
  return changes.length === 0 ? undefined : enumerate(changes)
}
