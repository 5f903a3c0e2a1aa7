import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CORE_DIRECTORY } from '../../definition/core-directory.js'
import type { EnvironmentPackage } from '../../definition/definition.js'
import { readExtension } from '../../definition/extension.js'
import { FOLDER_IN_CHECKOUT, findPackage, readPackage } from '../../definition/find-package.js'
import { recognise } from '../../definition/recognise.js'
import { DevenvError, tellsOf } from '../../problem/problem.js'
import { folderTree } from '../../tree/folder-tree.js'

/**
 * The package that a checkout names, else the one that fits it among those that npm has installed beside core, as in this repository.
 * @throws DevenvError `neighbour-unknown`
 */
export async function findNeighbourPackage(checkout: string): Promise<EnvironmentPackage> {
  if (existsSync(join(checkout, FOLDER_IN_CHECKOUT, 'package.json'))) return findPackage(checkout)
  const beside = findScope(CORE_DIRECTORY)
  const folders = beside === undefined ? [] : readdirSync(beside).map((name) => join(beside, name))
  const packages = folders.filter((folder) => existsSync(join(folder, 'compose.yaml'))).map(readPackage)
  const fitting: EnvironmentPackage[] = []
  for (const found of packages) if (await fits(found, checkout)) fitting.push(found)
  if (fitting.length === 1 && fitting[0] !== undefined) return fitting[0]
  const names = fitting.map(({ name }) => name)
  throw new DevenvError({ code: 'neighbour-unknown', checkout, beside, fitting: names })
}

/** The folder of the packages called @devenv/…, for a module in `directory`. */
function findScope(directory: string): string | undefined {
  const scope = join(directory, 'node_modules', '@devenv')
  if (existsSync(scope)) return scope
  return dirname(directory) === directory ? undefined : findScope(dirname(directory))
}

async function fits(found: EnvironmentPackage, checkout: string): Promise<boolean> {
  try {
    const extension = readExtension(found)
    const marks = [...(extension['recognised-by'] ?? []), ...Object.keys(extension.variants ?? {})]
    if (marks.length === 0) return false
    await recognise(found, extension, folderTree(checkout))
    return true
  } catch (error) {
    if (tellsOf(error, 'checkout-unrecognised', 'variant-unknown', 'definition-unreadable')) return false
    throw error
  }
}
