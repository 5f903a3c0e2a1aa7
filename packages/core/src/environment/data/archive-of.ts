import type { Writable } from 'node:stream'
import type { Container } from '../../engine/containers.js'
import { DevenvError } from '../../problem/problem.js'
import type { Context } from '../context.js'
import type { Paths } from '../environment.js'
import type { Store } from '../project/stores-of.js'
import type { Description, Dump } from './archive.js'
import { readLedger, storeData } from './ledger.js'
import { dumpStore } from './store-data.js'

/** What an archive of these stores says of them, as their ledgers have it now. */
export function describeStores(
  paths: Paths,
  stores: readonly Store[],
): Pick<Description, 'format' | 'created' | 'stores'> {
  const described = stores.flatMap(({ name }) => {
    const ledger = readLedger(paths, name)
    if (ledger === undefined) return []
    const { server, version, steps, files } = ledger
    return [[name, { server, version, steps, files }]]
  })
  return { format: 1, created: new Date().toISOString(), stores: Object.fromEntries(described) }
}

/** How each of these stores is dumped, from the containers that run. */
export const dumpsOf = (
  { engine, environment: { paths }, containers }: Context & { containers: readonly Container[] },
  stores: readonly Store[],
): { [store: string]: Dump } =>
  Object.fromEntries(
    stores.map((store) => [
      store.name,
      async (out: Writable) => {
        const container = containers.find(({ service }) => service === store.service)
        if (container === undefined) throw new DevenvError({ code: 'container-gone', container: store.service })
        await dumpStore(engine, container, store, storeData(paths, store.name), out)
      },
    ]),
  )
