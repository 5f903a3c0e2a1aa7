#!/usr/bin/env node
// @ts-check
// How long a person waits for the address of a service whose data are not there yet, whatever data there are to take: each from
// `make dev.watch` in a fresh clone, with the image there, in one run.
//
//   node tools/bench/data.mjs PACKAGE-FOLDER CHECKOUT
//
// In the environment: OLDER=REF, a tag, branch or commit of the checkout that is older, whose data are taken as well.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { $ as shell } from 'zx'
import { Clone, Workshop } from '../acceptance/clone.mjs'
import { requireHappened } from './measure.mjs'

const [packageFolder = '', given = ''] = process.argv.slice(2)
const { OLDER } = process.env
const checkout = realpathSync(given)
const service = basename(packageFolder) === 'environment' ? basename(dirname(packageFolder)) : basename(packageFolder)
const $ = shell({ quiet: true })
const folder = realpathSync(mkdtempSync(join(tmpdir(), `devenv-bench-data-${service}-`)))

/** @type {Clone[]} */
const clones = []

/**
 * A clone of its own, whose starts keep their data and look for others' in the cache of this name.
 * @param {string} cache
 * @param {string} [of] what is cloned
 */
async function cloneWith(cache, of = checkout) {
  const workshop = new Workshop({
    service,
    folder: join(folder, String(clones.length)),
    cache: join(folder, 'caches', cache),
    package: resolve(packageFolder),
    snapshots: [],
  })
  const clone = await Clone.of(workshop, of)
  clones.push(clone)
  return clone
}

let first = Number.NaN

/**
 * Until the address is printed, and prints how long that took.
 * @param {string} what
 * @param {Clone} clone
 * @param {RegExp} wanted what the start has to say of its data
 */
async function measure(what, clone, wanted) {
  const began = performance.now()
  const view = await clone.watch()
  const seconds = (performance.now() - began) / 1000
  const printed = view.printed()
  await view.leave()
  requireHappened(wanted.test(printed), `“${what}” by what it printed:`, printed)
  if (Number.isNaN(first)) first = seconds
  console.log(`${seconds.toFixed(1).padStart(7)} s ${(seconds / first).toFixed(2).padStart(6)}  ${what}`)
}

/** Two more migrations, as a branch brings them. @param {Clone} clone */
async function addMigrations(clone) {
  const add = existsSync(join(clone.path, 'manage.py')) ? addDjangoMigration : addSqlMigration
  for (const file of [add(clone), add(clone)]) await clone.succeed(['git', 'add', file])
  await clone.commit('Two more migrations')
}

/** @param {Clone} clone */
function addDjangoMigration(clone) {
  const [first] = readdirSync(clone.path, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\/migrations\/0001_\w+\.py$/.test(file) && !/node_modules|test|^\.|venv/.test(file))
    .sort()
  const migrations = dirname(first ?? '')
  const all = readdirSync(join(clone.path, migrations)).filter((file) => /^\d{4}_\w+\.py$/.test(file))
  const last = basename(all.sort().at(-1) ?? '', '.py')
  const file = join(migrations, `${String(Number(last.slice(0, 4)) + 1).padStart(4, '0')}_measured.py`)
  const label = /^\s*(?:label|name) *= *['"](?:[\w.]+\.)?(\w+)['"]/m.exec(
    readAppConfig(join(clone.path, dirname(migrations))),
  )?.[1]
  const app = label ?? basename(dirname(migrations))
  clone.write(
    file,
    `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('${app}', '${last}')]\n    operations = [migrations.RunSQL('SELECT 1', 'SELECT 1')]\n`,
  )
  return file
}

/** @param {string} app */
const readAppConfig = (app) => (existsSync(join(app, 'apps.py')) ? readFileSync(join(app, 'apps.py'), 'utf8') : '')

/** Of the example. @param {Clone} clone */
function addSqlMigration(clone) {
  const migrations = 'hello/migrations'
  const number = readdirSync(join(clone.path, migrations)).length + 1
  const file = join(migrations, `${String(number).padStart(4, '0')}_measured.sql`)
  clone.write(file, `ALTER TABLE greetings ADD COLUMN measured_${number} INT;\n`)
  return file
}

const EXACT = /exactly what the steps would make/
const NEAREST = /nearest|of which the checkout has/

