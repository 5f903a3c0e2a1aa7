import { dirname, join } from 'node:path'
import { LABELS } from '../../engine/labels.js'
import type { Asking } from '../context.js'
import { type Environment, identify } from '../environment.js'
import { containersOf } from '../inside/containers-of.js'

/** The same environment with the data directory that its containers use: DEVENV_DIR may not be set any more. */
export async function locateData(asking: Asking): Promise<Environment> {
  const { environment } = asking
  const data = (await containersOf(asking))[0]?.labels[LABELS.data]
  if (data === undefined || data === environment.paths.dataDirectory) return environment
  const root = data === join(environment.checkout, '.dev') ? undefined : dirname(data)
  return identify(environment.package, environment.checkout, root)
}
