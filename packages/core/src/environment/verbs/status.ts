import { type Presence, readPresence } from '../../checkout/read-presence.js'
import { type Container, findImage, readMemory } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { LABELS } from '../../engine/labels.js'
import { noneIfGone } from '../../engine/parse-refusal.js'
import type { Asking } from '../context.js'
import { containersHere } from '../data/claim-stores.js'
import { readRecord, type StartRecord } from '../data/record.js'
import { type ProgramState, readPrograms } from '../inside/read-programs.js'
import { placesOf } from '../project/addresses.js'
import type { Library } from '../project/libraries.js'
import { seesItsFolders } from '../start/find-running.js'
import { type LibraryProblem, readLibraryProblems } from '../start/read-library-problems.js'
import { readStale } from '../start/read-stale.js'
import { type Known, listServed } from './list.js'
import { type Beside, readBeside } from './read-beside.js'
import { type State, stateOf } from './state-of.js'

/** `problems`: what keeps the container from having it as it is. */
export type Attached = Library & { presence: Presence; problems: readonly LibraryProblem[] }

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
  /** The environments that have it installed, where it is a library. */
  installedIn: readonly Known[]
  /** The libraries that its container installs. */
  libraries: readonly Attached[]
  /** Whether the container has the checkout and the libraries that are there now. */
  folders: 'as they are' | 'old'
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
  const primary = containers.find(({ service, state }) => service === record?.primary && state === 'running')
  const [beside, installedIn, libraries, stale, described] = await Promise.all([
    readBeside(asking),
    listServed(engine, environment),
    readAttached(engine, primary, record),
    record === undefined ? undefined : readStale(environment, record),
    Promise.all(describing),
  ])
  const bound = Object.fromEntries(containers.map(({ service, ports }) => [service, ports]))
  const places = placesOf(record?.addresses ?? [], bound, record?.settings.programs)
  return {
    service: environment.service,
    package: `${environment.package.name}@${environment.package.version}`,
    checkout: environment.checkout,
    project: environment.project,
    dataDirectory: environment.paths.dataDirectory,
    state: refineState(
      stateOf(containers, record),
      described.flatMap(({ programs }) => programs ?? []),
    ),
    urls: places.map(({ url }) => url),
    addresses: places.map(({ name, url }) => ({ name, url })),
    movedFrom: moved.find(({ state }) => state === 'running')?.labels[LABELS.checkout],
    beside,
    installedIn,
    libraries,
    folders: record && primary && !seesItsFolders({ record, primary }, environment) ? 'old' : 'as they are',
    stale,
    failedStep: record?.failed,
    memoryBytes: described.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0),
    containers: described,
  }
}

async function readAttached(
  engine: Engine,
  primary: Container | undefined,
  record: StartRecord | undefined,
): Promise<Attached[]> {
  const libraries = record?.libraries ?? []
  const read = primary && (await readLibraryProblems(engine, primary, libraries).catch(noneIfGone))
  return libraries.map((library) => ({
    ...library,
    presence: readPresence(library.checkout, record?.mountPoint),
    problems: (read ?? []).filter(({ name }) => name === library.name),
  }))
}

/** A health check is asked twice a minute, and has to fail several times: `reload` and supervisord know at once. Pure. */
export function refineState(state: State, programs: readonly Pick<ProgramState, 'state'>[]): State {
  if (!['running', 'starting', 'unhealthy'].includes(state)) return state
  const has = (...states: readonly string[]) => programs.some((program) => states.includes(program.state))
  if (has('WAITING')) return 'waiting'
  return has('STOPPED', 'FATAL') ? 'partly running' : state
}
