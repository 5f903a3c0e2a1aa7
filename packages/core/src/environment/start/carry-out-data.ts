import type { Writable } from 'node:stream'
import type { Container } from '../../engine/containers.js'
import { DevenvError } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import type { Context } from '../context.js'
import { type Archive, openStoreData } from '../data/archive.js'
import { noteLoaded, readLedger, storeData } from '../data/ledger.js'
import { listRetired, retire } from '../data/removal.js'
import { removeAll } from '../data/remove-as-root.js'
import { keepSeed, noteUsed } from '../data/seeds.js'
import { dumpStore, loadStore } from '../data/store-data.js'
import type { Store } from '../project/stores-of.js'
import type { SeedBasis } from './plan-steps.js'

/** Removes what is in stores that nobody can use as they are. */
export async function emptyStores({ engine, environment }: Context, stores: readonly Store[]): Promise<void> {
  const { paths } = environment
  const retired = stores.flatMap(({ name }) => [retire(storeData(paths, name)), ...listRetired(paths, name)])
  await removeAll(engine, paths.home, [...new Set(retired)], undefined)
}

/** Fills a store with the data of an archive. What depends on the address is not taken as done: it is another one. */
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
  { engine, environment, report, containers }: Context & { containers: readonly Container[] },
  stores: readonly Store[],
  basis: SeedBasis,
  because: string,
): Promise<void> {
  const ledgers = stores.map(({ name }) => [name, readLedger(environment.paths, name)] as const)
  const description = {
    ...basis,
    format: 1 as const,
    created: new Date().toISOString(),
    label: undefined,
    stores: Object.fromEntries(
      ledgers.flatMap(([name, ledger]) => {
        if (ledger === undefined) return []
        const { server, version, steps, files } = ledger
        return [[name, { server, version, steps, files }]]
      }),
    ),
  }
  const dumps = Object.fromEntries(
    stores.map((store) => [
      store.name,
      async (out: Writable) => {
        const container = containers.find(({ service }) => service === store.service)
        if (container === undefined) throw new DevenvError({ code: 'container-gone', container: store.service })
        await dumpStore(engine, container, store, out)
      },
    ]),
  )
  try {
    await step(report, 'keep a seed', because, () => keepSeed(description, dumps))
  } catch (error) {
    if (!(error instanceof DevenvError) && !isSystemError(error)) throw error
    report({ kind: 'note', text: `devenv keeps no seed of these data: ${(error as Error).message}` })
  }
}

const isSystemError = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).syscall === 'string'
