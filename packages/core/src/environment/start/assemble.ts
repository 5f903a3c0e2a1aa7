import { addressesOf, type ComposeProject, oursOf, thirdPartyOf } from '../../definition/definition.js'
import { LABELS } from '../../engine/labels.js'
import type { ImagesPlan } from '../../image/ensure-images.js'
import { compareInputs, type ImageInputs, type InputList, isOfPackage, listInputs } from '../../image/image-inputs.js'
import { loopbackProxies } from '../../settings/container-proxies.js'
import { rememberedOf } from '../../settings/settings.js'
import type { StartRecord } from '../data/record.js'
import type { Environment } from '../environment.js'
import { explainChanges } from '../project/explain-changes.js'
import { planProject, renderProject } from '../project/plan-project.js'
import type { DueStep } from '../provision/hash-steps.js'
import { chooseSave, explainLeftMigrations, savesThatFit } from './explain-left-migrations.js'
import { explainUpdate, type UpdateEffects } from './explain-update.js'
import { type How, type Observed, servicesOf } from './observe.js'
import { basisOfHeld, isUntold, planData, planDue, planWish } from './plan-data.js'
import {
  type DataPlan,
  type Passed,
  planImages,
  planSteps,
  type SeedBasis,
  type StartStep,
  type StepsPlan,
  type Wanted,
} from './plan-steps.js'

/** A whole start, before anything of it is done. */
export type StartPlan = StepsPlan & {
  /** What a person should know beside the steps. */
  notes: readonly string[]
  /** What an update of the environment package or of core changes: told once. */
  update: string | undefined
  /** Whether databases hold migrations that the checkout lacks. */
  left: boolean
  /** How each image is had. */
  images: ImagesPlan
  /** The Compose project, as the file that `docker compose` is given. */
  project: string
  /** What the next command will find; steps that are carried out are noted in it. */
  record: StartRecord
}

/** Pure. */
export function assemble(environment: Environment, observed: Observed, how: Pick<How, 'again' | 'data'>): StartPlan {
  const { again } = how
  const { before, settings, variables, definition, extent, inputs, images, ports, containers } = observed
  const ours = oursOf(definition)
  const project = planProject(definition, environment, settings, { ...observed, image: images.own.reference })
  const rendered = renderProject(project)
  const configs = Object.fromEntries(
    Object.entries(project.services).map(([name, { labels }]) => [name, labels?.[LABELS.config] ?? '']),
  )
  const hashed = planDue(observed)
  const data = planData(environment.service, hashed, observed, how.data)
  const due = hashed.map((step) => ({
    ...step,
    passed: passedOf(step, observed, data, again),
    fresh: freshFilesOf(step, observed, data),
  }))
  const services = servicesOf(definition, extent)
  const programs = settings.programs ?? 'all'
  const wanted: Wanted = {
    ours: ours.filter((name) => services.includes(name)),
    needs: thirdPartyOf(definition).filter((name) => services.includes(name)),
    programs: extent.all ? programs : undefined,
  }
  const state = {
    ...observed,
    primary: definition.primary,
    configs,
    data,
    changes: explainChanges(observed.composed, rendered),
    released: before?.released ?? {},
    steps: due,
  }
  const first = planFirst(observed)
  const { awaited, steps } = first ?? planSteps(wanted, state)
  // A choice is remembered once it is known to be one.
  const known = ours.length === 1 || (extent.all && !steps.some((step) => step.do === 'check-programs'))
  const record: StartRecord = {
    format: 4,
    settings: {
      ...rememberedOf(settings, variables),
      programs: known ? settings.programs : before?.settings.programs,
    },
    mountPoint: observed.mountPoint,
    primary: definition.primary,
    ours: observed.code,
    image: {
      reference: images.own.reference,
      digest: images.own.digest,
      spec: inputs.spec,
      inputs: listInputs(inputs),
    },
    ports,
    addresses: addressesOf(definition),
    configs,
    needs: definition.needs,
    targets: definition.targets,
    accounts: definition.accounts,
    steps: Object.fromEntries(due.map(({ name, now, stores }) => [name, { now, stores }])),
    provisioned: before?.provisioned ?? {},
    packages: Object.fromEntries(observed.packages.map(({ name, version, content }) => [name, { version, content }])),
    neighbours: observed.neighbours,
    libraries: observed.libraries,
    begun: observed.begun,
    stopping: steps.some((step) => step.do === 'stop') || undefined,
    failed: due.find((step) => step.name === before?.failed && step.passed !== 'now')?.name,
    released: Object.fromEntries(
      Object.entries(before?.released ?? {}).filter(([, { container }]) =>
        containers.some(({ id }) => id === container),
      ),
    ),
    stamps: observed.stamps,
  }
  const fit = savesThatFit(observed.saves, planWish(environment.service, hashed, observed).basis)
  const passing = due.filter(({ passed }) => passed !== 'now')
  // Told when a step is carried out again, as it is after another branch was chosen: not at each start.
  const left = explainLeftMigrations(
    passing,
    observed.stores,
    chooseSave(fit, observed.branch),
    Object.values(observed.installed).flatMap((names) => names ?? []),
  )
  return {
    notes: [...notesOf(observed), ...left],
    update: explainUpdate(before?.packages, observed.packages, {
      image: changesOfPackage(before?.image.inputs, inputs),
      servers: changedServers(observed, project),
      steps: first === undefined ? passing.map(({ name }) => name) : undefined,
    }),
    left: left.length > 0,
    awaited,
    steps,
    images,
    project: rendered,
    record,
  }
}

