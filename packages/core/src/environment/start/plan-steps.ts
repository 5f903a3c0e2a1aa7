import type { Container } from '../../engine/containers.js'
import { LABELS } from '../../engine/labels.js'
import { type ImagesPlan, imageStepsOf } from '../../image/ensure-images.js'
import type { ProgramChoice } from '../../settings/settings.js'
import type { Archive, Description } from '../data/archive.js'
import type { Moved } from '../data/claim-stores.js'
import type { Ledger } from '../data/ledger.js'
import type { PublishedSeed } from '../data/published-seeds.js'
import type { Begun, Released } from '../data/record.js'
import type { RunningCommand, RunningCommands } from '../inside/read-commands.js'
import type { Library } from '../project/libraries.js'
import type { Store } from '../project/stores-of.js'
import type { DueStep } from '../provision/hash-steps.js'
import { type AwaitCommands, planAwait } from './await-commands.js'
import { isSameChoice, wordsOf } from './choose-programs.js'

/**
 * What a command needs running. `ours`: services that run an image of ours; `needs`: third-party services;
 * `programs`: those of ours, `undefined` where none must run.
 */
export type Wanted = { ours: readonly string[]; needs: readonly string[]; programs: ProgramChoice | undefined }

/** One thing that a start does, and why. `failure`: whether that of a joined step counts, or the step runs again anyway. */
export type StartStep = { because: string } & (
  | { do: 'join'; begun: Begun; failure: 'counts' | 'is told' }
  | { do: 'images'; images: ImagesPlan }
  /** All that comes after is planned once the images are here: they tell what they have installed. */
  | { do: 'look-again' }
  /** The data that a restore has set aside. */
  | { do: 'put-back' }
  | { do: 'remove-project'; project: string }
  | { do: 'stop'; containers: readonly Container[] }
  | { do: 'remove'; containers: readonly Container[] }
  | { do: 'end-commands'; container: Container; commands: readonly RunningCommand[] }
  /** From its registry into the cache of this machine. */
  | { do: 'pull-seed'; seed: PublishedSeed }
  /** What is left of data that were only half loaded. */
  | { do: 'empty-stores'; stores: readonly Store[] }
  /** `loading`: the archive that it is about to be filled from. */
  | { do: 'open-store'; store: Store; loading: string | undefined }
  /** Those that are shared with environments beside this one. */
  | { do: 'network'; names: readonly string[] }
  | { do: 'create'; services: readonly string[] }
  | { do: 'start'; services: readonly string[] }
  /** Until they answer their health checks. */
  | { do: 'wait'; services: readonly string[] }
  /** Until commands can be run in it. */
  | { do: 'enter'; service: string }
  /** What became of those that its container installs when it starts. */
  | { do: 'libraries'; service: string; libraries: readonly Library[] }
  | { do: 'hold'; service: string }
  | { do: 'check-programs'; services: readonly string[]; programs: readonly string[] }
  | { do: 'load'; store: Store; archive: Archive }
  | { do: 'provision'; step: DueStep }
  | { do: 'keep-seed'; stores: readonly Store[]; basis: SeedBasis }
  | { do: 'restart-programs'; service: string }
  | { do: 'release'; service: string; programs: ProgramChoice }
  /** The same where others of its programs run. */
  | { do: 'choose'; service: string; programs: ProgramChoice }
)

/** What a seed of this start would say of itself, beside what is in the ledgers by then. */
export type SeedBasis = Pick<Description, 'service' | 'digest' | 'label' | 'migrations' | 'installed' | 'image'>

/**
 * Ready data for new stores, and why these. `pull`: those that are in a registry; `keep`: whether what comes of this start is worth
 * keeping as a seed.
 */
export type DataPlan = {
  pull: { seed: PublishedSeed; because: string } | undefined
  loads: readonly { store: Store; archive: Archive; because: string }[]
  keep: { stores: readonly Store[]; basis: SeedBasis } | undefined
}

/** Whether a provisioning step was carried out: with what it depends on now, before, never; or somebody wants it again. */
export type Passed = 'now' | 'before' | 'never' | 'again'

