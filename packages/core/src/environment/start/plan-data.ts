import { oursOf } from '../../definition/definition.js'
import { registryOf } from '../../settings/settings.js'
import type { Archive } from '../data/archive.js'
import type { PublishedSeed } from '../data/published-seeds.js'
import type { Save } from '../data/saves.js'
import { urlsOf } from '../project/addresses.js'
import { type DueStep, hashSteps } from '../provision/hash-steps.js'
import { type ChosenSeed, chooseSeed, migrationsAmong, type SeedWish, seedDigestOf, UNKNOWN } from './choose-seed.js'
import type { Observed, ObservedStore } from './observe.js'
import type { DataPlan, SeedBasis } from './plan-steps.js'

/** What is known before anybody asks for seeds elsewhere. */
type Facts = Omit<Observed, 'published'>

const isPortable = ({ store }: ObservedStore): boolean => store.portable !== undefined
/** Ready data would take the place of data that no ledger tells of. */
const isFresh = (observed: ObservedStore): boolean =>
  isPortable(observed) && observed.ledger === undefined && !observed.unrecorded

/** Whether a registry may have ready data for new stores. Pure. */
export const mayBePublished = ({ settings, stores }: Pick<Facts, 'settings' | 'stores'>): boolean =>
  settings.seeds === 'taken' &&
  settings.network === 'online' &&
  registryOf(settings.registry) !== undefined &&
  stores.some(isFresh)

/**
 * Whether what a start does depends on an image that is not here yet: on the migrations of its packages, or on which server takes
 * the data. Pure.
 */
export const isUntold = (facts: Pick<Facts, 'installed' | 'settings' | 'stores'>): boolean =>
  Object.values(facts.installed).includes(undefined) || (mayBePublished(facts) && lacksServer(facts))

/** Pure. */
export const lacksServer = ({ stores }: Pick<Facts, 'stores'>): boolean =>
  stores.some((each) => isPortable(each) && each.server === undefined)

/** The steps, each with a hash of what it depends on. Pure. */
export function planDue({ definition, files, attached, stores, images, ports, installed }: Facts): DueStep[] {
  const ours = oursOf(definition)
  const described = definition.project.services
  return hashSteps(definition.provision, {
    files,
    libraries: attached,
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

/** What a seed of this start would say of itself, and which one a start would like to find. Pure. */
export function planWish(
  service: string,
  steps: readonly DueStep[],
  {
    stores,
    images,
    files,
    attached,
    installed,
    branch,
  }: Pick<Facts, 'stores' | 'images' | 'files' | 'attached' | 'installed' | 'branch'>,
): { basis: SeedBasis; wish: SeedWish } {
  const basis: SeedBasis = {
    service,
    digest: seedDigestOf(steps),
    label: branch,
    migrations: migrationsAmong(
      Object.assign({}, ...[...Object.values(files), ...Object.values(attached)].map(({ contents }) => contents)),
    ),
    installed: Object.values(installed).flatMap((names) => names ?? []),
    image: images.own.digest,
  }
  const portable = stores.filter(isPortable)
  const wish = {
    ...basis,
    stores: portable.map(({ store, server }) => ({ name: store.name, server })),
    fresh: portable.filter(isFresh).map(({ store }) => store.name),
  }
  return { basis, wish }
}

/**
 * What data hold that are there: where another state of the checkout has made them, or a part of them, what their ledgers name, of content
 * that nobody knows. Pure.
 */
export function basisOfHeld(
  basis: SeedBasis,
  steps: readonly DueStep[],
  stores: readonly Pick<ObservedStore, 'store' | 'ledger'>[],
): SeedBasis {
  const ledgerOf = (name: string) => stores.find(({ store }) => store.name === name)?.ledger
  const isOfNow = ({ name, now, stores }: DueStep) => stores.every((store) => ledgerOf(store)?.steps[name] === now)
  const known = steps.filter(({ anywhere }) => anywhere).every(isOfNow) ? basis.migrations : {}
  const files = steps.flatMap(({ name, stores }) => stores.flatMap((store) => ledgerOf(store)?.files[name] ?? []))
  const held = Object.keys(migrationsAmong(Object.fromEntries(files.map((file) => [file, '']))))
  const unknown = held.filter((migration) => known[migration] === undefined)
  if (known === basis.migrations && unknown.length === 0) return basis
  const migrations = { ...known, ...Object.fromEntries(unknown.map((migration) => [migration, UNKNOWN])) }
  return { ...basis, digest: '', migrations }
}

/** Which ready data new stores take. Pure. */
export function planData(
  service: string,
  steps: readonly DueStep[],
  observed: Observed,
  save: Save | undefined,
): DataPlan {
  const { stores, seeds, settings, extent, published } = observed
  const portable = stores.filter(isPortable)
  const fresh = portable.filter(isFresh)
  const loadsFrom = (archive: Archive, because: string) =>
    fresh.flatMap(({ store }) => (archive.blobs[store.name] === undefined ? [] : [{ store, archive, because }]))
  if (save !== undefined)
    return { pull: undefined, loads: loadsFrom(save, `it is in the save ${save.name}`), keep: undefined }
  if (fresh.length === 0) return { pull: undefined, loads: [], keep: undefined }
  const { basis, wish } = planWish(service, steps, observed)
  const chosen = settings.seeds === 'none' ? undefined : chooseSeed(wish, [...seeds, ...published.seeds])
  // What a library brings is of no use to others, and is often not finished.
  const isWhole =
    extent.all &&
    fresh.length === portable.length &&
    chosen?.kind !== 'exact' &&
    Object.keys(observed.attached).length === 0
  return {
    pull: chosen && planPull(chosen, published.seeds),
    loads: chosen === undefined ? [] : loadsFrom(chosen.seed, chosen.because),
    keep: isWhole ? { stores: fresh.map(({ store }) => store), basis } : undefined,
  }
}

function planPull({ seed, because }: ChosenSeed, published: readonly PublishedSeed[]): DataPlan['pull'] {
  const there = published.find((each) => each === seed)
  return there && { seed: there, because: `the registry has it, and ${because}` }
}
