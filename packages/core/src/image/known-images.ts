import { listImages } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { DevenvError, detailOf, tellsOf } from '../problem/problem.js'
import { findPublishedImage, listTags, type PublishedImage } from '../registry/registry.js'
import type { Repository } from '../registry/repository.js'
import { type InputList, tagOf } from './image-inputs.js'
import type { KnownImage, RegistryAnswer } from './plan-image.js'

/**
 * The engine's images of one name, whatever registry they are named after, newest first. A label without its tag
 * does not count: a dangling image is not present.
 * @param image the name without a registry: `devenv/hello`
 */
export async function readKnownImages(engine: Engine, image: string): Promise<KnownImage[]> {
  const images = await listImages(engine, LABELS.digest)
  return images.flatMap(({ RepoTags, Labels }) =>
    (RepoTags ?? [])
      .filter((tag) => `/${tag}`.includes(`/${image}:inputs-`))
      .map((reference) => describe(reference, Labels ?? {})),
  )
}

const describe = (reference: string, labels: Readonly<Record<string, string>>): KnownImage => ({
  reference,
  digest: labels[LABELS.digest] ?? '',
  inputs: parseInputs(labels[LABELS.inputs]),
  standInsFrom: labels[LABELS.standIn] === undefined ? undefined : (labels[LABELS.mirror] ?? ''),
  platforms: [],
  lost: [],
})

/** What a registry holds, as an image of ours; its first platform speaks for all. */
export const describePublished = (reference: string, { platforms, lost }: PublishedImage): KnownImage => ({
  ...describe(reference, platforms[0]?.labels ?? {}),
  platforms: platforms.map(({ platform }) => platform),
  lost,
})

/** The tags whose images say what changed since: main, and the newest releases. Pure. */
export function comparedTags(tags: readonly string[]): string[] {
  const releases = tags
    .filter((tag) => /^[a-z]+\.\d+$/.test(tag))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return [...releases.slice(-6), ...tags.filter((tag) => tag === 'main')]
}

/**
 * Asks a registry for one image, and where it has none, what its releases were made of.
 * @param name the image's name with its registry
 * @param repository the same for the registry's client
 */
export async function askRegistry(name: string, repository: Repository, digest: string): Promise<RegistryAnswer> {
  try {
    const reference = `${name}:${tagOf(digest)}`
    const published = await findPublishedImage(repository, tagOf(digest))
    if (published !== undefined)
      return { kind: 'answered', held: describePublished(reference, published), releases: new Map() }
    const releases = comparedTags(await listTags(repository)).map(async (tag): Promise<[string, KnownImage][]> => {
      const found = await findPublishedImage(repository, tag)
      return found === undefined ? [] : [[tag, describePublished(`${name}:${tag}`, found)]]
    })
    return { kind: 'answered', held: undefined, releases: new Map((await Promise.all(releases)).flat()) }
  } catch (error) {
    if (!(error instanceof DevenvError)) throw error
    const did = tellsOf(error, 'registry-unreachable') ? 'did not answer' : 'did not give it'
    return { kind: 'failed', said: `${repository.host} ${did}: ${detailOf(error)}` }
  }
}

/** Anybody may set a label: what is no list of inputs is an empty one. */
export const parseInputs = (label: string | undefined): InputList => {
  try {
    const value: unknown = JSON.parse(label ?? '{}')
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
    return Object.fromEntries(entries.filter(([, input]) => typeof input === 'string'))
  } catch {
    return {}
  }
}
