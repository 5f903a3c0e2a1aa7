#!/usr/bin/env node
// @ts-check
// Over the history of a service: how many images its commits ask for, beside how many contents the inputs had. The
// second is counted by git alone, from the ids of the files that Dockerfile.dockerignore names.
//
//   node tools/bench/history.mjs packages/discovery ../course-discovery --since=2023-11-26 --until=2025-11-26
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import { readLock } from '../../packages/core/dist/definition/devenv-lock.js'
import { readPackage } from '../../packages/core/dist/definition/find-package.js'
import { openCommits, wantedOf } from '../../packages/core/dist/image/image-source.js'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    ref: { type: 'string', default: 'origin/HEAD' },
    since: { type: 'string' },
    until: { type: 'string' },
  },
})
const [folder, checkout] = positionals
if (folder === undefined || checkout === undefined || !existsSync(checkout)) {
  process.stderr.write('usage: history.mjs PACKAGE CHECKOUT [--ref=REF] [--since=DAY] [--until=DAY]\n')
  process.exit(2)
}

/** @param {string[]} words */
const git = (...words) => $({ quiet: true })`git -C ${checkout} ${words}`

// By the day of each commit: rev-list's own --since counts from now, and stops at the first that is older.
const commits = await git('rev-list', '--first-parent', '--format=%cs', '--no-commit-header', values.ref).lines()
const ids = await git('rev-list', '--first-parent', values.ref).lines()
const chosen = ids.filter(
  (_id, at) => (commits[at] ?? '') >= (values.since ?? '') && (commits[at] ?? '') <= (values.until ?? '9'),
)

const environmentPackage = readPackage(resolve(folder))
const inputs = readFileSync(join(folder, 'Dockerfile.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1).trim())
const source = {
  package: environmentPackage,
  registry: undefined,
  mirror: undefined,
  locked: readLock(environmentPackage).images,
  variables: {},
}

/** @type {string[]} */
const digests = []
/** @type {number[]} */
const times = []
const images = openCommits(source, checkout)
for (const commit of chosen) {
  const began = performance.now()
  digests.push(wantedOf((await images.read(commit)).inputs).digest)
  times.push(performance.now() - began)
}
images.close()
/** @type {string[]} */
const contents = []
for (const commit of chosen) contents.push(await git('ls-tree', '-r', commit, '--', ...inputs).text())
const pairs = new Set(chosen.map((_commit, at) => `${digests[at]} ${contents[at]}`))
const sorted = times.slice(1).sort((a, b) => a - b)
const count = (/** @type {Iterable<unknown>} */ values) => new Set(values).size
console.log(`| ${environmentPackage.service}, ${chosen.length} first parents of ${values.ref}, ${commits[ids.indexOf(chosen.at(-1) ?? '')]} to ${commits[ids.indexOf(chosen[0] ?? '')]} | |
|---|---:|
| distinct contents of the inputs, by git | ${count(contents)} |
| distinct images, by input digest | ${count(digests)} |
| distinct pairs of the two | ${pairs.size} |
| commits whose image was there already | ${chosen.length - count(digests)} |
| time for the first commit (Compose resolves the definition) | ${times[0]?.toFixed(0)} ms |
| time per further commit, median | ${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} ms |
| … the slowest | ${sorted.at(-1)?.toFixed(1)} ms |`)
if (count(contents) !== count(digests) || pairs.size !== count(digests)) process.exitCode = 1
