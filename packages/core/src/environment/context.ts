import type { Engine } from '../engine/engine.js'
import type { Report } from '../progress/progress.js'
import type { Settings } from '../settings/settings.js'
import type { Environment } from './environment.js'

/** What happens to commands of a person in a container that has to be replaced. */
export type OnCommands = 'awaited' | 'ended'

/** Asks a person, after `busy` has named the commands. Never comes back where that person cancels. */
export type AskPerson = (busy: string) => Promise<OnCommands>

/**
 * What every flow needs: which engine it asks, which environment is meant, what is set, whom it tells, and which person
 * it asks, where there is one.
 */
export type Context = {
  engine: Engine
  environment: Environment
  settings: Settings
  report: Report
  ask?: AskPerson | undefined
}

/** For what only asks the engine about an environment. */
export type Asking = Pick<Context, 'engine' | 'environment'>
