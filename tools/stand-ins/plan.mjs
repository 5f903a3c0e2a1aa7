// @ts-check
// From the images asked for to the steps that make them. Pure: the folders have been read, the registry asked.

import { createHash } from 'node:crypto'
import { parseInstructions } from '../../packages/core/dist/definition/dockerfile.js'
import { RECIPES } from './recipes.mjs'

/**
 * @typedef {{ path: string, executable: boolean, content: string }} RecipeFile
 * @typedef {object} StandIn
 * @property {string} reference   of the official image, without a registry: library/mysql:8.4.9
 * @property {import('./recipes.mjs').Recipe} recipe
 * @property {Record<string, string>} args
 * @property {string[]} bases     references of the stand-ins it is made from
 * @property {string} digest      of everything it is made from
 *
 * @typedef {{ do: 'build', standIn: StandIn, because: string }} Step
 */

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Docker's
const THROUGH_MIRROR = '${DEVENV_MIRROR}/'

/**
 * The form in which Compose files write it after the mirror: mysql:8.4 and docker.io/library/mysql:8.4 become
 * library/mysql:8.4.
 * @param {string} text
 */
export function parseReference(text) {
  const [, name, tag] = /^(?:docker\.io\/)?([a-z0-9][a-z0-9._/-]*):([\w][\w.-]{0,127})$/.exec(text) ?? []
  if (!name || !tag) throw new Error(`${text} is not an image reference with a tag, such as library/mysql:8.4.9.`)
  return `${name.includes('/') ? name : `library/${name}`}:${tag}`
}

/**
 * The images that a Dockerfile takes through the mirror.
 * @param {string} dockerfile
 */
export function parseBases(dockerfile) {
  const froms = parseInstructions(dockerfile).filter(({ name }) => name === 'FROM')
  const bases = froms.map(({ words }) => words[0] ?? '').filter((base) => base.startsWith(THROUGH_MIRROR))
  return [...new Set(bases.map((base) => base.slice(THROUGH_MIRROR.length)))]
}

/**
 * @param {string} reference
 * @param {(folder: string) => RecipeFile[]} readFolder
 * @returns {StandIn}
 */
export function describeStandIn(reference, readFolder) {
  const recipe = RECIPES.find(({ of }) => of.test(reference))
  if (!recipe) throw new Error(`There is no stand-in for ${reference}. ${howToAdd}`)
  const args = recipe.args(recipe.of.exec(reference)?.groups ?? {})
  const files = readFolder(recipe.folder)
  const dockerfile = files.find(({ path }) => path === 'Dockerfile')?.content ?? ''
  const bases = parseBases(dockerfile)
  const baseDigests = bases.map((base) => describeStandIn(base, readFolder).digest)
  const digest = createHash('sha256')
    .update(JSON.stringify([reference, args, baseDigests, files]))
    .digest('hex')
  return { reference, recipe, args, bases, digest }
}

/**
 * Which images have a stand-in.
 * @param {string[]} references
 */
export function sortByRecipe(references) {
  const isKnown = (/** @type {string} */ reference) => RECIPES.some(({ of }) => of.test(reference))
  return {
    known: references.filter(isKnown),
    unknown: references.filter((reference) => !isKnown(reference)),
  }
}

const howToAdd = 'tools/stand-ins/README.md says how to add one, and which images have none.'

/**
 * What has to be built, bases first.
 * @param {string[]} references
 * @param {ReadonlyMap<string, string | undefined>} held   reference → recipe digest, of what the registry holds
 * @param {(folder: string) => RecipeFile[]} readFolder
 * @returns {Step[]}
 */
export function planStandIns(references, held, readFolder) {
  /** @type {Map<string, Step>} */
  const steps = new Map()
  /** @param {string} reference */
  const visit = (reference) => {
    const standIn = describeStandIn(reference, readFolder)
    const there = held.get(reference)
    if (there === standIn.digest || steps.has(reference)) return
    for (const base of standIn.bases) visit(base)
    const because = there === undefined ? 'the registry does not have it' : 'its recipe has changed'
    steps.set(reference, { do: 'build', standIn, because })
  }
  for (const reference of references) visit(reference)
  return [...steps.values()]
}

/**
 * The references and all that they are made from.
 * @param {string[]} references
 * @param {(folder: string) => RecipeFile[]} readFolder
 * @returns {string[]}
 */
export function withBases(references, readFolder) {
  const bases = references.flatMap((reference) => describeStandIn(reference, readFolder).bases)
  return [...new Set([...references, ...(bases.length ? withBases(bases, readFolder) : [])])]
}

/**
 * The names that `devenv` gave to what it built on that stand-in: it labels each image with the stand-ins that it took.
 * @param {string} taken   with its registry: localhost:5055/library/python:3.12-slim
 * @param {{ tags: string[] | null, standIns: string }[]} images
 */
export const tagsBuiltOn = (taken, images) =>
  images
    .filter(({ standIns }) => standIns.split(' ').includes(taken))
    .flatMap(({ tags }) => (tags ?? []).filter((tag) => /:inputs-[0-9a-f]+$/.test(tag)))
