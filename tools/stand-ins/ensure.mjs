#!/usr/bin/env node
// @ts-check
// Sees to it that stand-ins for official images are there, in a registry on loopback.
//
//   node tools/stand-ins/ensure.mjs library/mysql:8.4.9 …   builds what is missing; prints the value for DEVENV_MIRROR
//   node tools/stand-ins/ensure.mjs --known IMAGE…          leaves out and names the images without a stand-in
//   node tools/stand-ins/ensure.mjs --check-hub             exit code 0 when Docker Hub itself can be reached
//
// All but that one value goes to stderr.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { run, runPiped, succeeds } from './command.mjs'
import { describeStandIn, parseReference, planStandIns, sortByRecipe, tagsBuiltOn, withBases } from './plan.mjs'
import { MIRROR, RECIPE_LABEL, REGISTRY, readHeldRecipe, registryAnswers, SERVER_LABEL } from './registry.mjs'

const RECIPES_FOLDER = fileURLToPath(new URL('recipes', import.meta.url))
const LABEL = 'org.openedx.devenv.stand-in'
const REGISTRY_IMAGE = 'library/registry:2'
const REGISTRY_CONTAINER = 'devenv-stand-ins-registry'
const REGISTRY_VOLUME = 'devenv-stand-ins'
const HUB_PROBE = 'docker.io/library/debian:bookworm-slim'

/** @param {string} line */
const say = (line) => process.stderr.write(`stand-ins: ${line}\n`)

/** @param {string} reference */
const here = (reference) => `${MIRROR}/${reference}`

// --- read ------------------------------------------------------------------------------------------------------------

/**
 * @param {string} folder
 * @returns {import('./plan.mjs').RecipeFile[]}
 */
function readRecipeFolder(folder) {
  const root = join(RECIPES_FOLDER, folder)
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map((file) => ({
      path: relative(root, file),
      executable: (statSync(file).mode & 0o100) !== 0,
      content: readFileSync(file, 'utf8'),
    }))
}

/** @param {string[]} references */
async function readHeldRecipes(references) {
  return new Map(
    await Promise.all(references.map(async (name) => /** @type {const} */ ([name, await readHeldRecipe(name)]))),
  )
}

// --- build -----------------------------------------------------------------------------------------------------------

/** @param {import('./plan.mjs').StandIn} standIn */
async function build(standIn) {
  const { reference, recipe, args } = standIn
  const folder = join(RECIPES_FOLDER, recipe.folder)
  const image = here(reference)
  const unnamed = `${image}-being-made` // so that what carries the name is always whole
  if (recipe.from === 'bootstrap') {
    await runPiped(
      [join(folder, 'bootstrap'), ...Object.values(args)],
      ['docker', 'import', '--change', 'CMD ["bash"]', '-', unnamed],
    )
  } else {
    await run(dockerBuild(unnamed, { ...args, DEVENV_MIRROR: MIRROR }, [folder]))
  }
  const server = await run(['docker', 'run', '--rm', '--network=none', '--entrypoint=cat', unnamed, '/etc/stand-in'])
  const labels = { [LABEL]: reference, [SERVER_LABEL]: server, [RECIPE_LABEL]: standIn.digest }
  const dockerfile = Object.entries(labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`)
  await run(dockerBuild(image, {}, ['-']), [`FROM ${unnamed}`, ...dockerfile, ''].join('\n'))
  await run(['docker', 'image', 'rm', '--no-prune', unnamed])
  say(`${reference} is ready. It stands in for the official image; it is really ${server}`)
}

/**
 * The engine's own builder, whatever builder is chosen: it sees the engine's images, and localhost is the machine's.
 * What a network's own certificate authority signs is accepted through a secret: nothing of it stays in an image.
 * @param {string} image
 * @param {Record<string, string>} args
 * @param {string[]} context
 * @returns {import('./command.mjs').Argv}
 */
function dockerBuild(image, args, context) {
  const buildArgs = Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`)
  const bundle = [process.env.SSL_CERT_FILE, '/etc/ssl/certs/ca-certificates.crt'].find(
    (file) => file && existsSync(file),
  )
  return [
    'docker',
    ...['buildx', 'build', '--builder=default', '--progress=plain', '--load', `--tag=${image}`],
    ...(bundle ? [`--secret=id=ca-bundle,src=${bundle}`] : []),
    ...buildArgs,
    ...context,
  ]
}

/** @param {string} reference */
const push = (reference) => run(['docker', 'push', '--quiet', here(reference)])

/**
 * The tag of an environment's image tells its inputs, and a stand-in is none of them: one that was built on what stood in
 * before would be taken for one that is built on this. A container that runs on it keeps it, without a name.
 * @param {string} reference
 */
async function forgetBuiltOn(reference) {
  const ids = await run(['docker', 'image', 'ls', '--quiet', `--filter=label=${LABEL}`])
  const format = `{"tags":{{json .RepoTags}},"standIns":{{json (index .Config.Labels "${LABEL}")}}}`
  const inspected = await Promise.all(
    // One that has gone meanwhile needs no more.
    [...new Set(ids.split(/\s+/))].map((id) =>
      run(['docker', 'image', 'inspect', `--format=${format}`, id]).catch(() => ''),
    ),
  )
  const images = inspected.filter((text) => text !== '').map((text) => JSON.parse(text))
  for (const tag of tagsBuiltOn(here(reference), images)) {
    if (await succeeds(['docker', 'image', 'rm', '--force', tag]))
      say(`removed ${tag}, because it was built on an earlier stand-in; the next start builds it again`)
  }
}

