import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import type { EnvironmentPackage } from './definition.js'

/** The folder that `devenv init` commits to a checkout. */
export const FOLDER_IN_CHECKOUT = 'devenv'

/**
 * Reads a package's name and version.
 * @throws DevenvError `package-missing`, `definition-unreadable`
 */
export function readPackage(directory: string): EnvironmentPackage {
  const file = join(directory, 'package.json')
  if (!existsSync(file) || !existsSync(join(directory, 'compose.yaml'))) {
    throw new DevenvError({ code: 'package-missing', looked: directory })
  }
  const { name, version, devenv } = readManifest(file)
  const refuse = (detail: string) => new DevenvError({ code: 'definition-unreadable', place: { file }, detail })
  if (typeof name !== 'string' || typeof version !== 'string') throw refuse('it has no name or no version')
  const found = { name, version, service: name.split('/').at(-1) ?? name, directory: realpathSync(directory) }
  if (devenv?.service === undefined) return found
  const { file: named, matches } = devenv.service ?? {}
  if (typeof named !== 'string' || !isPattern(matches))
    throw refuse('"devenv.service" needs "file", and "matches": a regular expression with a group')
  return { ...found, checkoutSays: { file: named, matches } }
}

/** A regular expression with a group: each matches nothing, or an empty text, beside itself. */
function isPattern(text: unknown): text is string {
  try {
    return typeof text === 'string' && (new RegExp(`${text}|`).exec('')?.length ?? 0) > 1
  } catch {
    return false
  }
}

/**
 * The service that a checkout is of: of a package for many services, the one that the checkout says, where it says one that can be a name.
 */
export function serviceOf({ service, checkoutSays }: EnvironmentPackage, checkout: string): string {
  if (checkoutSays === undefined) return service
  const file = join(checkout, checkoutSays.file)
  const text = existsSync(file) ? readTextFile(file) : ''
  const said = new RegExp(checkoutSays.matches, 'm').exec(text)?.[1] ?? ''
  return /^[a-z0-9][a-z0-9_-]*$/.test(said) ? said : service
}

/**
 * The environment package that a checkout depends on: the one dependency of `devenv/package.json` that holds a
 * compose.yaml with `x-devenv`.
 * @throws DevenvError `package-unknown`
 */
export function findPackage(checkout: string): EnvironmentPackage {
  const folder = join(checkout, FOLDER_IN_CHECKOUT)
  const manifest = join(folder, 'package.json')
  const dependencies = existsSync(manifest) ? Object.keys(readManifest(manifest).dependencies ?? {}) : []
  for (const name of dependencies) {
    const directory = join(folder, 'node_modules', name)
    if (existsSync(join(directory, 'compose.yaml'))) return readPackage(directory)
  }
  throw new DevenvError({ code: 'package-unknown', checkout, dependencies })
}

/** The checkout that `directory` lies in: the nearest folder up that `devenv init` prepared, no further than its repository; else itself. */
export function findCheckout(directory: string): string {
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (existsSync(join(at, FOLDER_IN_CHECKOUT, 'package.json'))) return at
    if (existsSync(join(at, '.git')) || dirname(at) === at) return resolve(directory)
  }
}

/**
 * A package.json.
 * @throws DevenvError `definition-unreadable`
 */
// biome-ignore lint/suspicious/noExplicitAny: parsed by the caller
export function readManifest(file: string): any {
  try {
    const value: unknown = JSON.parse(readTextFile(file))
    if (typeof value !== 'object' || value === null) throw new Error('It is not a JSON object.')
    return value
  } catch (error) {
    throw new DevenvError({ code: 'definition-unreadable', place: { file }, detail: (error as Error).message })
  }
}