async function measureLocal() {
  const clone = await cloneWith('own')
  // So that no figure holds its making.
  await clone.make('devenv.image')
  await measure('from nothing', clone, /✓ keep a seed/)
  cpSync(join(folder, 'caches', 'own'), join(folder, 'caches', 'two-fewer'), { recursive: true })
  await addMigrations(clone)
  const what = 'the same environment, after a switch to a branch with two more migrations'
  await measure(what, clone, /✓ migrations/)
  await clone.clean()

  const second = await cloneWith('own')
  await measure('from the local seed', second, EXACT)
  await second.clean()

  const branch = await cloneWith('two-fewer')
  await addMigrations(branch)
  await measure('from the local seed of a checkout with two migrations fewer', branch, NEAREST)
  await branch.clean()
}

/** A registry on this machine: no network is in the figures, but all that is done with what it brings. */
async function measureRegistry() {
  const name = `devenv-bench-registry-${process.pid}`
  const registryImage = `${process.env.DEVENV_MIRROR ?? 'docker.io'}/library/registry:2`
  await $`docker run --detach --name ${name} --publish 127.0.0.1::5000 ${registryImage}`
  try {
    const registry = `localhost:${(await $`docker port ${name} 5000/tcp`).stdout.trim().split(':').at(-1)}`
    const origin = await cloneWith('own')
    origin.workshop.env.DEVENV_REGISTRY = registry
    await origin.make('devenv.start')
    await origin.devenv('data', 'publish')
    /** Its name in the registry. @type {string} */
    const [image] = JSON.parse(await origin.devenv('image', '--json'))
    await $`docker push --quiet ${image}`
    await origin.clean()

    const seeds = `devenv/${service}-data`
    const answer = await fetch(`http://${registry}/v2/${seeds}/tags/list`)
    const { tags } = /** @type {{ tags: string[] }} */ (await answer.json())
    const own = image.slice(registry.length + 1)
    const sizes = [await megabytes(registry, `${seeds}:${tags[0]}`), await megabytes(registry, own)]
    console.log(`${' '.repeat(17)}to download: a seed of ${sizes[0]}, an image of ${sizes[1]}`)
    const rows = {
      'from a seed of a registry': EXACT,
      'from a registry: the image, as far as its layers are not there, and a seed':
        /✓ pull [\s\S]*exactly what the steps/,
    }
    for (const [what, wanted] of Object.entries(rows)) {
      const clone = await cloneWith(what)
      clone.workshop.env.DEVENV_REGISTRY = registry
      await measure(what, clone, wanted)
      await clone.clean()
      await $`docker rmi --force ${image} ${own}`
    }
  } finally {
    await $`docker rm --force --volumes ${name}`
  }
}

/** What a registry sends of an image or artifact. @param {string} registry @param {string} reference name:tag */
async function megabytes(registry, reference) {
  const [name, tag] = reference.split(':')
  const types = ['oci.image.manifest.v1', 'docker.distribution.manifest.v2'].map(
    (type) => `application/vnd.${type}+json`,
  )
  const answer = await fetch(`http://${registry}/v2/${name}/manifests/${tag}`, { headers: { accept: types.join() } })
  const { layers } = /** @type {{ layers: { size: number }[] }} */ (await answer.json())
  return `${(layers.reduce((all, { size }) => all + size, 0) / 1e6).toFixed(2)} MB`
}

/** @param {string} older a ref of the checkout */
async function measureOlder(older) {
  const release = join(folder, 'older', basename(checkout))
  await $`git clone --quiet ${checkout} ${release}`
  await $`git -C ${release} checkout --quiet ${older}`
  const origin = await cloneWith('older', release)
  await origin.make('devenv.start')
  await origin.clean()
  const clone = await cloneWith('older')
  await clone.make('devenv.image')
  await measure(`from the local seed of ${older}`, clone, NEAREST)
  await clone.clean()
}

try {
  console.log(`seconds  ratio  ${service}: \`make dev.watch\` to the printed address`)
  await measureLocal()
  await measureRegistry()
  if (OLDER !== undefined) await measureOlder(OLDER)
} finally {
  for (const clone of clones) if (existsSync(clone.path)) await clone.clean()
  if (process.exitCode === undefined) rmSync(folder, { recursive: true, force: true })
}
