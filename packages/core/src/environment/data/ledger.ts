import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DevenvError } from '../../problem/problem.js'
import type { Environment, Paths } from '../environment.js'
import { asUnusable, isOwnFolder, makeOwnFolder, writeOwned } from './data-directory.js'

/** Which server wrote a store: that which really ran, and the part of its version that its data belongs to. */
export type Server = { server: string; version: string }

/**
 * What was done to a store, and with what. It lies beside the store's data and goes where they go: a copied, restored or
 * shared store brings it along, and whoever loads other data says `devenv provision`.
 */
export type Ledger = Server & {
  /** Each step that was carried out on it, with the hash of what the step depended on then. */
  steps: { readonly [step: string]: string }
  /** Of steps that depend on files of the checkout: all that it ever ran with on these data, by path. */
  files: { readonly [step: string]: readonly string[] }
  /** The command that is changing it: its outcome belongs to these data, and to no others that are put in their place. */
  underway?: string | undefined
  /** The archive whose data are being loaded into it: until that is done, it is no store. */
  loading?: string | undefined
  /** The archive that its data came from, until a start with them has come to its end. */
  from?: string | undefined
  /** The branch whose data these are, where one was checked out when they were made or put there. */
  branch?: string | undefined
  /** The archive that they came from or were last kept as: what is there now goes on from that. */
  kept?: string | undefined
}

/** A store is a folder of its own; the ledger stands beside the data, not in it. */
export const storeFolder = (paths: Paths, store: string): string => join(paths.stores, store)
export const storeData = (paths: Paths, store: string): string => join(storeFolder(paths, store), 'data')
export const ledgerOf = (paths: Paths, store: string): string => join(storeFolder(paths, store), 'ledger.json')

/** Whether a store has data, whatever is known of them. What may not be looked at is somebody's. */
export function hasData(paths: Paths, store: string): boolean {
  const folder = storeData(paths, store)
  if (!isOwnFolder(folder)) return false
  try {
    return readdirSync(folder).length > 0
  } catch {
    return true
  }
}

/** `undefined` where there is none that can be read, or no data: nothing was done to such a store. */
export function readLedger(paths: Paths, store: string): Ledger | undefined {
  if (!isOwnFolder(storeData(paths, store))) return undefined
  try {
    const { server, version, steps, files, ...notes } = JSON.parse(readFileSync(ledgerOf(paths, store), 'utf8'))
    if (typeof server !== 'string' || typeof version !== 'string') return undefined
    return {
      server,
      version,
      steps: Object.fromEntries(entriesOf(steps).filter(isHash)),
      files: Object.fromEntries(entriesOf(files).filter(isList)),
      ...Object.fromEntries(NOTES.flatMap((note) => (typeof notes[note] === 'string' ? [[note, notes[note]]] : []))),
    }
  } catch {
    return undefined
  }
}

const NOTES = ['underway', 'loading', 'from', 'branch', 'kept'] as const

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []
const isHash = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string'
const isList = (entry: [string, unknown]): entry is [string, string[]] =>
  Array.isArray(entry[1]) && entry[1].every((name) => typeof name === 'string')

/**
 * Makes sure that a store is there and was written by the same server.
 * @param made of a new store: the archive that it is about to be filled from, and the branch that its data will be of
 * @throws DevenvError `store-foreign` when another one wrote it, `data-unusable`
 */
export function openStore(
  { paths, checkout }: Environment,
  store: string,
  wants: Server,
  made: Pick<Ledger, 'loading' | 'branch'> = {},
): void {
  const found = readLedger(paths, store)
  if (found !== undefined && (found.server !== wants.server || found.version !== wants.version)) {
    throw new DevenvError({
      code: 'store-foreign',
      store: storeFolder(paths, store),
      wrote: `${found.server} ${found.version}`,
      wants: `${wants.server} ${wants.version}`,
    })
  }
  try {
    for (const folder of [paths.stores, storeFolder(paths, store), storeData(paths, store)])
      makeOwnFolder(folder, checkout)
  } catch (error) {
    throw asUnusable(storeData(paths, store), error)
  }
  if (found === undefined) writeLedger(paths, store, { ...wants, steps: {}, files: {}, ...made })
}

/** Notes that the data of an archive are in a store, with what was done to them. */
export function noteLoaded(paths: Paths, store: string, loaded: Pick<Ledger, 'steps' | 'files'>, from: string): void {
  const ledger = readLedger(paths, store)
  if (ledger !== undefined) {
    const { loading: _, ...rest } = ledger
    writeLedger(paths, store, { ...rest, steps: loaded.steps, files: loaded.files, from, kept: from })
  }
}

/** Notes of which branch the data of all stores are, and the archive that they were kept as. */
export function noteBranch(paths: Paths, branch: string, kept: string | undefined): void {
  for (const [store, ledger] of readLedgers(paths)) writeLedger(paths, store, { ...ledger, branch, kept })
}

/** All stores of which something is known, by name. */
export const readLedgers = (paths: Paths): [store: string, Ledger][] =>
  (isOwnFolder(paths.stores) ? readdirSync(paths.stores).sort() : []).flatMap((store) => {
    const ledger = isOwnFolder(storeFolder(paths, store)) ? readLedger(paths, store) : undefined
    return ledger === undefined ? [] : [[store, ledger]]
  })

/** Notes that a start with the data of an archive has come to its end. */
export function noteProven(paths: Paths, store: string): void {
  const { from, ...ledger } = readLedger(paths, store) ?? {}
  if (from !== undefined) writeLedger(paths, store, ledger as Ledger)
}

/** What an archive said was done to the data of a store is not believed any more: all steps are due. Others are left alone. */
export function distrust(paths: Paths, store: string): void {
  const { from, ...ledger } = readLedger(paths, store) ?? {}
  if (from !== undefined) writeLedger(paths, store, { ...(ledger as Ledger), steps: {} })
}

/** Notes in the ledgers of these stores that a command begins to change them. */
export function noteBegun(paths: Paths, stores: readonly string[], id: string): void {
  for (const store of stores) {
    const ledger = readLedger(paths, store)
    if (ledger !== undefined) writeLedger(paths, store, { ...ledger, underway: id })
  }
}

/**
 * Notes in the ledgers of these stores that a command has ended, and where it succeeded, that its step was carried out. Data
 * that took the place of those that it changed keep the ledger that came with them.
 * @param outcome the step, the hash of what it depended on, and the files among that; `undefined` where it failed
 */
export function noteEnded(
  paths: Paths,
  stores: readonly string[],
  id: string,
  outcome: { step: string; hash: string; files: readonly string[] } | undefined,
): void {
  for (const store of stores) {
    const ledger = readLedger(paths, store)
    if (ledger?.underway !== id) continue
    const { underway: _, ...rest } = ledger
    if (outcome === undefined) writeLedger(paths, store, rest)
    else {
      const { step, hash, files } = outcome
      writeLedger(paths, store, {
        ...rest,
        steps: { ...rest.steps, [step]: hash },
        files: { ...rest.files, [step]: [...new Set([...(rest.files[step] ?? []), ...files])].sort() },
      })
    }
  }
}

function writeLedger(paths: Paths, store: string, ledger: Ledger): void {
  if (isOwnFolder(storeFolder(paths, store))) writeOwned(ledgerOf(paths, store), `${JSON.stringify(ledger, null, 2)}\n`)
}
