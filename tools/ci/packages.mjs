#!/usr/bin/env node
// @ts-check
// Publishes to npm what was released in the commit that is checked out, as the tags on it say: discovery@1.4.2.
// With RELEASE=discovery@1.4.2, that one alone. What is there already is left alone; DRY_RUN=1 only says.

import { ask, runNx } from './nx.mjs'
import { planDistTag } from './plan.mjs'
import { readReleases, refuse } from './releases.mjs'

const { RELEASE, DRY_RUN } = process.env

/** @param {string} name */
async function readLatest(name) {
  const { ok, stdout, stderr } = await ask`npm view ${name} dist-tags.latest`
  if (!ok && !stderr.includes('E404'))
    refuse(`npm does not say which version of ${name} is the latest.`, stderr.trim(), 'npm ping')
  return ok ? stdout.trim() || undefined : undefined
}

/** @type {Record<string, string[]>} */
const projectsByDistTag = {}
for (const { tag, project, version, name, targets } of await readReleases(RELEASE)) {
  if (!targets.includes('nx-release-publish')) {
    process.stderr.write(`ci: ${tag} is private, so npm does not get it.\n`)
    continue
  }
  const distTag = planDistTag(version, await readLatest(name))
  projectsByDistTag[distTag] = [...(projectsByDistTag[distTag] ?? []), project]
}

for (const [distTag, projects] of Object.entries(projectsByDistTag)) {
  // Nx begins with what others depend on.
  const words = ['release', 'publish', `--projects=${projects.join(',')}`, `--tag=${distTag}`]
  if (!(await runNx([...words, ...(DRY_RUN ? ['--dry-run'] : [])]))) process.exitCode = 1
}