/** What is, for the plan. `configs`: the label that each service's container should carry. */
export type StartState = {
  primary: string
  containers: readonly Container[]
  configs: { readonly [service: string]: string }
  /** By such a label of the last start: what of that configuration has changed. */
  changes: { readonly [config: string]: string }
  released: { readonly [service: string]: Released }
  /** By container, the commands of a person that run in it; none is attended where they are not to be waited for. */
  commands: { readonly [container: string]: RunningCommands }
  images: ImagesPlan
  moved: readonly Moved[]
  /** Networks that are shared with environments beside this one. */
  networks: readonly string[]
  /** Those that the primary installs. */
  libraries: readonly Library[]
  stores: readonly { store: Store; ledger: Ledger | undefined; half: boolean }[]
  data: DataPlan
  /** A step that an interrupted start has begun, where its outcome can be had. */
  begun: Begun | undefined
  /** Whether the engine may be at work on stopping what it calls running. */
  stopping: boolean
  /** The provisioning steps, in their order. */
  /** `fresh`: of its files, those that it never ran with. */
  steps: readonly (DueStep & { passed: Passed; fresh: readonly string[] })[]
}

/** The steps of a start, and what it waits for before the first of them, outside the lock. */
export type StepsPlan = { awaited: AwaitCommands | undefined; steps: readonly StartStep[] }

/** The way from what is to what is wanted; empty when there is nothing to do. Pure. */
export function planSteps(wanted: Wanted, found: StartState): StepsPlan {
  const ending = found.stopping ? found.containers.filter(({ state }) => state === 'running') : []
  const state = { ...found, containers: found.containers.map((each) => (ending.includes(each) ? stopped(each) : each)) }
  const services = [...wanted.needs, ...wanted.ours]
  const kept = new Map(services.map((service) => [service, keptOf(service, state)]))
  const missing = services.filter((service) => kept.get(service) === undefined)
  const starting = services.filter((service) => kept.get(service)?.state !== 'running')
  const { awaited, removals } = planRemovals(state, services, kept)
  const silent = wanted.needs.filter((service) => starting.includes(service) || kept.get(service)?.health !== 'healthy')
  // Where no program of ours starts by itself, whoever needs a server waits for it.
  const [first, later] = waitsFirst(wanted, state, kept, starting) ? [silent, []] : [[], silent]
  const steps = [
    ...step(ending, (containers) => ({
      do: 'stop',
      containers,
      because: 'a stop or a clean that was interrupted has begun it',
    })),
    ...planBefore(state),
    ...removals,
    ...(state.data.pull === undefined ? [] : [{ do: 'pull-seed' as const, ...state.data.pull }]),
    ...step(
      state.stores.filter(({ half }) => half).map(({ store }) => store),
      (stores) => ({ do: 'empty-stores', stores, because: 'somebody was interrupted while their data were loaded' }),
    ),
    ...state.stores
      .filter(({ store: { service } }) => starting.includes(service))
      .map(({ store }) => ({
        do: 'open-store' as const,
        store,
        loading: state.data.loads.find((load) => load.store.name === store.name)?.archive.manifest,
        because: `${store.service} keeps its data there`,
      })),
    ...step(missing.some((service) => wanted.ours.includes(service)) ? state.networks : [], (names) => ({
      do: 'network',
      names,
      because: 'environments beside this one are reached by it',
    })),
    ...step(missing, (services) => ({ do: 'create', services, because: 'not created yet' })),
    ...planContainers(wanted, state, kept, starting, first),
    ...(wanted.programs === undefined
      ? planLoads(state.data.loads, []).steps
      : planPrograms(wanted, wanted.programs, state, kept, starting, later)),
  ]
  return { awaited, steps }
}

const stopped = (container: Container): Container => ({ ...container, state: 'exited', health: 'none' })

type Kept = ReadonlyMap<string, Container | undefined>

/** The container of a service that goes on: one with the wanted configuration, network and data; best, one that runs. */
function keptOf(service: string, state: StartState): Container | undefined {
  if (isEmptied(service, state)) return undefined
  const fit = state.containers.filter(
    (container) =>
      container.service === service &&
      container.labels[LABELS.config] === state.configs[service] &&
      container.network === 'connected' &&
      (service !== state.primary || state.networks.every((name) => container.networks.includes(name))) &&
      container.state !== 'removing' &&
      container.state !== 'dead',
  )
  return fit.find((container) => container.state === 'running') ?? fit[0]
}

/** Whether the data of a service are not there, or nothing is known of them: a container that is there writes elsewhere. */
const isEmptied = (service: string, { stores }: StartState): boolean =>
  stores.some(({ store, ledger }) => store.service === service && ledger === undefined)

