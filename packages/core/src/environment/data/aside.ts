import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment, Paths } from '../environment.js'
import { isOwnFolder, isThere, makeOwnFolder, readOwned, writeOwned } from './data-directory.js'
import { ledgerOf, storeData, storeFolder } from './ledger.js'
import { retire } from './removal.js'

/*
 * What a restore replaces is kept until it is done. `restoring` stands among the stores from before the first of them is set aside
 * until all of them are filled: who finds it without being at work on it puts all of them back.
 *
 *   stores/restoring             the name of the save
 *   stores/<store>/data.aside    ledger.aside.json
 */

const markOf = ({ stores }: Paths): string => join(stores, 'restoring')
const asideOf = (path: string): string => path.replace(/(\.json)?$/, '.aside$1')

/** The save whose restore was begun and has not come to its end; `undefined`: none. */
export const readRestoring = (paths: Paths): string | undefined => readOwned(markOf(paths))?.trim()

/** Begins a restore: from now on, whoever is interrupted finds the old data in their place again. */
export const beginRestore = (paths: Paths, save: string): void => writeOwned(markOf(paths), `${save}\n`)

/** The restore is done: what it replaced is nobody's now. */
export const endRestore = (paths: Paths): void => rmSync(markOf(paths), { force: true })

/** Takes the data of a store out of use, so that they can be put back; none are put back as none. Each step alone can be undone. */
export function setAside({ paths, checkout }: Environment, store: string): void {
  const [ledger, data] = [ledgerOf(paths, store), storeData(paths, store)]
  if (isThere(ledger)) renameSync(ledger, asideOf(ledger))
  if (isThere(data)) renameSync(data, asideOf(data))
  else for (const folder of [storeFolder(paths, store), asideOf(data)]) makeOwnFolder(folder, checkout)
}

/** The other way round. Gives what was in the place, to be removed. Safe to repeat. */
export function putBack(paths: Paths, store: string): string[] {
  const data = storeData(paths, store)
  const ledger = ledgerOf(paths, store)
  const removed: string[] = []
  if (isOwnFolder(asideOf(data))) {
    if (isThere(data)) removed.push(retire(data))
    renameSync(asideOf(data), data)
  } else if (!isThere(asideOf(ledger))) return removed
  if (isThere(asideOf(ledger))) renameSync(asideOf(ledger), ledger)
  return removed
}

/** What was set aside, by path: of all stores. */
export const listAside = (paths: Paths): string[] =>
  listStoreFolders(paths).flatMap((store) =>
    [storeData(paths, store), ledgerOf(paths, store)].map(asideOf).filter((path) => existsSync(path)),
  )

export const listStoreFolders = (paths: Paths): string[] =>
  isOwnFolder(paths.stores) ? readdirSync(paths.stores).filter((store) => isOwnFolder(storeFolder(paths, store))) : []
