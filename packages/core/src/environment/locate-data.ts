import { dirname, join } from 'node:path'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { type Environment, identify } from './environment.js'
import { containersOf } from './inside/tools.js'

/** The same environment with the data directory that its containers use: DEVENV_DIR may not be set any more. */
export async function locateData(engine: Engine, environment: Environment): Promise<Environment> {
  const data = (await containersOf(engine, environment))[0]?.labels[LABELS.data]
  if (data === undefined || data === environment.paths.dataDirectory) return environment
  const root = data === join(environment.checkout, '.dev') ? undefined : dirname(data)
  return identify(environment.package, environment.checkout, root)
}
