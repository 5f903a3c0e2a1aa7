import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CORE_DIRECTORY } from '../../definition/core-directory.js'
import type { EnvironmentPackage } from '../../definition/definition.js'
import {
  FOLDER_IN_CHECKOUT,
  findPackage,
  isPrepared,
  readManifest,
  readPackage,
} from '../../definition/find-package.js'
import { recognisedAs } from '../../definition/recognised-as.js'
import { DevenvError } from '../../problem/problem.js'

/**
 * The package that a checkout names, else the one that fits it among those that npm has installed beside core, as in this repository: one
 * of a service before one of libraries, since a service may hold what makes a library.
 * @throws DevenvError `neighbour-unknown`
 */
export async function findNeighbourPackage(checkout: string): Promise<EnvironmentPackage> {
  if (isPrepared(checkout)) return findPackage(checkout)
  const beside = findScope(CORE_DIRECTORY)
  const services: EnvironmentPackage[] = []
  const libraries: EnvironmentPackage[] = []
  for (const found of packagesIn(beside)) {
    const extension = await recognisedAs(found, checkout)
    if (extension !== undefined) (extension.library === undefined ? services : libraries).push(found)
  }
  const fitting = services.length > 0 ? services : libraries
  if (fitting.length === 1 && fitting[0] !== undefined) return fitting[0]
  const names = fitting.map(({ name }) => name)
  throw new DevenvError({ code: 'neighbour-unknown', checkout, beside, fitting: names })
}

/**
 * The package of a service by its name: one that the checkout which asks has in `devenv/`, else one beside core, as in this repository.
 * @param named as a person typed it
 * @throws DevenvError `neighbour-service-unknown`
 */
export function findServicePackage(
  service: string | undefined,
  { checkout }: { checkout: string },
  named: string,
): EnvironmentPackage {
  const modules = join(checkout, FOLDER_IN_CHECKOUT, 'node_modules')
  const scopes = existsSync(modules) ? readdirSync(modules).filter((name) => name.startsWith('@')) : []
  const folders = [modules, ...scopes.map((name) => join(modules, name)), findScope(CORE_DIRECTORY)]
  // A package for many services has no snapshot of one.
  const packages = folders.flatMap(packagesIn).filter(({ checkoutSays }) => checkoutSays === undefined)
  const found = packages.find((each) => each.service === service)
  if (found !== undefined) return found
  const known = [...new Set(packages.map((each) => each.service))].sort()
  const isFolder = existsSync(join(process.cwd(), basename(named)))
  const isPacked = isFromFile(checkout)
  throw new DevenvError({ code: 'neighbour-service-unknown', named, service, known, isFolder, isPacked })
}

/** Whether npm installed the package of a checkout from a file, as before it is published. */
function isFromFile(checkout: string): boolean {
  if (!isPrepared(checkout)) return false
  const { dependencies } = readManifest(join(checkout, FOLDER_IN_CHECKOUT, 'package.json'))
  return Object.values<unknown>(dependencies).some((version) => `${version}`.startsWith('file:'))
}

/** The environment packages among the folders of one. */
const packagesIn = (folder: string | undefined): EnvironmentPackage[] =>
  (folder !== undefined && existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => join(folder ?? '', name))
    .filter((each) => existsSync(join(each, 'compose.yaml')) && existsSync(join(each, 'package.json')))
    .map(readPackage)

/** The folder of the packages called @devenv/…, for a module in `directory`. */
function findScope(directory: string): string | undefined {
  const scope = join(directory, 'node_modules', '@devenv')
  if (existsSync(scope)) return scope
  return dirname(directory) === directory ? undefined : findScope(dirname(directory))
}
