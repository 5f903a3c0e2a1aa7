import { join } from 'node:path'
import { type Definition, mountOf } from '../../definition/definition.js'
import type { Environment } from '../environment.js'
import { storesOf } from '../project/stores-of.js'
import { makeOwnFolder } from './data-directory.js'

/**
 * Makes the folders of the checkout over which containers mount their stores, `node_modules`: the engine would make missing ones, as root.
 * @throws DevenvError `data-unusable`
 */
export function makeMountPoints(
  definition: Definition,
  { checkout, paths }: Pick<Environment, 'checkout' | 'paths'>,
): void {
  for (const { service, target } of storesOf(definition, paths.stores)) {
    const code = mountOf(definition, service, checkout)
    if (code !== undefined && target.startsWith(`${code}/`))
      makeOwnFolder(join(checkout, target.slice(code.length)), checkout)
  }
}
