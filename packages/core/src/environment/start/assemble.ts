import { addressesOf, oursOf, thirdPartyOf } from '../../definition/definition.js'
import { LABELS } from '../../engine/labels.js'
import type { ImagesPlan } from '../../image/ensure-images.js'
import { listInputs } from '../../image/image-inputs.js'
import { loopbackProxies } from '../../settings/container-proxies.js'
import { rememberedOf } from '../../settings/settings.js'
import type { StartRecord } from '../data/record.js'
import type { Environment } from '../environment.js'
import { urlsOf } from '../project/addresses.js'
import { explainChanges } from '../project/explain-changes.js'
import { planProject, renderProject } from '../project/plan-project.js'
import { type DueStep, hashSteps } from '../provision/hash-steps.js'
import { chooseSeed, migrationsAmong, seedDigestOf } from './choose-seed.js'
import { explainLeftMigrations } from './explain-left-migrations.js'
import { type How, type Observed, servicesOf } from './observe.js'
import {
  type DataPlan,
  type Passed,
  planImages,
  planSteps,
  type SeedBasis,
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
export function assemble(environment: Environment, observed: Observed, { again }: Pick<How, 'again'>): StartPlan {
  const { before, settings, variables, definition, extent, inputs, images, ports, containers } = observed
  const ours = oursOf(definition)
  const project = planProject(definition, environment, settings, { ...observed, image: images.own.reference })
  const rendered = renderProject(project)
  const configs = Object.fromEntries(
    Object.entries(project.services).map(([name, { labels }]) => [name, labels?.[LABELS.config] ?? '']),
  )
  const hashed = planDue(observed)
  const data = planData(environment.service, hashed, observed)
  const due = hashed.map((step) => ({ ...step, passed: passedOf(step, observed, data, again) }))
  const services = servicesOf(definition, extent)
  const programs = settings.programs ?? 'all'
  const wanted: Wanted = {
    ours: ours.filter((name) => services.includes(name)),
    needs: thirdPartyOf(definition).filter((name) => services.includes(name)),
    programs: extent.all ? programs : undefined,
  }
  const { awaited, steps } = isUntold(observed)
    ? lookAgain(images)
    : planSteps(wanted, {
        ...observed,
        configs,
        data,
        changes: explainChanges(observed.composed, rendered),
        released: before?.released ?? {},
        steps: due,
      })
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
      ),
    ],
    awaited,
    steps,
    project: rendered,
    record,
  }
}

/** Whether steps depend on what an image has installed that is not here yet. */
const isUntold = ({ installed }: Observed): boolean => Object.values(installed).includes(undefined)

const lookAgain = (images: ImagesPlan): StepsPlan => ({
  awaited: undefined,
  steps: [...planImages(images), { do: 'look-again', because: 'the image tells which migrations its packages hold' }],
})

/** Which ready data new stores take. */
function planData(service: string, steps: readonly DueStep[], observed: Observed): DataPlan {
  const { stores, seeds, settings, images, files, installed, extent } = observed
  const portable = stores.filter(({ store }) => store.portable !== undefined)
  const fresh = portable.filter(({ ledger }) => ledger === undefined)
  if (settings.seeds === 'none' || fresh.length === 0) return { loads: [], keep: undefined }
  const basis: SeedBasis = {
    service,
    digest: seedDigestOf(steps),
    migrations: migrationsAmong(Object.assign({}, ...Object.values(files).map(({ contents }) => contents))),
    installed: Object.values(installed).flatMap((names) => names ?? []),
    image: images.own.digest,
  }
  const wish = {
    ...basis,
    stores: portable.map(({ store, server }) => ({ name: store.name, server })),
    fresh: fresh.map(({ store }) => store.name),
  }
  const chosen = chooseSeed(wish, seeds)
  const loads = fresh.flatMap(({ store }) => {
    if (chosen?.seed.blobs[store.name] === undefined) return []
    return [{ store, archive: chosen.seed, because: chosen.because }]
  })
  const isWhole = extent.all && fresh.length === portable.length && chosen?.kind !== 'exact'
  return { loads, keep: isWhole ? { stores: fresh.map(({ store }) => store), basis } : undefined }
}

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