/** A step for a list, or none for an empty one. */
const step = <T>(list: readonly T[], make: (list: readonly T[]) => StartStep): StartStep[] =>
  list.length === 0 ? [] : [make(list)]

function planBefore(state: StartState): StartStep[] {
  const { begun, images, moved } = state
  return [
    ...(begun === undefined
      ? []
      : [
          {
            do: 'join' as const,
            begun,
            failure: state.steps.some((due) => isJoined(due, state)) ? ('counts' as const) : ('is told' as const),
            because: 'a start that was interrupted has begun it',
          },
        ]),
    ...planImages(images),
    ...moved.map(
      ({ project, checkout }): StartStep => ({
        do: 'remove-project',
        project,
        because: `this checkout has moved from ${checkout}`,
      }),
    ),
  ]
}

export const planImages = (images: ImagesPlan): StartStep[] =>
  step(imageStepsOf(images), (steps) => ({
    do: 'images',
    images,
    because: steps.map(({ because }) => because).join('; '),
  }))

/** Containers that no longer fit are removed before others are made: whatever is interrupted, there is one or none. */
function planRemovals(
  state: StartState,
  services: readonly string[],
  kept: Kept,
): Pick<StepsPlan, 'awaited'> & { removals: StartStep[] } {
  const { containers, configs, changes, commands } = state
  const stays = (container: Container) =>
    configs[container.service] !== undefined &&
    (!services.includes(container.service) || kept.get(container.service)?.id === container.id)
  const changed = ({ service, labels }: Container) => {
    const change = changes[labels[LABELS.config] ?? '']
    return change === undefined ? `${service} changed` : `${service} changed (${change})`
  }
  const why = (container: Container) => {
    const { service, network } = container
    if (configs[service] === undefined) return `${service} is no longer part of the environment`
    if (kept.get(service) !== undefined) return `there is another one for ${service}`
    if (isEmptied(service, state)) return `the data of ${service} are not there`
    return network === 'disconnected' ? `somebody disconnected ${service} from its network` : changed(container)
  }
  const removed = containers.filter((container) => !stays(container))
  return {
    awaited: planAwait(removed, commands, why),
    removals: [
      ...step(removed, (containers) => ({
        do: 'remove',
        containers,
        because: [...new Set(containers.map(why))].join('; '),
      })),
      ...containers.filter(stays).flatMap((container) => planEnd(container, commands[container.id]?.abandoned ?? [])),
    ],
  }
}

/** Commands of nobody, in a container that goes on. */
const planEnd = (container: Container, abandoned: readonly RunningCommand[]): StartStep[] =>
  step(abandoned, () => ({
    do: 'end-commands',
    container,
    commands: abandoned,
    because: `the devenv that ran ${abandoned.map(({ words }) => words).join(', ')} was killed`,
  }))

function planContainers(
  wanted: Wanted,
  state: StartState,
  kept: Kept,
  starting: readonly string[],
  silent: readonly string[],
): StartStep[] {
  const others = starting.filter((service) => wanted.needs.includes(service))
  const ours = starting.filter((service) => wanted.ours.includes(service))
  // Held programs need nothing yet, so their containers start beside the others; released ones start at once.
  const held = ours.filter((service) => isHeld(service, state, kept))
  const released = ours.filter((service) => !isHeld(service, state, kept))
  const start = (services: readonly string[]): StartStep[] =>
    step(services, (services) => ({
      do: 'start',
      services,
      because: services.map((service) => `${service} ${kept.get(service)?.state ?? 'is new'}`).join(', '),
    }))
  return [
    ...start([...others, ...held]),
    ...planWait(silent, wanted.ours),
    ...start(released),
    ...ours.flatMap((service): StartStep[] => [
      { do: 'enter', service, because: `${service} was started` },
      ...step(service === state.primary ? state.libraries : [], (libraries) => ({
        do: 'libraries',
        service,
        libraries,
        because: `installed when ${service} starts`,
      })),
      // Programs whose servers do not all run would only fail, and take time from what was asked for.
      ...(wanted.programs === undefined && released.includes(service)
        ? [{ do: 'hold' as const, service, because: 'not all of its servers run' }]
        : []),
    ]),
  ]
}

/** Whether the servers have to answer before a container of ours starts. */
const waitsFirst = (wanted: Wanted, state: StartState, kept: Kept, starting: readonly string[]): boolean =>
  wanted.programs === undefined ||
  wanted.ours.some((service) => starting.includes(service) && !isHeld(service, state, kept))

