import { ensureCommits, readRemoteRefs } from './git-repository.js'

/** Where the code of a service is kept: in one repository; or, of a service of several parts, each folder of it in one of its own. */
export type Upstream = string | Parts
/** By the name of the folder. */
export type Parts = Readonly<Record<string, string>>

/** The commit of a service of several parts, as one text: `account=<commit> authn=<commit>`. Pure. */
export const renderParts = (commits: Readonly<Record<string, string>>): string =>
  Object.keys(commits)
    .sort()
    .map((part) => `${part}=${commits[part]}`)
    .join(' ')

const COMMIT = '[0-9a-f]{40,64}'
const PART = `[a-z0-9][a-z0-9-]*=${COMMIT}`

/** Whether a text is a whole commit, of one repository or of several parts. Pure. */
export const isCommit = (text: string): boolean => new RegExp(`^(${COMMIT}|${PART}( ${PART})*)$`).test(text)

/** The commit of each part; `undefined` for that of one repository. Pure. */
export const parseParts = (commit: string): ReadonlyMap<string, string> | undefined =>
  commit.includes('=')
    ? new Map(commit.split(' ').map((part): [string, string] => [part.replace(/=.*/, ''), part.replace(/.*=/, '')]))
    : undefined

/** For people. Pure. */
export function describeUpstream(upstream: Upstream): string {
  if (typeof upstream === 'string') return upstream
  const [first, ...others] = Object.values(upstream)
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`
}

/**
 * The commits that refs name now; of a service of several parts, each part has the ref.
 * @throws DevenvError `refs-missing`, `git-failed`
 */
export async function readReleaseCommits(upstream: Upstream, refs: readonly string[]): Promise<Map<string, string>> {
  if (typeof upstream === 'string') return await readRemoteRefs(upstream, refs)
  const parts = await Promise.all(
    Object.entries(upstream).map(async ([part, url]) => ({ part, commits: await readRemoteRefs(url, refs) })),
  )
  return new Map(
    refs.map((ref) => [
      ref,
      renderParts(Object.fromEntries(parts.map(({ part, commits }) => [part, commits.get(ref) ?? '']))),
    ]),
  )
}

/**
 * A repository that has all of `commits`, of whatever parts.
 * @throws DevenvError `commits-unavailable`, `folder-unusable`
 */
export async function ensureCode(
  { checkout, service, upstream }: { checkout: string | undefined; service: string; upstream: Upstream | undefined },
  commits: readonly string[],
  network: 'online' | 'offline' = 'online',
): Promise<string> {
  if (upstream === undefined || typeof upstream === 'string')
    return await ensureCommits({ checkout, service, url: upstream }, commits, network)
  const named = commits.flatMap((commit) => [...(parseParts(commit) ?? [])])
  const parts = [...new Set(named.map(([part]) => part))]
  const commitsOf = (part: string) => named.flatMap(([of, commit]) => (of === part ? [commit] : []))
  const ensure = (url: string | undefined, wanted: readonly string[]) =>
    ensureCommits({ checkout: undefined, service, url }, [...new Set(wanted)], network)
  let repository = await ensure(undefined, [])
  // One after the other: they are fetched into one repository.
  for (const part of parts) repository = await ensure(upstream[part], commitsOf(part))
  return repository
}
