import { type Container, findImage, readMemory } from '../../engine/containers.js'
import { LABELS } from '../../engine/labels.js'
import { noneIfGone } from '../../engine/parse-refusal.js'
import type { Asking } from '../context.js'
import { containersHere } from '../data/claim-stores.js'
import { readRecord } from '../data/record.js'
import { type ProgramState, readPrograms } from '../inside/read-programs.js'
import { placesOf } from '../project/addresses.js'
import type { Library } from '../project/libraries.js'
import { readStale } from '../start/read-stale.js'
import { type Beside, readBeside } from './read-beside.js'
import { type State, stateOf } from './state-of.js'

/** What `devenv status --json` prints. */
export type Status = {
  service: string
  package: string
  checkout: string
  project: string
  dataDirectory: string
  state: State
  urls: string[]
  /** The same, each with its name. The first is the address of the environment. */
  addresses: { name: string; url: string }[]
  /** Where its checkout was before, if containers of then still run. */
  movedFrom: string | undefined
  /** The environments that run beside it. */
  beside: readonly Beside[]
  /** The libraries that its container installs. */
  libraries: readonly Library[]
  stale: string | undefined
  /** The provisioning step that failed in the last start. */
  failedStep: string | undefined
  /** Of all containers together. */
  memoryBytes: number
  containers: {
    service: string
    name: string
    state: string
    health: string
    /** `disconnected` where somebody has taken it off its network: a start replaces it. */
    network: Container['network']
    image: string
    standIn: string | undefined
    /** Where its published ports answer. */
    addresses: string[]
    /** What it holds in memory; `undefined` where it does not run. */
    memoryBytes: number | undefined
    programs: ProgramState[] | undefined
  }[]
}

export async function readStatus(asking: Asking): Promise<Status> {
  const { engine, environment } = asking
  const record = readRecord(environment)
  const { own: containers, moved } = await containersHere(asking)
  const describing = containers.map(async (container) => {
    const ours = record?.ours[container.service] !== undefined
    const running = container.state === 'running'
    const [image, memoryBytes, programs] = await Promise.all([
      findImage(engine, container.imageId),
      running ? readMemory(engine, container.id) : undefined,
      running && ours ? readPrograms(engine, container.id).catch(noneIfGone) : undefined,
    ])
    return {
      service: container.service,
      name: container.name,
      state: container.state,
      health: container.health,
      network: container.network,
      image: container.image,
      standIn: image?.Config.Labels?.[LABELS.standInServer],
      addresses: Object.values(container.ports).map((port) => `localhost:${port}`),
      memoryBytes,
      programs,
    }
  })
  const [beside, stale, described] = await Promise.all([
    readBeside(asking),
    record === undefined ? undefined : readStale(environment, record),
    Promise.all(describing),
  ])
  const bound = Object.fromEntries(containers.map(({ service, ports }) => [service, ports]))
  const places = placesOf(record?.addresses ?? [], bound)
  return {
    service: environment.service,
    package: `${environment.package.name}@${environment.package.version}`,
    checkout: environment.checkout,
    project: environment.project,
    dataDirectory: environment.paths.dataDirectory,
    state: withWaiting(
      stateOf(containers, record),
      described.flatMap(({ programs }) => programs ?? []),
    ),
    urls: places.map(({ url }) => url),
    addresses: places.map(({ name, url }) => ({ name, url })),
    movedFrom: moved.find(({ state }) => state === 'running')?.labels[LABELS.checkout],
    beside,
    libraries: record?.libraries ?? [],
    stale,
    failedStep: record?.failed,
    memoryBytes: described.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0),
    containers: described,
  }
}

/** A health check is asked every few seconds, and has to fail several times: `reload` knows at once. Pure. */
export const withWaiting = (state: State, programs: readonly Pick<ProgramState, 'state'>[]): State =>
  ['running', 'starting', 'unhealthy'].includes(state) && programs.some((program) => program.state === 'WAITING')
    ? 'waiting'
    : state
