import type { Container } from '../../engine/containers.js'
import { whatOf } from '../../problem/explain-problem.js'
import { DevenvError } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import type { Asking, Context } from '../context.js'
import { type Archive, openStoreData } from '../data/archive.js'
import { describeStores, dumpsOf } from '../data/archive-of.js'
import { endRestore, listStoreFolders, putBack } from '../data/aside.js'
import { noteLoaded } from '../data/ledger.js'
import { removeAll } from '../data/remove-as-root.js'
import { keepSeed, noteUsed } from '../data/seeds.js'
import { loadStore } from '../data/store-data.js'
import type { Store } from '../project/stores-of.js'
import type { SeedBasis } from './plan-steps.js'

/** Undoes a restore: the data from before are in their place again. Safe to repeat. */
export async function putBackAll({ engine, environment: { paths } }: Asking): Promise<void> {
  const removed = listStoreFolders(paths).flatMap((store) => putBack(paths, store))
  endRestore(paths)
  await removeAll(engine, paths.home, removed, undefined)
}

/** Fills a store with the data of an archive, and notes what was done to them. */
export async function loadArchive(
  { engine, environment }: Context,
  container: Container,
  store: Store,
  archive: Archive,
): Promise<void> {
  await loadStore(engine, container, store, await openStoreData(archive, store.name))
  const { steps = {}, files = {} } = archive.description.stores[store.name] ?? {}
  noteLoaded(environment.paths, store.name, { steps, files }, archive.manifest)
  noteUsed(archive)
}

/** Keeps what provisioning has made. A machine that cannot keep it starts as well. */
export async function keepAsSeed(
  context: Context & { containers: readonly Container[] },
  stores: readonly Store[],
  basis: SeedBasis,
  because: string,
): Promise<void> {
  const { report } = context
  const description = { ...basis, ...describeStores(context.environment.paths, stores) }
  try {
    await step(report, 'keep a seed', because, () => keepSeed(description, dumpsOf(context, stores)))
  } catch (error) {
    if (!(error instanceof DevenvError) && !isSystemError(error)) throw error
    report({ kind: 'note', text: `devenv keeps no seed of these data: ${whatOf(error)}` })
  }
}

const isSystemError = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).syscall === 'string'
