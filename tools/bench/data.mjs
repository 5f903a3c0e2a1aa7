#!/usr/bin/env node
// @ts-check
// How long a person waits for the address of a service whose data are not there yet, whatever data there are to take: each from
// `make dev.watch` in a fresh clone, with the image there, in one run.
//
//   node tools/bench/data.mjs PACKAGE-FOLDER CHECKOUT
//   OLDER=REF       also from the data of this older ref of the checkout
//   REGISTRY=PLACE  also from a registry that may be written to, localhost:5000/openedx, and from which the image comes as well
//   SERVED=NAME     waits for the address of this service, WORDS="WITH=NAME@RELEASE" being typed behind `make dev.watch`
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { $ as shell } from 'zx'
import { Clone, DEVENV, Workshop } from '../acceptance/clone.mjs'
import { requireHappened, secondsOf } from './measure.mjs'

const { OLDER: older, REGISTRY: registry, SERVED: served, WORDS: words } = process.env
const $ = shell({ quiet: true })

const [packageFolder = '', given = ''] = process.argv.slice(2)
const checkout = realpathSync(given)
const service = basename(packageFolder) === 'environment' ? basename(dirname(packageFolder)) : basename(packageFolder)
const folder = realpathSync(mkdtempSync(join(tmpdir(), `devenv-bench-data-${service}-`)))

/** @type {Clone[]} */
const clones = []

/** A clone of its own, whose starts keep their data and look for others' in the cache of this name. @param {string} cache @param {Clone} [of] */
async function cloneWith(cache, of) {
  const options = { service, cache: join(folder, 'caches', cache), package: resolve(packageFolder) }
  const workshop = new Workshop({
    ...options,
    folder: join(folder, String(clones.length)),
    snapshots: snapshotsOf(words),
  })
  const clone = await Clone.of(workshop, of?.path ?? checkout)
  clones.push(clone)
  return clone
}

/** @param {string | undefined} typed */
const snapshotsOf = (typed) => [...(typed ?? '').matchAll(/[ =]([a-z-]+)@/g)].map(([, name = '']) => name)

let first = Number.NaN
/** @type {() => Promise<unknown>} */
let left = async () => {}

/**
 * Until the address is printed, and prints how long that took.
 * @param {string} what
 * @param {Clone} clone
 * @param {RegExp} [wanted] what the start has to say of its data
 */
async function measure(what, clone, wanted) {
  const options = {
    ...(words !== undefined && { words: words.split(' ') }),
    ...(served !== undefined && { service: served }),
  }
  let printed = ''
  const seconds = await secondsOf(async () => {
    const view = await clone.watch(options)
    printed = view.printed()
    left = view.leave
  })
  await left()
  if (wanted !== undefined) requireHappened(wanted.test(printed), `“${what}” by what it printed:`, printed)
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

/** Has the image here, so that no figure holds its making. @param {Clone} clone */
const haveImage = (clone) => clone.make('devenv.image')

async function main() {
  console.log(
    `seconds  ratio  ${service}: \`make dev.watch\`${words === undefined ? '' : ` ${words}`} to the printed address`,
  )
  const clone = await cloneWith('own')
  await haveImage(clone)
  await measure('from nothing', clone)
  const kept = join(folder, 'caches', 'own')
  for (const copy of ['two-fewer', 'published']) cpSync(kept, join(folder, 'caches', copy), { recursive: true })
  if (registry !== undefined) await publish(clone)
  if (words === undefined) {
    await addMigrations(clone)
    await measure('the same environment, after a switch to a branch with two more migrations', clone)
  }
  await clone.clean()

  const second = await cloneWith('own')
  await measure('from the local seed', second, words === undefined ? /exactly what the steps would make/ : undefined)
  await second.clean()

  if (words === undefined) {
    const branch = await cloneWith('two-fewer')
    await addMigrations(branch)
    await measure(
      'from the local seed of a checkout with two migrations fewer',
      branch,
      /nearest|of which the checkout has/,
    )
    await branch.clean()
  }
  if (older !== undefined) await measureOlder(older)
  if (registry !== undefined) await measurePulled(registry)
}

/** @param {string} ref */
async function measureOlder(ref) {
  const source = join(folder, 'older')
  await $`git clone --quiet --no-checkout ${checkout} ${source}`
  await $({ cwd: source })`git fetch --quiet ${checkout} ${ref} && git checkout --quiet --detach FETCH_HEAD`
  const before = await cloneWith('older', /** @type {Clone} */ ({ path: source }))
  await haveImage(before)
  const view = await before.watch()
  await view.leave()
  await before.clean()
  const clone = await cloneWith('older')
  await measure(`from the local seed of ${ref}`, clone, /nearest|of which the checkout has/)
  await clone.clean()
}

/** @param {Clone} clone */
async function publish(clone) {
  const env = { DEVENV_REGISTRY: registry ?? '' }
  await clone.succeed([...DEVENV, 'publish', '--pushed', 'HEAD'], { env })
  await clone.succeed([...DEVENV, 'data', 'publish', '--pushed', 'HEAD'], { env })
}

/** @param {string} place */
async function measurePulled(place) {
  process.env.DEVENV_REGISTRY = place
  mkdirSync(join(folder, 'caches', 'empty'), { recursive: true })
  const clone = await cloneWith('empty')
  clone.workshop.env.DEVENV_REGISTRY = place
  const digest = (await clone.make('devenv.digest')).trim().split('\n').at(-1) ?? ''
  const images = (await $`docker image ls --format {{.Repository}}:{{.Tag}}`).lines()
  const ours = images.filter((image) => image.includes(digest.slice(-32)))
  requireHappened(ours.length > 0, `the engine has the image of ${digest}`, images.join(' '))
  await $`docker image rm ${ours}`
  await measure('image and seed from a registry on this machine', clone)
  await clone.clean()
}

try {
  await main()
} finally {
  for (const clone of clones) if (existsSync(clone.path)) await clone.clean()
  if (process.exitCode === undefined) rmSync(folder, { recursive: true, force: true })
}
