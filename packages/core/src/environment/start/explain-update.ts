import semver from 'semver'
import type { StartedWith } from '../data/record.js'
import type { Changelog, ObservedPackage } from './read-packages.js'

/**
 * What a start changes. `image`: what differs of what the package puts into the image; `servers`: third-party services with another
 * image; `steps`: those that are due, `undefined` while only the image tells.
 */
export type UpdateEffects = {
  image: readonly string[]
  servers: readonly { service: string; from: string; to: string }[]
  steps: readonly string[] | undefined
}

const MOST_WORDS = 30

/**
 * One note where the environment package or core is not what it was at the last start; none where nothing follows from other files of the
 * same version. Pure.
 */
export function explainUpdate(
  before: StartedWith | undefined,
  now: readonly ObservedPackage[],
  effects: UpdateEffects,
): string | undefined {
  const updated = now.flatMap((each) => {
    const last = before?.[each.name]
    if (last === undefined || (last.version === each.version && last.content === each.content)) return []
    return [{ ...each, from: last.version }]
  })
  const { image, servers, steps } = effects
  const isNothing = image.length + servers.length + (steps?.length ?? 1) === 0
  if (updated.every(({ from, version }) => from === version) && (updated.length === 0 || isNothing)) return undefined
  return [
    updated.map(explainVersion).join('; '),
    `  image: ${image.length === 0 ? 'the same' : `another, for ${image.join(', ')}`}`,
    ...servers.map(({ service, from, to }) => `  image of ${service}: ${to}, before ${from}`),
    `  data: ${explainSteps(steps)}`,
    ...updated.flatMap(({ name, from, version, changelog }) =>
      changelog === undefined ? [] : tellWords(name, changelog, { from, to: version }),
    ),
  ].join('\n')
}

const explainVersion = ({ name, from, version }: ObservedPackage & { from: string }): string =>
  from === version
    ? `${name} ${version} has other files than at the last start`
    : `${name} is ${version} now, after ${from}`

function explainSteps(steps: UpdateEffects['steps']): string {
  if (steps === undefined) return 'only the image tells which steps are due'
  return steps.length === 0 ? 'no step is due' : `these steps are due: ${steps.join(', ')}`
}

function tellWords(name: string, { file, text }: Changelog, span: { from: string; to: string }): string[] {
  const releases = releasesBetween(text, span)
  const lines = releases.flatMap(({ version, words }) => words.map((word) => `  ${name} ${version}: ${word}`))
  const more = lines.length - MOST_WORDS
  return more <= 0 ? lines : [...lines.slice(0, MOST_WORDS), `  and ${more} more in ${file}`]
}

/** As Nx writes them: `## 1.2.3 (2026-01-31)`, with one `#` for a major version. */
const HEADING = /^##? \[?(\d+\.\d+\.\d+[^\s\]]*)\]?.*$/gm

/** What a changelog of `nx release` says of the versions after `from`, up to `to`, the newest first: one line for each change. Pure. */
export function releasesBetween(
  changelog: string,
  { from, to }: { from: string; to: string },
): { version: string; words: string[] }[] {
  const headings = [...changelog.matchAll(HEADING)]
  return headings.flatMap(({ 0: heading, 1: version = '', index }, at) => {
    if (![version, from, to].every(isVersion) || !semver.gt(version, from) || semver.gt(version, to)) return []
    return [{ version, words: wordsIn(changelog.slice(index + heading.length, headings[at + 1]?.index)) }]
  })
}

const isVersion = (text: string): boolean => semver.valid(text) !== null

/** Each change of a section on one line, without Markdown, links to commits and what npm tells anyway. */
function wordsIn(section: string): string[] {
  const points = [...section.matchAll(/^- (.+(?:\n {2,}.+)*)$/gm)].map(([, point = '']) =>
    point
      .replace(/ *\((?:\[[^\]]*\]\([^)]*\)(?:, )?)+\)/g, '')
      .replace(/\*\*/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  )
  // Nx writes what breaks something twice: with a mark, and with what has to be done.
  const marked = points.flatMap((point) => (point.startsWith(MARK) ? [point.slice(MARK.length)] : []))
  const isTwice = (point: string) => points.some((other) => other.startsWith(point.slice(MARK.length)))
  return points
    .filter((point) => !point.startsWith('Updated ') && !(point.startsWith(MARK) && isTwice(point)))
    .map((point) => (marked.some((each) => point.startsWith(each)) ? `${MARK}${point}` : point))
}

const MARK = '⚠️ '