const planWait = (services: readonly string[], waiting: readonly string[]): StartStep[] =>
  step(services, (services) => ({ do: 'wait', services, because: `${waiting.join(', ')} needs it` }))

const isHeld = (service: string, { released }: StartState, kept: Kept): boolean => {
  const container = kept.get(service)
  return container === undefined || released[service]?.container !== container.id
}

/** Whether the step that was begun is this one as it is now, on the data that are here now: then its outcome is what is wanted. */
const isJoined = ({ name, now, stores }: DueStep, state: StartState): boolean =>
  state.begun?.step === name &&
  state.begun.now === now &&
  stores.every((store) => state.stores.find((each) => each.store.name === store)?.ledger?.underway === state.begun?.id)

/** Files first: they need no server. */
function planLoads(
  loads: DataPlan['loads'],
  silent: readonly string[],
): { steps: readonly StartStep[]; silent: readonly string[] } {
  const ordered = [
    ...loads.filter(({ store }) => !silent.includes(store.service)),
    ...loads.filter(({ store }) => silent.includes(store.service)),
  ]
  return {
    steps: ordered.flatMap(({ store, archive, because }): StartStep[] => [
      ...planWait(
        silent.filter((service) => service === store.service),
        ['its data'],
      ),
      { do: 'load', store, archive, because },
    ]),
    silent: silent.filter((service) => !loads.some(({ store }) => store.service === service)),
  }
}

const CAUSES = {
  before: 'it was done with other files, packages or settings',
  never: 'not done yet',
  again: 'asked for',
}

function causeOf(passed: keyof typeof CAUSES, [first, ...others]: readonly string[]): string {
  if (passed !== 'before' || first === undefined) return CAUSES[passed]
  return others.length === 0 ? `${first} is new` : `${first} is new, and ${others.length} more`
}

function planPrograms(
  wanted: Wanted,
  programs: ProgramChoice,
  state: StartState,
  kept: Kept,
  starting: readonly string[],
  silent: readonly string[],
): StartStep[] {
  const loads = planLoads(state.data.loads, silent)
  let awaited = loads.silent
  const provision = (steps: StartState['steps']) =>
    steps.flatMap(({ passed, fresh, ...due }): StartStep[] => {
      if (passed === 'now' || isJoined(due, state)) return []
      const needed = awaited.filter((service) => due.needs === undefined || due.needs.includes(service))
      awaited = awaited.filter((service) => !needed.includes(service))
      return [...planWait(needed, [due.name]), { do: 'provision', step: due, because: causeOf(passed, fresh) }]
    })
  const own = provision(state.steps.filter(({ beside }) => !beside))
  const answered = planWait(awaited, wanted.ours)
  // Programs that went on without a server have failed, and wait longer each time before they try again.
  const lacked = starting.filter((service) => wanted.needs.includes(service))
  const restart = wanted.ours
    .filter((service) => lacked.length > 0 && !isHeld(service, state, kept) && !starting.includes(service))
    .map(
      (service): StartStep => ({
        do: 'restart-programs',
        service,
        because: `they had to run without ${lacked.join(', ')}`,
      }),
    )
  const release = wanted.ours.flatMap((service): StartStep[] => {
    if (isHeld(service, state, kept))
      return [{ do: 'release', service, programs, because: 'they wait until provisioning is done' }]
    if (isSameChoice(state.released[service]?.programs ?? 'all', programs)) return []
    return [{ do: 'choose', service, programs, because: `chosen: ${wordsOf(programs)}` }]
  })
  // Which programs the image of another service holds, only its container tells.
  const unchecked = programs !== 'all' && wanted.ours.length > 1 && release.length > 0
  const check: StartStep[] = unchecked
    ? [{ do: 'check-programs', services: wanted.ours, programs, because: `chosen: ${wordsOf(programs)}` }]
    : []
  const { keep } = state.data
  const keeping: StartStep[] =
    keep === undefined ? [] : [{ do: 'keep-seed', ...keep, because: 'a clone, a worktree or a clean starts from it' }]
  // What services beside this one have asked for is in no seed: whoever takes it may be alone.
  awaited = []
  const beside = provision(state.steps.filter((due) => due.beside))
  return [...check, ...loads.steps, ...own, ...answered, ...keeping, ...beside, ...restart, ...release]
}
