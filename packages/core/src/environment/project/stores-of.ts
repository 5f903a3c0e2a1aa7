import { type Definition, oursOf, STORE_DUMP, STORE_LOAD, STORE_VERSION } from '../../definition/definition.js'
import { parseReference } from '../../registry/repository.js'

/**
 * A store of the project: which service fills it, and the name of its folder, `mysql-8.4`. `portable`: how its data leave that
 * server and enter another; `undefined` where only steps can make them.
 */
export type Store = { service: string; name: string; target: string; version: string; portable: Portable | undefined }

/** Shell lines: `dump` writes the data to stdout, `load` reads them from stdin. `by`: whom they run as. */
export type Portable = { dump: string; load: string; by: 'owner' | 'server' }

/**
 * The stores of a project: volumes below the folder of stores, one for each server and version; of a
 * service of ours one, whatever its image. Pure.
 */
export function storesOf(definition: Definition, stores: string): Store[] {
  return Object.entries(definition.project.services).flatMap(([service, { image, volumes, labels }]) =>
    (volumes ?? []).flatMap(({ type, source, target }): Store[] => {
      if (type !== 'bind' || !source?.startsWith(`${stores}/`)) return []
      const folder = source.slice(stores.length + 1).replaceAll('/', '-')
      if (oursOf(definition).includes(service))
        return [{ service, name: folder, target, version: 'any', portable: filesIn(target) }]
      const version = majorOf(image ?? '', Number(labels?.[STORE_VERSION] ?? 1))
      const { [STORE_DUMP]: dump, [STORE_LOAD]: load } = labels ?? {}
      const portable = dump === undefined || load === undefined ? undefined : { dump, load, by: 'server' as const }
      return [{ service, name: `${folder}-${version}`, target, version, portable }]
    }),
  )
}

/** Of files the data are the files, without folders that say that they are a cache (https://bford.info/cachedir/). */
const filesIn = (target: string): Portable => ({
  dump: `tar --create --exclude-caches --directory='${target}' .`,
  load: `tar --extract --preserve-permissions --directory='${target}'`,
  by: 'owner',
})

/** The first `parts` of an image's version: `…/mysql:8.4.9` and 2 is `8.4`. Pure. */
export function majorOf(image: string, parts: number): string {
  const { tag = 'unversioned' } = parseReference(image)
  const numbers = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]
  return numbers === undefined ? tag : numbers.split('.').slice(0, parts).join('.')
}
