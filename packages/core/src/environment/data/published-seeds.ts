import { comparedTags } from '../../image/known-images.js'
import { nameIn } from '../../image/plan-image.js'
import { DevenvError, detailOf, tellsOf } from '../../problem/problem.js'
import { findManifest, listTags, type Manifest, readBlob, saveBlob } from '../../registry/registry.js'
import { type RegistryAccess, type Repository, repositoryOf } from '../../registry/repository.js'
import { configIn, MANIFEST_TYPE, parseArchive, receiveArchive } from './archive.js'
import { nameOfSeed, type Seed, type SeedContent, seedFolder, whileKeeping } from './seeds.js'

/** Where a seed is that this machine does not have yet: its repository, its tag there, and the two texts that tell what it is. */
export type Published = { repository: Repository; reference: string; manifest: Manifest; config: string }

/** A seed of a registry. `folder`: where it will be. */
export type PublishedSeed = Seed & { published: Published }

/** What a registry has. `silent`: why it did not tell. */
export type PublishedSeeds = { seeds: readonly PublishedSeed[]; silent: string | undefined }

/** Seconds for each answer of a registry, where a start can do without. */
const PATIENCE = 4

/** The name of the repository of a service's seeds, beside that of its image. Pure. */
export const seedsBeside = (image: string): string => `${nameIn(image)}-data`

/** The tag that a seed has by its content. Pure. */
export const tagOfSeed = (content: SeedContent): string => `steps-${nameOfSeed(content)}`

/**
 * The exact seed, where a registry has it; else those of `main` and of the newest releases. Reads what they say of themselves, and no data.
 * @param name of the repository, with its registry
 */
export async function findPublishedSeeds(
  name: string,
  wanted: SeedContent & { service: string },
  access: RegistryAccess,
): Promise<PublishedSeeds> {
  const repository = repositoryOf(name, { ...access, patience: PATIENCE })
  try {
    const exact = await findPublishedSeed(name, repository, tagOfSeed(wanted), wanted.service)
    if (exact !== undefined) return { seeds: [exact], silent: undefined }
    const tags = comparedTags(await listTags(repository))
    const found = await Promise.all(tags.map((tag) => findPublishedSeed(name, repository, tag, wanted.service)))
    return { seeds: found.filter((seed) => seed !== undefined), silent: undefined }
  } catch (error) {
    if (!(error instanceof DevenvError)) throw error
    // Of a repository that is not there, some say that it is forbidden.
    if (tellsOf(error, 'registry-forbidden')) return { seeds: [], silent: undefined }
    return { seeds: [], silent: `${repository.host} does not say which seeds it has: ${detailOf(error)}` }
  }
}

/**
 * `undefined` where a tag leads to none, or to what is not ours.
 * @throws DevenvError as `findManifest`
 */
export async function findPublishedSeed(
  name: string,
  repository: Repository,
  tag: string,
  service: string,
): Promise<PublishedSeed | undefined> {
  const manifest = await findManifest(repository, tag)
  if (manifest === undefined || manifest.mediaType !== MANIFEST_TYPE) return undefined
  const reference = `${name}:${tag}`
  try {
    const text = manifest.body.toString()
    const config = (await readBlob(repository, configIn(reference, text))).toString()
    const { description, ...seed } = parseArchive('', text, config)
    // It becomes the name of a folder.
    if (description.service !== service || !/^[0-9a-f]{20}$/.test(description.digest)) return undefined
    const published: Published = { repository, reference, manifest, config }
    return { ...seed, description, folder: seedFolder(description), published }
  } catch (error) {
    if (tellsOf(error, 'archive-damaged')) return undefined
    throw error
  }
}

/**
 * Brings the data into the cache of this machine, all or nothing.
 * @throws DevenvError `seed-unpulled`, whatever happens
 */
export async function pullSeed(seed: PublishedSeed): Promise<void> {
  const { repository, reference, manifest, config } = seed.published
  // What one waits for is known to be there.
  const { patience: _, ...access } = repository.access
  const texts = { manifest: manifest.body.toString(), config }
  try {
    await whileKeeping(seed.description.service, () =>
      receiveArchive(seed, texts, ({ digest, bytes }, path) =>
        saveBlob({ ...repository, access }, digest, { path, bytes }),
      ),
    )
  } catch (error) {
    throw new DevenvError({ code: 'seed-unpulled', seed: reference, detail: detailOf(error) })
  }
}
