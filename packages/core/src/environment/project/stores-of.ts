import { type Definition, oursOf, STORE_VERSION } from '../../definition/definition.js'
import { parseReference } from '../../registry/repository.js'

/** A store of the project: which service fills it, and the name of its folder, `mysql-8.4`. */
export type Store = { service: string; name: string; target: string; version: string }

/**
 * The stores of a project: volumes below the folder of stores, one for each server and version; of a
 * service of ours one, whatever its image. Pure.
 */
export function storesOf(definition: Definition, stores: string): Store[] {
  return Object.entries(definition.project.services).flatMap(([service, { image, volumes, labels }]) =>
    (volumes ?? []).flatMap(({ type, source, target }) => {
      if (type !== 'bind' || !source?.startsWith(`${stores}/`)) return []
      const folder = source.slice(stores.length + 1).replaceAll('/', '-')
      if (oursOf(definition).includes(service)) return [{ service, name: folder, target, version: 'any' }]
      const version = majorOf(image ?? '', Number(labels?.[STORE_VERSION] ?? 1))
      return [{ service, name: `${folder}-${version}`, target, version }]
    }),
  )
}

/** The first `parts` of an image's version: `…/mysql:8.4.9` and 2 is `8.4`. Pure. */
export function majorOf(image: string, parts: number): string {
  const { tag = 'unversioned' } = parseReference(image)
  const numbers = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]
  return numbers === undefined ? tag : numbers.split('.').slice(0, parts).join('.')
}
