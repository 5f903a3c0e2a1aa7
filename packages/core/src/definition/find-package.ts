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
  const lines: unknown[] = [devenv.service].flat()
  if (lines.length === 0 || !lines.every(isLine))
    throw refuse('"devenv.service" needs "file", and "matches": a regular expression with a group; or a list of these')
  return { ...found, checkoutSays: lines }
}

function isLine(value: unknown): value is { file: string; matches: string } {
  const { file, matches } = (value ?? {}) as { file?: unknown; matches?: unknown }
  return typeof file === 'string' && isPattern(matches)
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
 * The service that a checkout is of: of a package for many services, the first that the checkout says, where it says one that can be a
 * name.
 */
export function serviceOf({ service, checkoutSays }: EnvironmentPackage, checkout: string): string {
  for (const { file, matches } of checkoutSays ?? []) {
    const path = join(checkout, file)
    const said = existsSync(path) ? (new RegExp(matches, 'm').exec(readTextFile(path))?.[1] ?? '') : ''
    if (/^[a-z0-9][a-z0-9_-]*$/.test(said)) return said
  }
  return service
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

/**
 * Whether a checkout names its environment package: its `devenv/package.json` has dependencies. A clone that is called `devenv`, of devenv
 * itself or of anything else, is not a folder of the one that it lies in.
 * @throws DevenvError `definition-unreadable`
 */
export function isPrepared(checkout: string): boolean {
  const folder = join(checkout, FOLDER_IN_CHECKOUT)
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest) || existsSync(join(folder, '.git'))) return false
  return Object.keys(readManifest(manifest).dependencies ?? {}).length > 0
}

/** The checkout that `directory` lies in: the nearest folder up that `devenv init` prepared, no further than its repository; else itself. */
export function findCheckout(directory: string): string {
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (isPrepared(at)) return at
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
