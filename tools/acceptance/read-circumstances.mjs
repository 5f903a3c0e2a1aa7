// @ts-check
// Under which circumstances something was seen: a table without them says little.

import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { $ as run } from 'zx'
import { MIRROR, readHeldLabels, SERVER_LABEL } from '../stand-ins/registry.mjs'

const $ = run({ quiet: true })
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const LIST_IMAGES = fileURLToPath(new URL('../stand-ins/list-images.mjs', import.meta.url))

/**
 * @param {{ service: string, checkout: string, package: string }} what
 * @returns {Promise<Omit<import('./render-report.mjs').Circumstances, 'excused'>>}
 */
export async function readCircumstances({ service, checkout, package: environmentPackage }) {
  return {
    service,
    date: new Date().toISOString().slice(0, 10),
    checkout: `${await refOf(checkout)}, ${await commitOf(checkout)}`,
    devenv: await commitOf(REPOSITORY),
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${distribution()}`,
    engine: `Docker ${(await $`docker version --format {{.Server.Version}}`).stdout.trim()}`,
    images: await imagesOf(environmentPackage),
    settings: settingsOf(process.env),
  }
}

/** Its branch; without one, the tag that it is at. @param {string} folder */
async function refOf(folder) {
  const git = run({ cwd: folder, quiet: true, nothrow: true })
  const branch = (await git`git rev-parse --abbrev-ref HEAD`).stdout.trim()
  if (branch !== 'HEAD') return branch
  return (await git`git describe --tags --exact-match`).stdout.trim() || 'no branch'
}

/** @param {string} folder */
async function commitOf(folder) {
  const git = run({ cwd: folder, quiet: true })
  const commit = (await git`git log -1 --format=${'%h of %cs'}`).stdout.trim()
  const edited = (await git`git status --porcelain --untracked-files=no`).stdout !== ''
  return `${commit}${edited ? ', edited since' : ''}`
}

function distribution() {
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform
}

/** @param {string} environmentPackage */
async function imagesOf(environmentPackage) {
  const { DEVENV_MIRROR: mirror } = process.env
  if (mirror === undefined) return 'the official images'
  if (mirror !== MIRROR) return `the official images, from ${mirror}`
  const references = (await $`node ${LIST_IMAGES} ${environmentPackage}`).lines()
  const standIns = references.map(async (reference) => {
    const server = (await readHeldLabels(reference))?.[SERVER_LABEL]
    return server === undefined ? [] : [`${reference.replace('library/', '')} is ${server}`]
  })
  return `stand-ins: ${(await Promise.all(standIns)).flat().join('; ')}`
}

/** What was chosen for this run: of devenv, and of the service. @param {NodeJS.ProcessEnv} env */
const settingsOf = (env) =>
  Object.entries(env)
    .filter(([name, value]) => /^[A-Z]+_/.test(name) && SETTINGS.test(name) && value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .sort()
const SETTINGS = /^(DISCOVERY|EDX_PLATFORM|FORUMS?|DEVENV)_(?!(MIRROR|PACKAGE|MK|CHECKOUT)$)/
