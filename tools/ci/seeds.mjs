#!/usr/bin/env node
// @ts-check
// Publishes the data of an environment for each release that its package declares, by the commands that a person has:
//
//   node tools/ci/seeds.mjs packages/discovery [--unreleased] [--dry-run]
//
// Of each release, the commit that the lock names is checked out. Where the registry lacks its data, the environment is started
// from nothing, and cleaned afterwards.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { $ } from 'zx'
import { REPOSITORY } from './nx.mjs'
import { planSeed } from './plan.mjs'

const [root = '', ...options] = process.argv.slice(2)
const folder = join(REPOSITORY, root)
const { repository, releases = {} } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'))['x-devenv']
const file = join(folder, 'devenv-lock.json')
/** @type {{ releases: Record<string, { commit: string }> }} */
const lock = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { releases: {} }

// A service that is made of several repositories runs without data.
for (const release of repository === undefined ? [] : Object.keys(releases)) {
  const checkout = mkdtempSync(join(tmpdir(), 'devenv-seed-'))
  const devenv = ['node', 'packages/core/bin/devenv.js', '--package', root, '--checkout', checkout]
  const shown = $({ cwd: REPOSITORY, stdio: 'inherit' })
  try {
    const git = $({ cwd: checkout, quiet: true, stdio: ['inherit', 'pipe', 'inherit'] })
    await git`git init --quiet && git fetch --quiet --depth=1 ${repository} ${lock.releases[release]?.commit} && git checkout --quiet FETCH_HEAD`
    const words = ['data', 'publish', '--release', release, ...options]
    const look = $({ cwd: REPOSITORY, quiet: true, stdio: ['inherit', 'pipe', 'inherit'] })
    const { steps } = JSON.parse((await look`${devenv} ${words} --dry-run --json`).stdout)
    for (const { env, words: each } of planSeed(words, steps))
      await shown({ env: { ...process.env, ...env } })`${devenv} ${each}`
  } catch {
    // It has said why. The other releases are as good as they were.
    process.exitCode = 1
  } finally {
    await shown({ nothrow: true })`${devenv} clean --yes`
    rmSync(checkout, { recursive: true, force: true })
  }
}