/** What has to be done before the rest can be planned. */
function planFirst(observed: Observed): StepsPlan | undefined {
  const { restoring, images, containers } = observed
  if (restoring !== undefined) {
    const because = `somebody was interrupted while the save ${restoring} was restored`
    const remove: StartStep[] = containers.length === 0 ? [] : [{ do: 'remove', containers, because }]
    const again = { do: 'look-again' as const, because: 'the data are others then' }
    return { awaited: undefined, steps: [...remove, { do: 'put-back', because }, again] }
  }
  if (!isUntold(observed)) return undefined
  const because = 'the images tell what migrations there are, and which data fit'
  return { awaited: undefined, steps: [...planImages(images), { do: 'look-again', because }] }
}

/** What an archive of these data would say of itself. Pure. */
export function describeBasis(environment: Environment, observed: Observed): SeedBasis {
  const steps = planDue(observed)
  return basisOfHeld(planWish(environment.service, steps, observed).basis, steps, observed.stores)
}

/** What the ledgers of a step's stores say of it: all of them, for it filled them all. */
function passedOf(
  { name, now, stores }: DueStep,
  { before, stores: opened }: Observed,
  { loads }: DataPlan,
  again: How['again'],
): Passed {
  /** What the ledger of a store will say when its data are there. */
  const stepsIn = (store: string) =>
    opened.find((each) => each.store.name === store)?.ledger?.steps ??
    loads.find((load) => load.store.name === store)?.archive.description.stores[store]?.steps
  if (again === 'all' || (again !== 'none' && again.includes(name))) return 'again'
  const hashes = stores.length === 0 ? [before?.provisioned[name]] : stores.map((store) => stepsIn(store)?.[name])
  if (hashes.every((hash) => hash === now)) return 'now'
  return hashes.every((hash) => hash !== undefined) ? 'before' : 'never'
}

/** Of the files that a step depends on, those that it never ran with on all of the data that it fills, as far as their ledgers tell. */
function freshFilesOf({ name, files, stores }: DueStep, { stores: opened }: Observed, { loads }: DataPlan): string[] {
  const known = stores.flatMap((store) => {
    const ledger = opened.find((each) => each.store.name === store)?.ledger
    const loaded = loads.find((load) => load.store.name === store)?.archive.description.stores[store]
    return (ledger ?? loaded)?.files[name] ?? []
  })
  return known.length === 0 ? [] : files.filter((file) => !known.includes(file))
}

/** What differs of what a package puts into its image; nothing where no start was before. */
const changesOfPackage = (before: InputList | undefined, inputs: ImageInputs): string[] =>
  before === undefined
    ? []
    : compareInputs(before, listInputs(inputs)).filter((change) => isOfPackage(change, inputs.spec))

/** The third-party services whose containers have another image than the project says now. */
function changedServers({ containers, definition }: Observed, { services }: ComposeProject): UpdateEffects['servers'] {
  const others = thirdPartyOf(definition)
  return containers.flatMap(({ service, labels: { [LABELS.image]: from } }) => {
    const to = services[service]?.labels?.[LABELS.image]
    return others.includes(service) && from !== undefined && to !== undefined && from !== to
      ? [{ service, from, to }]
      : []
  })
}

const notesOf = ({ lost, settings, published, stores }: Observed): string[] => [
  ...stores
    .filter(({ unrecorded }) => unrecorded)
    .map(
      ({ store: { name } }) =>
        `what was done to the data of ${name} cannot be read; the data stay, and every step is due`,
    ),
  ...(published.silent === undefined ? [] : [`${published.silent}; devenv does without them`]),
  ...lost.map(({ port, holder }) => `${holder ?? 'another program'} uses port ${port}; devenv takes another port`),
  ...[loopbackProxies(settings.proxies).join(', ')].flatMap((names) =>
    names === '' ? [] : `containers and builds do not get ${names}: a proxy on loopback is out of their reach`,
  ),
]
