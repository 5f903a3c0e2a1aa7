// @ts-check
// What CI decides, apart from what it does.

import { lt, prerelease } from 'semver'

/** @typedef {{ BASE?: string, RELEASE?: string, PLATFORM?: string, BUILDER?: string, BILL?: string, DRY_RUN?: string }} Wishes */
/** @typedef {{ project: string, version: string }} Release */

/**
 * What Nx is to run, each a list of words: the command of devenv on every environment that may have changed. A base
 * that this clone does not know selects all: more than needed, where the digest still decides.
 * @param {'image' | 'publish' | 'seeds'} command
 * @param {Wishes} wishes
 * @param {{ baseIsKnown: boolean, released: readonly string[] }} seen whether the base is in this clone; the projects
 *   released in the commit that is checked out
 * @returns {string[][]}
 */
export function planImages(command, { BASE: base, RELEASE: release, ...wishes }, { baseIsKnown, released }) {
  /** @param {readonly string[]} how */
  const run = (how, words = wordsFor(command, wishes)) => [
    ...how,
    `--targets=${command}`,
    '--parallel=1',
    '--output-style=stream',
    '--',
    ...words,
  ]
  const changed = ['affected', `--base=${base}`, '--head=HEAD']
  if (command === 'image') {
    // Without a base, a person builds what differs from main, uncommitted changes too.
    if (!base) return [run(['affected'])]
    return [run(baseIsKnown ? changed : ['run-many'])]
  }
  const editions = released.length > 0 ? [run(['run-many', `--projects=${released.join(',')}`])] : []
  if (release) return editions
  // Between two releases of a package, `ulmo.4-1.4.2` stays what it is.
  const others = [
    ...(base && baseIsKnown ? changed : ['run-many']),
    ...['tag:private', ...released].map((name) => `--exclude=${name}`),
  ]
  return [...editions, run(others, ['--unreleased', ...wordsFor(command, wishes)])]
}

/**
 * @param {'image' | 'publish' | 'seeds'} command
 * @param {Wishes} wishes
 */
function wordsFor(command, { PLATFORM, BUILDER, BILL, DRY_RUN }) {
  const dryRun = DRY_RUN ? ['--dry-run'] : []
  if (command === 'image') return ['--release', 'all', ...dryRun]
  if (command === 'seeds') return dryRun
  return [
    ...(PLATFORM ? ['--platform', PLATFORM] : []),
    ...(BUILDER ? ['--builder', BUILDER] : []),
    ...(BILL ? ['--bill', BILL] : []),
    ...dryRun,
  ]
}

/**
 * What is done with a release's checkout: its data are made from nothing where they are to be pushed.
 * @param {readonly string[]} words of the command that publishes them
 * @param {readonly { do: string }[]} steps what it would do
 * @returns {{ words: readonly string[], env?: Record<string, string> }[]}
 */
export function planSeed(words, steps) {
  const making = steps.some((step) => step.do === 'push') && !words.includes('--dry-run')
  return [...(making ? [{ words: ['start'], env: { DEVENV_SEEDS: 'none' } }] : []), { words }]
}

/**
 * @param {string} tag as `nx release` writes it: discovery@1.4.2
 * @returns {Release | undefined}
 */
export function parseRelease(tag) {
  const { project, version } = /^(?<project>[a-z][a-z0-9-]*)@(?<version>\d+\.\d+\.\d+[\w.+-]*)$/.exec(tag)?.groups ?? {}
  return project === undefined || version === undefined ? undefined : { project, version }
}

/**
 * npm's name for a version: who installs without naming one never gets an older one, nor one before its release.
 * @param {string} version
 * @param {string | undefined} latest what npm gives without a version today
 */
export function planDistTag(version, latest) {
  if (prerelease(version) !== null) return 'next'
  return latest !== undefined && lt(version, latest) ? 'previous' : 'latest'
}
