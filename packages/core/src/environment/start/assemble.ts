import { addressesOf, oursOf, thirdPartyOf } from '../../definition/definition.js'
import { LABELS } from '../../engine/labels.js'
import { listInputs } from '../../image/image-inputs.js'
import { loopbackProxies } from '../../settings/container-proxies.js'
import { rememberedOf } from '../../settings/settings.js'
import type { Archive } from '../data/archive.js'
import type { StartRecord } from '../data/record.js'
import type { Save } from '../data/saves.js'
import type { Environment } from '../environment.js'
import { urlsOf } from '../project/addresses.js'
import { explainChanges } from '../project/explain-changes.js'
import { planProject, renderProject } from '../project/plan-project.js'
import { type DueStep, hashSteps } from '../provision/hash-steps.js'
import { chooseSeed, migrationsAmong, seedDigestOf } from './choose-seed.js'
import { chooseSave, explainLeftMigrations } from './explain-left-migrations.js'
import { type How, type Observed, servicesOf } from './observe.js'
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
  const due = hashed.map((step) => ({ ...step, passed: passedOf(step, observed, data, again) }))
  const services = servicesOf(definition, extent)
  const programs = settings.programs ?? 'all'
  const wanted: Wanted = {
    ours: ours.filter((name) => services.includes(name)),
    needs: thirdPartyOf(definition).filter((name) => services.includes(name)),
    programs: extent.all ? programs : undefined,
  }
  const state = {
    ...observed,
    configs,
    data,
    changes: explainChanges(observed.composed, rendered),
    released: before?.released ?? {},
    steps: due,
  }
  const { awaited, steps } = planFirst(observed) ?? planSteps(wanted, state)
  // A choice is remembered once it is known to be one.
  const known = ours.length === 1 || (extent.all && !steps.some((step) => step.do === 'check-programs'))
  const record: StartRecord = {
    format: 3,
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
  return {
    // Told when a step is carried out again, as it is after another branch was chosen: not at each start.
    notes: [
      ...notesOf(observed),
      ...explainLeftMigrations(
        due.filter(({ passed }) => passed !== 'now'),
        observed.stores,
        chooseSave(observed.saves, observed.branch, basisOf(environment.service, hashed, observed)),
      ),
    ],
    awaited,
    steps,
    project: rendered,
    record,
  }
}

/** What has to be done before the rest can be planned. */
function planFirst({ restoring, installed, images, containers }: Observed): StepsPlan | undefined {
  if (restoring !== undefined) {
    const because = `somebody was interrupted while the save ${restoring} was restored`
    const remove: StartStep[] = containers.length === 0 ? [] : [{ do: 'remove', containers, because }]
    const again = { do: 'look-again' as const, because: 'the data are others then' }
    return { awaited: undefined, steps: [...remove, { do: 'put-back', because }, again] }
  }
  if (!Object.values(installed).includes(undefined)) return undefined
  const because = 'the image tells which migrations its packages hold'
  return { awaited: undefined, steps: [...planImages(images), { do: 'look-again', because }] }
}

/** Which ready data new stores take. */
function planData(service: string, steps: readonly DueStep[], observed: Observed, save: Save | undefined): DataPlan {
  const { stores, seeds, settings, extent } = observed
  const portable = stores.filter(({ store }) => store.portable !== undefined)
  const fresh = portable.filter(({ ledger }) => ledger === undefined)
  const loadsFrom = (archive: Archive, because: string) =>
    fresh.flatMap(({ store }) => (archive.blobs[store.name] === undefined ? [] : [{ store, archive, because }]))
  if (save !== undefined) return { loads: loadsFrom(save, `it is in the save ${save.name}`), keep: undefined }
  if (settings.seeds === 'none' || fresh.length === 0) return { loads: [], keep: undefined }
  const basis = basisOf(service, steps, observed)
  const wish = {
    ...basis,
    stores: portable.map(({ store, server }) => ({ name: store.name, server })),
    fresh: fresh.map(({ store }) => store.name),
  }
  const chosen = chooseSeed(wish, seeds)
  const loads = chosen === undefined ? [] : loadsFrom(chosen.seed, chosen.because)
  const isWhole = extent.all && fresh.length === portable.length && chosen?.kind !== 'exact'
  return { loads, keep: isWhole ? { stores: fresh.map(({ store }) => store), basis } : undefined }
}

/** What an archive of these data would say of itself. Pure. */
export const describeBasis = (environment: Environment, observed: Observed): SeedBasis =>
  basisOf(environment.service, planDue(observed), observed)

const basisOf = (
  service: string,
  steps: readonly DueStep[],
  { files, installed, images }: Pick<Observed, 'files' | 'installed' | 'images'>,
): SeedBasis => ({
  service,
  digest: seedDigestOf(steps),
  migrations: migrationsAmong(Object.assign({}, ...Object.values(files).map(({ contents }) => contents))),
  installed: Object.values(installed).flatMap((names) => names ?? []),
  image: images.own.digest,
})

function planDue({ definition, files, stores, images, ports, installed }: Observed): DueStep[] {
  const ours = oursOf(definition)
  const described = definition.project.services
  return hashSteps(definition.provision, {
    files,
    installed,
    stores: Object.fromEntries(stores.map(({ store }) => [store.service, store.name])),
    images: {
      ...Object.fromEntries(ours.map((name) => [name, described[name]?.image ?? ''])),
      [definition.primary]: images.own.digest,
    },
    addresses: Object.fromEntries(
      ours.map((name) => [name, JSON.stringify(urlsOf(ports[name], described[name]?.ports?.[0]?.target))]),
    ),
  })
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

const notesOf = ({ lost, settings }: Observed): string[] => [
  ...lost.map(({ port, holder }) => `${holder ?? 'another program'} uses port ${port}; devenv takes another port`),
  ...[loopbackProxies(settings.proxies).join(', ')].flatMap((names) =>
    names === '' ? [] : `containers and builds do not get ${names}: a proxy on loopback is out of their reach`,
  ),
]
