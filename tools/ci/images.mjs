#!/usr/bin/env node
// @ts-check
// Builds or publishes the images of the environments that changed, each by the command that a person has:
//
//   node tools/ci/images.mjs image      builds them, or finds them in the registry
//   node tools/ci/images.mjs publish    pushes the images that the registry does not have, and moves the tags
//   node tools/ci/images.mjs seeds      the same for ready data, each by tools/ci/seeds.mjs
//
// In the environment: BASE=COMMIT, since when Nx looks for changes; RELEASE=discovery@1.4.2, that one alone;
// PLATFORM, BUILDER, BILL and DRY_RUN for `devenv publish`. What the tags on this commit say was released is published
// as that version; all else as what is between two versions.

import { ask, runNx } from './nx.mjs'
import { planImages } from './plan.mjs'
import { readReleases } from './releases.mjs'

const command =
  /** @type {const} */ (['image', 'seeds', 'publish']).find((name) => name === process.argv[2]) ?? 'publish'

const { BASE, RELEASE } = process.env

/** A release publishes itself alone, whatever the base. */
async function readsBase() {
  if (!BASE || (command !== 'image' && RELEASE)) return false
  const { ok } = await ask`git merge-base ${BASE} HEAD`
  if (!ok) process.stderr.write(`ci: ${BASE} is not in this clone, so all environments count as changed.\n`)
  return ok
}

const releases = command !== 'image' ? await readReleases(RELEASE) : []
const released = releases.filter(({ targets }) => targets.includes(command)).map(({ project }) => project)

const baseIsKnown = await readsBase()

for (const words of planImages(command, process.env, { baseIsKnown, released }))
  if (!(await runNx(words))) process.exitCode = 1
