import type { Engine } from '../engine/engine.js'
import type { Report } from '../progress/progress.js'
import type { Settings } from '../settings/settings.js'
import type { Environment } from './environment.js'

/** What every flow needs: whom it asks, which environment is meant, what is set, and whom it tells. */
export type Context = { engine: Engine; environment: Environment; settings: Settings; report: Report }

/** For what only asks the engine about an environment. */
export type Asking = Pick<Context, 'engine' | 'environment'>
