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
  const { name, version } = readManifest(file)
  if (typeof name !== 'string' || typeof version !== 'string') {
    throw new DevenvError({ code: 'definition-unreadable', place: { file }, detail: 'it has no name or no version' })
  }
  return { name, version, service: name.split('/').at(-1) ?? name, directory: realpathSync(directory) }
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