/** @param {import('./plan.mjs').Step[]} steps */
async function carryOut(steps) {
  for (const { standIn, because } of steps) {
    say(`building ${standIn.reference}: ${because}`)
    await build(standIn)
    await push(standIn.reference)
    await forgetBuiltOn(standIn.reference)
  }
  // What an earlier recipe made has lost its name now.
  if (steps.length > 0) await succeeds(['docker', 'image', 'prune', '--force', `--filter=label=${LABEL}`])
}

// --- the registry ----------------------------------------------------------------------------------------------------

async function startRegistry() {
  if (await succeeds(['docker', 'start', REGISTRY_CONTAINER])) {
    say(`started the registry again: container ${REGISTRY_CONTAINER}`)
    return waitForRegistry()
  }
  // No registry holds the registry's own image yet: built in the engine's store, pushed once it runs.
  const registry = describeStandIn(REGISTRY_IMAGE, readRecipeFolder)
  const made = [...registry.bases, REGISTRY_IMAGE]
  for (const reference of made) {
    if (await succeeds(['docker', 'image', 'inspect', here(reference)])) continue
    say(`building ${reference}: the registry consists of it`)
    await build(describeStandIn(reference, readRecipeFolder))
  }
  say(`starting the registry: container ${REGISTRY_CONTAINER}, data in volume ${REGISTRY_VOLUME}, on ${MIRROR} only`)
  await succeeds(['docker', 'rm', '--force', REGISTRY_CONTAINER]) // one that could not be started; the data is the volume's
  await run([
    'docker',
    ...['run', '--detach', `--name=${REGISTRY_CONTAINER}`, '--restart=unless-stopped'],
    ...['--label=org.openedx.devenv.stand-ins', `--volume=${REGISTRY_VOLUME}:/var/lib/registry`],
    ...[`--publish=${REGISTRY.address}:${REGISTRY.port}:5000`, here(REGISTRY_IMAGE)],
  ])
  await waitForRegistry()
  for (const reference of made) await push(reference)
}

async function waitForRegistry() {
  const deadline = Date.now() + 20_000
  while (!(await registryAnswers())) {
    if (Date.now() > deadline) {
      throw new Error(`The registry does not answer on ${MIRROR}. Its log: docker logs ${REGISTRY_CONTAINER}`)
    }
    await pause(50)
  }
}

// --- one at a time ---------------------------------------------------------------------------------------------------

/**
 * Two at once would build the same base twice and start one registry twice. The lock names its process: one that has
 * ended holds nothing.
 * @template T
 * @param {() => Promise<T>} work
 */
async function alone(work) {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'devenv', 'stand-ins')
  const lock = join(folder, 'lock')
  mkdirSync(folder, { recursive: true })
  for (let said = false; !takeLock(lock); said = true) {
    if (!said) say('waiting for another build of stand-ins')
    await pause(200)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** @param {string} lock */
function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!isAlive(lock)) rmSync(lock, { force: true })
    return false
  }
}

/** @param {string} lock */
function isAlive(lock) {
  try {
    const holder = Number(readFileSync(lock, 'utf8'))
    return holder === 0 || process.kill(holder, 0) // 0: just made, not written yet
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

// --- the command -----------------------------------------------------------------------------------------------------

/** @param {string[]} references */
async function ensure(references) {
  const all = withBases(references, readRecipeFolder)
  const plan = async () => planStandIns(references, await readHeldRecipes(all), readRecipeFolder)
  if ((await registryAnswers()) && (await plan()).length === 0) return
  say('building stand-ins for official images from package registries: real servers, but not always the same ones')
  await alone(async () => {
    if (!(await registryAnswers())) await startRegistry()
    await carryOut(await plan())
  })
}

/**
 * The references with a recipe. Names the others, and what a person can do about them.
 * @param {string[]} references
 */
function onlyKnown(references) {
  const { known, unknown } = sortByRecipe(references)
  for (const reference of unknown) {
    const service = reference.replace(/^.*\/|:.*$/g, '')
    say(`there is no stand-in for ${reference}. If the environment works without it: DEVENV_WITHOUT=${service}`)
  }
  return known
}

const args = process.argv.slice(2)
const images = args[0] === '--known' ? args.slice(1) : args
try {
  if (args.includes('--check-hub')) {
    process.exitCode = (await succeeds(['docker', 'buildx', 'imagetools', 'inspect', HUB_PROBE], 10_000)) ? 0 : 1
  } else if (args.length === 0 || images.some((argument) => argument.startsWith('-'))) {
    say('usage: ensure.mjs [--known] IMAGE… | --check-hub, for example: ensure.mjs library/mysql:8.4.9')
    process.exitCode = 2
  } else {
    const references = images.map(parseReference)
    await ensure(images === args ? references : onlyKnown(references))
    process.stdout.write(`${MIRROR}\n`)
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
