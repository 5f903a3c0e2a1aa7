// @ts-check
// The releases of the commit that is checked out.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask, REPOSITORY, readProjects } from './nx.mjs'
import { parseRelease } from './plan.mjs'

/** @typedef {{ tag: string, project: string, version: string, name: string, targets: string[] }} Released */

/**
 * What the tags here say was released, or the one that is named. Ends the program where a tag says what is not so.
 * @param {string | undefined} named discovery@1.4.2
 * @returns {Promise<Released[]>}
 */
export async function readReleases(named) {
  const here = (await ask`git tag --points-at HEAD`).stdout.split('\n')
  if (named && parseRelease(named) === undefined)
    refuse(`${named} is not a release.`, 'A release has the form PROJECT@VERSION.', 'RELEASE=discovery@1.4.2')
  if (named && !here.includes(named))
    refuse(
      `${named} is not the commit that is checked out.`,
      'devenv publishes a release from the commit of its tag.',
      `git fetch --tags && git checkout ${named}`,
    )
  const tags = here.filter((tag) => parseRelease(tag) !== undefined && (!named || tag === named))
  const projects = tags.length > 0 ? await readProjects() : {}
  return tags.map((tag) => readRelease(tag, projects))
}

/**
 * @param {string} tag
 * @param {Awaited<ReturnType<typeof readProjects>>} projects
 * @returns {Released}
 */
function readRelease(tag, projects) {
  const { project, version } = /** @type {import('./plan.mjs').Release} */ (parseRelease(tag))
  const { root, targets = {} } = projects[project]?.data ?? {}
  if (root === undefined)
    return refuse(`${tag} names no project.`, 'Nx has no project of that name.', 'npx nx show projects')
  const manifest = JSON.parse(readFileSync(join(REPOSITORY, root, 'package.json'), 'utf8'))
  if (manifest.version !== version)
    return refuse(
      `${tag} is on a commit where ${root}/package.json says ${manifest.version}.`,
      'The published version would not match the tag.',
      `git tag --delete ${tag}   (npx nx release writes both)`,
    )
  return { tag, project, version, name: manifest.name, targets: Object.keys(targets) }
}

/**
 * @param {string} what
 * @param {string} why
 * @param {string} fix
 * @returns {never}
 */
export function refuse(what, why, fix) {
  process.stderr.write(`release-unpublishable\n  what  ${what}\n  why   ${why}\n  fix   ${fix}\n`)
  process.exit(1)
}
