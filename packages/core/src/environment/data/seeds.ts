import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { shortHashOf } from '../../hash/sha256.js'
import { DevenvError } from '../../problem/problem.js'
import { cacheFolder, makeCacheFolder } from '../../process/cache-folder.js'
import { type Archive, type Description, type Dump, readArchive, writeArchive } from './archive.js'
import type { Server } from './ledger.js'

/** What provisioning has made, for other environments of the same service. */
export type Seed = Archive

/** How many seeds of a service this machine keeps, and how large all of them may be, in bytes. */
const KEPT = 8
const KEPT_BYTES = 2 * 1024 ** 3

/** By what a seed is told from others: the digest of its steps, and which servers it is for. */
export type SeedContent = { digest: string; stores: { readonly [store: string]: Server } }

/** The name of a seed. Pure. */
export const nameOfSeed = ({ digest, stores }: SeedContent): string =>
  `${digest}-${shortHashOf(Object.entries(stores).map(([name, { server, version }]) => [name, server, version])).slice(0, 8)}`

/** Where this machine keeps a seed. */
export const seedFolder = (description: SeedContent & Pick<Description, 'service'>): string =>
  cacheFolder('seeds', description.service, nameOfSeed(description))

/** Those that this machine keeps, the last used first. A damaged one is removed. */
export function listSeeds(service: string): Seed[] {
  const folder = cacheFolder('seeds', service)
  return namesIn(folder).flatMap((name) => {
    try {
      return readArchive(join(folder, name))
    } catch (error) {
      if (!(error instanceof DevenvError)) throw error
      rmSync(join(folder, name), { recursive: true, force: true })
      return []
    }
  })
}

/** What is being written has another name until it is whole. */
function namesIn(folder: string): string[] {
  // Another program, such as a file manager, may have left a file there.
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(folder)
    .filter((name) => /^[0-9a-f]{20}-[0-9a-f]{8}$/.test(name))
    .flatMap((name) => {
      const used = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs
      return used === undefined ? [] : [{ name, used }]
    })
    .sort((one, other) => other.used - one.used)
    .map(({ name }) => name)
}

/** Notes that it was used just now: what was used last is kept longest. */
export function noteUsed({ folder }: Seed): void {
  try {
    utimesSync(folder, new Date(), new Date())
  } catch {
    // Somebody else removes it.
  }
}

/** Takes one out of the cache that turned out to be of no use. */
export const dropSeed = ({ folder }: Pick<Seed, 'folder'>): void => rmSync(folder, { recursive: true, force: true })

/**
 * Keeps data as a seed, and removes those that were used longest ago.
 * @throws DevenvError `folder-unusable`, and what a dump throws
 */
export const keepSeed = (description: Description, dumps: { readonly [store: string]: Dump }): Promise<Seed> =>
  whileKeeping(description.service, () => writeArchive(seedFolder(description), description, dumps))

/**
 * Has a folder for the seeds of a service while one more comes there, and removes those that were used longest ago.
 * @throws DevenvError `folder-unusable`, and what `write` throws
 */
export async function whileKeeping(service: string, write: () => Promise<Seed>): Promise<Seed> {
  makeCacheFolder('seeds', service)
  const seed = await write()
  limit()
  return seed
}

function limit(): void {
  const root = cacheFolder('seeds')
  const services = existsSync(root) ? readdirSync(root) : []
  const all = services.flatMap((service) => listSeeds(service).map((seed, at) => ({ seed, at })))
  let bytes = 0
  for (const { seed, at } of all.sort((one, other) => one.at - other.at)) {
    bytes += seed.bytes
    if (at >= KEPT || bytes > KEPT_BYTES) dropSeed(seed)
  }
}
