import semver from 'semver'
import type { EnvironmentPackage } from '../definition/definition.js'
import { LOCK_FILE, type Lock } from '../definition/devenv-lock.js'
import { DevenvError } from '../problem/problem.js'
import { type Edition, MAIN } from './release-tags.js'

/** What was asked for: releases by name (`all` for each that is declared), or one commit. */
export type Asked =
  /** `unreleased`: between two versions of the package. Only `main` is an edition then. */
  | { kind: 'releases'; names: readonly string[]; as: 'editions' | 'unreleased' }
  /** `ref`: the full ref whose push it is, if it is one: where it is a declared release's, it is that release. */
  | { kind: 'commit'; commit: string; ref: string | undefined; as: 'editions' | 'unreleased' }

/** What to publish or to build: a commit, of which release, and as which edition. */
export type ChosenPublication = { release: string | undefined; edition: Edition | undefined; commit: string }

/**
 * @param declared releases, each with its ref
 * @throws DevenvError `release-unknown`, `lock-lacks` naming every release without a commit, `definition-unreadable` for
 *   a version that is none
 */
export function choosePublications(
  asked: Asked,
  declared: Readonly<Record<string, string>>,
  lock: Lock,
  { version, directory }: EnvironmentPackage,
): ChosenPublication[] {
  const editionOf = (release: string | undefined): Edition | undefined => {
    if (release === undefined || (asked.as === 'unreleased' && release !== MAIN)) return undefined
    // Docker takes no `+` in a tag.
    if (semver.valid(version) === version && !version.includes('+')) return { release, version }
    const detail = `its version is ${version}, and must look like 1.4.2`
    throw new DevenvError({ code: 'definition-unreadable', place: { file: `${directory}/package.json` }, detail })
  }
  if (asked.kind === 'commit') {
    const release = Object.keys(declared).find((name) => isRefOf(name, declared[name] ?? '', asked.ref))
    return [{ release, edition: editionOf(release), commit: asked.commit }]
  }
  const known = Object.keys(declared)
  const unknown = asked.names.find((name) => name !== 'all' && !known.includes(name))
  if (unknown !== undefined) throw new DevenvError({ code: 'release-unknown', release: unknown, known })
  const names = asked.names.includes('all') ? known : [...new Set(asked.names)]
  // A lock that was written for another ref says nothing of this one.
  const lacking = names.filter((name) => lock.releases[name]?.ref !== declared[name])
  if (lacking.length > 0)
    throw new DevenvError({ code: 'lock-lacks', file: `${directory}/${LOCK_FILE}`, releases: lacking })
  return names.map((release) => ({
    release,
    edition: editionOf(release),
    commit: lock.releases[release]?.commit ?? '',
  }))
}

/** Whether a pushed ref is the one that a release declares: the main branch, or for every other release a tag. */
function isRefOf(release: string, declared: string, pushed: string | undefined): boolean {
  // By hand, without saying which kind.
  if (pushed === declared.replace(/^refs\/(heads|tags)\//, '')) return true
  if (declared.startsWith('refs/')) return declared === pushed
  const kinds = release === MAIN ? ['heads', 'tags'] : ['tags']
  return kinds.some((kind) => pushed === `refs/${kind}/${declared}`)
}
