// @ts-check
// The official images that an environment package takes through the mirror, read as `devenv` itself reads them.

import { join } from 'node:path'
import { readPackage } from '../../packages/core/dist/definition/find-package.js'
import { readVariants } from '../../packages/core/dist/definition/read-definition.js'
import { officialImagesOf } from '../../packages/core/dist/publish/update-lock.js'
import { withTemporaryFolder } from '../../packages/core/dist/tree/temporary-folder.js'
import { MIRROR } from './registry.mjs'

/**
 * Those of every variant, in its Compose files and Dockerfiles, without a registry: library/mysql:8.4.9.
 * @param {string} folder
 * @param {readonly string[]} without   services that are left out
 * @returns {Promise<string[]>}
 */
export async function readPackageImages(folder, without) {
  const definitions = await withTemporaryFolder('images', (room) =>
    readVariants({
      package: readPackage(folder),
      checkout: room,
      project: 'images',
      mirror: MIRROR,
      registry: undefined,
      variables: {},
      stores: join(room, 'stores'),
    }),
  )
  const wanted = definitions.map((definition) => ({
    ...definition,
    project: { ...definition.project, services: leaveOut(definition.project.services, without) },
  }))
  const references = [...officialImagesOf(wanted, MIRROR).values()]
  return references.flatMap((reference) =>
    reference.startsWith(`${MIRROR}/`) ? [reference.slice(MIRROR.length + 1)] : [],
  )
}

/**
 * Whether a service may be left out is not judged here: `devenv` does, and says so.
 * @template T
 * @param {Record<string, T>} services
 * @param {readonly string[]} names
 */
const leaveOut = (services, names) =>
  Object.fromEntries(Object.entries(services).filter(([name]) => !names.includes(name)))
