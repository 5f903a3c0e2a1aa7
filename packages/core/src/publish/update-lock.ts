import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Definition, thirdPartyOf } from '../definition/definition.js'
import { LOCK_FILE, type Lock, type LockedRelease, renderLock } from '../definition/devenv-lock.js'
import { upstreamOf } from '../definition/extension.js'
import { readReleaseCommits } from '../git/upstream.js'
import { officialBasesOf } from '../image/image-inputs.js'
import { isStandIn } from '../image/official-images.js'
import { officialName } from '../image/official-name.js'
import { buildSpecOf } from '../image/read-image-inputs.js'
import { DevenvError, detailOf } from '../problem/problem.js'
import { findPublishedImage } from '../registry/registry.js'
import { parseReference, type RegistryAccess, repositoryOf } from '../registry/repository.js'

/** What changed in a lock: `docker.io/library/mysql:8.4.9 moved`. `standIns`: what was served was none of the official. */
export type LockUpdate = { lock: Lock; changes: readonly string[]; standIns: readonly string[] }

/**
 * Looks up what every name of a package means now: official images at their registry (or its mirror), releases at the
 * service's repository. A stand-in is no official image: what is locked for it stays.
 * @param definitions one for each variant
 * @throws DevenvError `image-unavailable` naming each that has no answer, `refs-missing`, `git-failed`
 */
export async function readUpstream(
  definitions: readonly Definition[],
  before: Lock,
  { mirror, access }: { mirror: string | undefined; access: RegistryAccess },
): Promise<LockUpdate> {
  const [first] = definitions
  if (first === undefined) throw new Error('a package has at least one definition')
  const looked = await Promise.all(
    [...officialImagesOf(definitions, mirror)].map(([name, reference]) => lookUp(name, reference, access)),
  )
  const missing = looked.filter((each) => each.kind === 'missing')
  if (missing.length > 0) {
    const images = missing.map(({ name }) => name)
    throw new DevenvError({ code: 'image-unavailable', images, mirror, detail: missing[0]?.detail ?? '' })
  }
  const images = looked.flatMap((each): [string, string][] => {
    if (each.kind === 'official') return [[each.name, each.digest]]
    const kept = before.images[each.name]
    return kept === undefined ? [] : [[each.name, kept]]
  })
  const lock = { images: Object.fromEntries(images), releases: await lookUpReleases(first) }
  return {
    lock,
    changes: compareLocks(before, lock),
    standIns: looked.flatMap((each) => (each.kind === 'stand-in' ? [each.name] : [])),
  }
}

/** Every official image that these definitions name, in Compose and in their Dockerfiles: full name to how it is asked for. */
export function officialImagesOf(definitions: readonly Definition[], mirror: string | undefined): Map<string, string> {
  const named = definitions.flatMap((definition): [string, string][] => {
    const spec = buildSpecOf(definition, { registry: undefined, mirror })
    const services = thirdPartyOf(definition).flatMap((name) => definition.project.services[name]?.image ?? [])
    return [
      ...services.map((image): [string, string] => [officialName(image, mirror), image]),
      ...officialBasesOf({ spec, dockerfile: readFileSync(spec.dockerfile, 'utf8') }),
    ]
  })
  // What carries its digest itself needs no lock.
  return new Map(named.filter(([, reference]) => !reference.includes('@')))
}

type LookedUp =
  | { kind: 'official'; name: string; digest: string }
  | { kind: 'stand-in'; name: string }
  | { kind: 'missing'; name: string; detail: string }

async function lookUp(name: string, reference: string, access: RegistryAccess): Promise<LookedUp> {
  const { name: repository, tag = 'latest' } = parseReference(reference)
  try {
    const image = await findPublishedImage(repositoryOf(repository, access), tag)
    if (image === undefined) return { kind: 'missing', name, detail: `the registry does not have ${reference}` }
    return isStandIn(image) ? { kind: 'stand-in', name } : { kind: 'official', name, digest: image.digest }
  } catch (error) {
    if (!(error instanceof DevenvError)) throw error
    return { kind: 'missing', name, detail: detailOf(error) }
  }
}

async function lookUpReleases({ releases, ...definition }: Definition): Promise<Record<string, LockedRelease>> {
  const declared = Object.entries(releases)
  const upstream = upstreamOf(definition)
  if (declared.length === 0 || upstream === undefined) return {}
  const commits = await readReleaseCommits(
    upstream,
    declared.map(([, ref]) => ref),
  )
  return Object.fromEntries(declared.map(([name, ref]) => [name, { ref, commit: commits.get(ref) ?? '' }]))
}

/** Pure. */
export function compareLocks(before: Lock, after: Lock): string[] {
  const values = ({ images, releases }: Lock): Record<string, string> => ({
    ...images,
    ...Object.fromEntries(
      Object.entries(releases).map(([name, { ref, commit }]) => [`release ${name}`, `${ref} ${commit}`]),
    ),
  })
  const [old, now] = [values(before), values(after)]
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].sort().flatMap((name) => {
    if (old[name] === now[name]) return []
    if (old[name] === undefined) return [`${name} is locked`]
    return [now[name] === undefined ? `${name} is gone` : `${name} moved`]
  })
}

/** Writes a lock if it says something new. */
export function writeLock({ directory }: { directory: string }, lock: Lock): void {
  const file = join(directory, LOCK_FILE)
  const text = renderLock(lock)
  // A package that has nothing to lock needs no file.
  const before = existsSync(file) ? readFileSync(file, 'utf8') : renderLock({ images: {}, releases: {} })
  if (before !== text) writeFileSync(file, text)
}
