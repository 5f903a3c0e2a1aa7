import { sameMachine } from '../engine/containers.js'
import { findPlatforms, type PublishedImage } from '../engine/registry/registry.js'
import { parseReference, type RegistryAccess, repositoryOf } from '../engine/registry/repository.js'
import { DevenvError, type Problem } from '../problem/problem.js'

/**
 * Base images must be there for every platform that is built for. BuildKit does not see to it: an image that is no index
 * it takes for any platform, and what is copied onto it is published as what it is not.
 * @throws DevenvError `base-lacks-platform`, all there are
 */
export async function requirePlatforms(
  bases: readonly string[],
  platforms: readonly string[],
  access: RegistryAccess,
): Promise<void> {
  const looks = [...new Set(bases)].map(async (base): Promise<Problem[]> => {
    const has = await readPlatforms(base, access)
    const lacks = platforms.filter((platform) => !has?.some((each) => sameMachine(each, platform)))
    return has === undefined || lacks.length === 0 ? [] : [{ code: 'base-lacks-platform', base, platforms: lacks, has }]
  })
  const problems = (await Promise.all(looks)).flat()
  if (problems.length > 0) throw new DevenvError(...problems)
}

/** `undefined` where the registry does not say: whoever needs the image meets the same. */
async function readPlatforms(base: string, access: RegistryAccess): Promise<string[] | undefined> {
  const { name, tag = 'latest', digest } = parseReference(base)
  try {
    return await findPlatforms(repositoryOf(name, access), digest ?? tag)
  } catch (error) {
    if (error instanceof DevenvError) return undefined
    throw error
  }
}

/**
 * What is built on an image of ours that is there is for those platforms that it is for: it stays what it is. Pure.
 * @throws DevenvError `base-lacks-platform` where it is for none of them
 */
export function platformsOn(image: PublishedImage, base: string, platforms: readonly string[]): readonly string[] {
  const has = image.platforms.map(({ platform }) => platform)
  const able = platforms.filter((platform) => has.includes(platform))
  if (able.length === 0) throw new DevenvError({ code: 'base-lacks-platform', base, platforms, has })
  return able
}

/** A word on an image that is there, and not for every platform that a person named. Pure. */
export function notePlatforms(
  reference: string,
  image: PublishedImage | undefined,
  { platforms: wanted = [] }: { platforms: readonly string[] | undefined },
): string[] {
  const has = image?.platforms.map(({ platform }) => platform) ?? []
  const lacks = wanted.filter((platform) => !has.includes(platform))
  if (image === undefined || lacks.length === 0) return []
  return [
    `${reference} is there for ${has.join(', ')} only, not for ${lacks.join(', ')}, and stays what it is. For those: remove this tag from the registry, and publish a new version of the package`,
  ]
}
