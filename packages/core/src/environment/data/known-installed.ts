import { join } from 'node:path'
import type { KnownInstalled } from '../../image/read-installed.js'
import type { Paths } from '../environment.js'
import { isOwnFolder, readOwned, writeOwned } from './data-directory.js'
import { isListOf, isMapOf, isText } from './shape.js'

export const KNOWN_INSTALLED = 'installed.json'

/** How many images and lists of globs are kept. */
const KEPT = 4

const isKnown = isMapOf(isListOf(isText))

/** What images were seen to have installed; nothing where that cannot be read: it is found again. */
export function readKnownInstalled({ cache }: Paths): KnownInstalled {
  try {
    const known: unknown = JSON.parse(readOwned(join(cache, KNOWN_INSTALLED)) ?? '')
    return isKnown(known) ? { ...known } : {}
  } catch {
    return {}
  }
}

/** What was found last is kept. Before the first start there is no folder for it, and it is found again. */
export function writeKnownInstalled({ cache }: Paths, known: KnownInstalled): void {
  const kept = Object.fromEntries(Object.entries(known).slice(-KEPT))
  if (isOwnFolder(cache)) writeOwned(join(cache, KNOWN_INSTALLED), JSON.stringify(kept))
}
