import { type Presence, readPresence } from '../../checkout/read-presence.js'
import { listContainers } from '../../engine/containers.js'
import { COMPOSE_LABELS, LABELS } from '../../engine/labels.js'
import { readCode } from '../code.js'
import type { Asking } from '../context.js'
import { readRecord } from '../data/record.js'
import { type State, stateOf } from './state-of.js'

/** An environment beside this one, and what runs of it. `snapshot`: its release, of one without a checkout. */
export type Beside = {
  service: string
  checkout: string
  url: string | undefined
  state: State
  presence: Presence
  snapshot?: string
}

/** The environments that this one was told of, as they are now. */
export async function readBeside({ engine, environment }: Asking): Promise<Beside[]> {
  const neighbours = readRecord(environment)?.neighbours ?? []
  return await Promise.all(
    neighbours.map(async ({ service, checkout, project, ports, address }) => {
      const containers = await listContainers(engine, [`${COMPOSE_LABELS.project}=${project}`])
      const configs = Object.fromEntries(containers.map((container) => [container.service, '']))
      const port = ports[address ?? 0] ?? Object.values(ports)[0]
      const url = port === undefined ? undefined : `http://localhost:${port}`
      const code = readCode(checkout)
      const snapshot = code.from === 'image' ? { snapshot: code.release } : {}
      const presence = readPresence(checkout, containers[0]?.labels[LABELS.mountPoint])
      return { service, checkout, url, state: stateOf(containers, { configs }), presence, ...snapshot }
    }),
  )
}
