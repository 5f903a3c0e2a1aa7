import { join } from 'node:path'
import { type Presence, readPresence } from '../../checkout/read-presence.js'
import type { Container } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { LABELS } from '../../engine/labels.js'
import { listProjects } from '../../engine/list-projects.js'
import { readRecord } from '../data/record.js'
import type { Environment } from '../environment.js'
import { placesOf } from '../project/addresses.js'
import type { Library } from '../project/libraries.js'
import { type State, stateOf } from './state-of.js'

/** An environment that the engine knows of. */
export type Known = {
  service: string
  checkout: string
  project: string
  state: State
  /** Where it answers; the first is its address. None where it does not run. */
  urls: string[]
  /** The services that run beside it. */
  beside: string[]
  /** Those that its container installs. */
  libraries: readonly Library[]
  presence: Presence
}

export const listEnvironments = async (engine: Engine): Promise<Known[]> =>
  (await listProjects(engine)).map(({ name, labels, containers }) => {
    const checkout = labels[LABELS.checkout] ?? ''
    const configs = Object.fromEntries(containers.map(({ service }) => [service, '']))
    return {
      service: labels[LABELS.service] ?? '',
      checkout,
      project: name,
      state: stateOf(containers, { configs }),
      ...readTold(name, containers),
      presence: readPresence(checkout, labels[LABELS.mountPoint]),
    }
  })

/** The environments in whose containers a checkout is installed, whether or not it was ever told of them. */
export const listServed = async (engine: Engine, { checkout }: Pick<Environment, 'checkout'>): Promise<Known[]> =>
  (await listEnvironments(engine)).filter(({ libraries }) => libraries.some((library) => library.checkout === checkout))

/** By the record beside its data, and the ports that are bound. */
function readTold(project: string, containers: readonly Container[]): Pick<Known, 'urls' | 'beside' | 'libraries'> {
  const data = containers[0]?.labels[LABELS.data]
  if (data === undefined) return { urls: [], beside: [], libraries: [] }
  const record = readRecord({ paths: { record: join(data, 'devenv', `${project}.json`) } })
  const bound = Object.fromEntries(containers.map(({ service, ports }) => [service, ports]))
  return {
    urls: placesOf(record?.addresses ?? [], bound, record?.settings.programs).map(({ url }) => url),
    beside: (record?.neighbours ?? []).map(({ service }) => service),
    libraries: record?.libraries ?? [],
  }
}
