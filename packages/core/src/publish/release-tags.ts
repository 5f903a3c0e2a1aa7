import semver from 'semver'

/** A release of the service in a version of its environment package: `ulmo.4` and `1.4.2`. */
export type Edition = { release: string; version: string }

/** The release whose commit moves: the service's main branch. */
export const MAIN = 'main'

/**
 * The tag of an edition, `ulmo.4-1.4.2`. It is immutable, but for that of `main`, whose commit moves while the
 * package's version stays.
 */
export const tagOfEdition = ({ release, version }: Edition): string => `${release}-${version}`

export const isImmutable = ({ release }: Edition): boolean => release !== MAIN

export function parseEdition(tag: string): Edition | undefined {
  const [, release, version] = /^(main|[a-z]+\.\d+)-(\d.*)$/.exec(tag) ?? []
  return release !== undefined && semver.valid(version) === version
    ? { release, version: version as string }
    : undefined
}

/** The tags that follow the highest edition: of `ulmo.4`, these are `ulmo.4`, `ulmo` and `latest`; of `main`, `main`. */
export const floatingTagsOf = ({ release }: Pick<Edition, 'release'>): string[] =>
  release === MAIN ? [MAIN] : [release, nameOf(release), 'latest']

const nameOf = (release: string): string => release.split('.')[0] ?? ''
const numberOf = (release: string): number => Number(release.split('.')[1])

/**
 * Open edX names its releases in the order of the alphabet
 * (https://docs.openedx.org/en/latest/community/release_notes/index.html); within one, numbers count, then versions of
 * the package.
 */
export function compareEditions(a: Edition, b: Edition): number {
  const byName = nameOf(a.release).localeCompare(nameOf(b.release), 'en')
  return byName || numberOf(a.release) - numberOf(b.release) || semver.compare(a.version, b.version)
}

/** The edition that a floating tag belongs to among those there are: the highest, never a prerelease. */
export const highestOf = (floating: string, editions: readonly Edition[]): Edition | undefined =>
  descending(floating, editions)[0]

/** The same among tags, and after it all that would be next. */
export const editionsOf = (floating: string, tags: readonly string[]): Edition[] =>
  descending(
    floating,
    tags.flatMap((tag) => parseEdition(tag) ?? []),
  )

const descending = (floating: string, editions: readonly Edition[]): Edition[] =>
  editions
    .filter((edition) => floatingTagsOf(edition).includes(floating) && semver.prerelease(edition.version) === null)
    .sort((a, b) => compareEditions(b, a))
