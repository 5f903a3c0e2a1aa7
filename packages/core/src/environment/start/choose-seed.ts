import { sha256Of } from '../../hash/sha256.js'
import { enumerate } from '../../image/plan-image.js'
import type { Server } from '../data/ledger.js'
import type { Seed } from '../data/seeds.js'
import type { DueStep } from '../provision/hash-steps.js'
import { migrationOf } from '../provision/migrations.js'

/** What a start would like to find. `server`: `undefined` while its image is not here. */
export type SeedWish = {
  /** Of what the steps depend on. */
  digest: string
  stores: readonly { name: string; server: Server | undefined }[]
  /** Of these, those without data. */
  fresh: readonly string[]
  migrations: { readonly [path: string]: string }
  /** `undefined` while the image that holds them is not here. */
  installed: readonly string[] | undefined
}

/** `exact`: nothing that is the same at any address is left to do. */
export type ChosenSeed = { seed: Seed; kind: 'exact' | 'nearest'; because: string }

/** One digest of what steps depend on that make the same at any address. */
export const seedDigestOf = (steps: readonly Pick<DueStep, 'name' | 'now' | 'anywhere'>[]): string =>
  sha256Of(JSON.stringify(steps.filter(({ anywhere }) => anywhere).map(({ name, now }) => [name, now]))).slice(0, 20)

/**
 * The exact seed; else the one that holds most migrations, among those whose migrations the checkout has, all of them; else none.
 * One for other servers, or without any data that are asked for, is never taken. Pure.
 */
export function chooseSeed(wish: SeedWish, seeds: readonly Seed[]): ChosenSeed | undefined {
  const fit = seeds.filter((seed) => isFor(wish, seed) && lackedBy(wish, seed).length === 0)
  const [best] = fit.sort((one, other) => rank(wish, other) - rank(wish, one) || newer(one, other))
  if (best === undefined) return undefined
  const exact = best.description.digest === wish.digest
  return {
    seed: best,
    kind: exact ? 'exact' : 'nearest',
    because: exact ? 'ready data, exactly what the steps would make' : explain(wish, best),
  }
}

const isFor = ({ stores, fresh }: SeedWish, { description, blobs }: Seed): boolean =>
  fresh.some((name) => blobs[name] !== undefined) &&
  Object.entries(description.stores).every(([name, { server, version }]) => {
    const wanted = stores.find((store) => store.name === name)
    if (wanted === undefined) return false
    return wanted.server === undefined || (wanted.server.server === server && wanted.server.version === version)
  })

/** In the place of the hash of a migration that the checkout has no more, or has otherwise. */
export const UNKNOWN = ''

/** Migrations that a seed may hold and the checkout has not, or has otherwise. */
export function lackedBy(
  wish: Pick<SeedWish, 'digest' | 'migrations' | 'installed'>,
  { description: { migrations, installed, digest } }: Pick<Seed, 'description'>,
): string[] {
  if (digest === wish.digest) return []
  const own = Object.keys(migrations).filter(
    (path) => wish.migrations[path] !== migrations[path] && !(migrations[path] === UNKNOWN && path in wish.migrations),
  )
  const there = new Set(wish.installed ?? [])
  return [...own, ...installed.filter((name) => !there.has(name))]
}

const rank = (wish: SeedWish, { description }: Seed): number =>
  description.digest === wish.digest ? Number.POSITIVE_INFINITY : countOf(description)
const countOf = ({ migrations, installed }: Seed['description']): number =>
  Object.keys(migrations).length + installed.length
const newer = (one: Seed, other: Seed): number => (one.description.created < other.description.created ? 1 : -1)

function explain(wish: SeedWish, { description: { migrations, installed } }: Seed): string {
  const had = new Set([...Object.keys(migrations), ...installed])
  const more = [...Object.keys(wish.migrations), ...(wish.installed ?? [])].filter((name) => !had.has(name))
  return more.length === 0
    ? 'it holds all migrations of this checkout'
    : `it is the nearest: it lacks ${enumerate(more.map((name) => migrationOf(name) ?? name))}`
}

/** Of the files that steps depend on, the migrations: each with the hash of its content. Pure. */
export const migrationsAmong = (contents: { readonly [path: string]: string }): { [path: string]: string } =>
  Object.fromEntries(
    Object.entries(contents)
      .filter(([path]) => migrationOf(path) !== undefined)
      .map(([path, hash]) => [path, hash.slice(0, 16)]),
  )
