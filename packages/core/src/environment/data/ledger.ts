import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DevenvError } from '../../problem/problem.js'
import type { Environment, Paths } from '../environment.js'
import { makeFolder, writeOwned } from './data-directory.js'

/** Which server wrote a store: that which really ran, and the part of its version that its data belongs to. */
export type Server = { server: string; version: string }

/**
 * What was done to a store, and with what. It lies beside the store's data and goes where they go: a copied, restored or
 * shared store brings it along, and whoever loads other data says `devenv provision`.
 */
export type Ledger = Server & {
  /** Each step that was carried out on it, with the hash of what the step depended on then. */
  steps: { readonly [step: string]: string }
}

/** A store is a folder of its own; the ledger stands beside the data, not in it. */
export const storeFolder = (paths: Paths, store: string): string => join(paths.stores, store)
export const storeData = (paths: Paths, store: string): string => join(storeFolder(paths, store), 'data')
const ledgerOf = (paths: Paths, store: string): string => join(storeFolder(paths, store), 'ledger.json')

/** `undefined` where there is none that can be read, or no data: nothing was done to such a store. */
export function readLedger(paths: Paths, store: string): Ledger | undefined {
  if (lstatSync(storeData(paths, store), { throwIfNoEntry: false })?.isDirectory() !== true) return undefined
  try {
    const { server, version, steps } = JSON.parse(readFileSync(ledgerOf(paths, store), 'utf8'))
    if (typeof server !== 'string' || typeof version !== 'string') return undefined
    const entries = typeof steps === 'object' && steps !== null ? Object.entries(steps) : []
    return { server, version, steps: Object.fromEntries(entries.filter(isHash)) }
  } catch {
    return undefined
  }
}

const isHash = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string'

/**
 * Makes sure that a store is there and was written by the same server.
 * @throws DevenvError `store-foreign` when another one wrote it
 */
export function openStore({ paths, checkout }: Environment, store: string, wants: Server): void {
  const found = readLedger(paths, store)
  if (found !== undefined && (found.server !== wants.server || found.version !== wants.version)) {
    throw new DevenvError({
      code: 'store-foreign',
      store: storeFolder(paths, store),
      wrote: `${found.server} ${found.version}`,
      wants: `${wants.server} ${wants.version}`,
    })
  }
  makeFolder(storeData(paths, store), checkout)
  if (found === undefined) writeLedger(paths, store, { ...wants, steps: {} })
}

/** Notes in the ledgers of these stores that a step was carried out. A store that is not there keeps no ledger. */
export function noteStep(paths: Paths, stores: readonly string[], step: string, hash: string): void {
  for (const store of stores) {
    const ledger = readLedger(paths, store)
    if (ledger !== undefined) writeLedger(paths, store, { ...ledger, steps: { ...ledger.steps, [step]: hash } })
  }
}

function writeLedger(paths: Paths, store: string, ledger: Ledger): void {
  if (existsSync(storeFolder(paths, store))) writeOwned(ledgerOf(paths, store), `${JSON.stringify(ledger, null, 2)}\n`)
}
