import { sep } from 'node:path'
import { type ComposeVolume, type Definition, oursOf, STORE_VERSION, thirdPartyOf } from '../definition.js'
import { knownServices, unknownServices } from './known-services.js'
import type { Rule } from './rule.js'

export const dataStaysInDataDirectory: Rule = {
  name: 'data-stays-in-data-directory',
  clause: 'OEP-5 rule 4',
  why: 'A third-party service keeps its data in the data directory: DEVENV_DIR moves it, and `dev.clean` removes it.',
  check: ({ definition, source, checkout, stores }) =>
    Object.entries(definition.project.services).flatMap(([name, { volumes = [], labels = {} }]) => {
      const place = source.placeOf(['services', name, 'volumes'])
      const folders = oursOf(definition).includes(name) ? [stores, checkout] : [stores]
      const elsewhere = volumes
        .filter((volume) => !isInMemory(volume) && volume.read_only !== true)
        .filter((volume) => !folders.some((folder) => isBelow(folder, volume)))
        .map((volume) => ({
          place,
          what: `${name} keeps ${volume.target} in ${volume.source ?? 'an anonymous volume'}.`,
          fix: `- \${DEVENV_STORES:-.dev/devenv/stores}/${name}:${volume.target}  (or read_only: true, if it only reads there)`,
        }))
      const kept = volumes.some((volume) => isInMemory(volume) || isBelow(stores, volume))
      if (labels[STORE_VERSION] === undefined || kept || elsewhere.length > 0) return elsewhere
      // `!override` and `!reset`: the engine would keep its data in the container, which the next change replaces.
      return [
        {
          place,
          what: `${name} is a server that keeps data, and has no folder for it.`,
          fix: 'Write `volumes:` without !override and !reset: Compose adds yours to those of the package.',
        },
      ]
    }),
}

const isInMemory = ({ type }: ComposeVolume): boolean => type === 'tmpfs'

const isBelow = (folder: string, { type, source }: ComposeVolume): boolean =>
  type === 'bind' && `${source}${sep}`.startsWith(`${folder}${sep}`)

export const stepsNameServices: Rule = {
  name: 'steps-name-services',
  clause: 'OEP-5 rule 4',
  why: 'A step runs again when its store is new.',
  check: ({ definition, source, stores }) =>
    definition.provision.flatMap(({ name, service, when }, index) => {
      const place = source.placeOf(['x-devenv', 'provision', index])
      const fix = knownServices(definition)
      return [
        ...unknownServices(definition, [service]).map((unknown) => ({
          place,
          what: `The step ${name} runs in ${unknown}, but this file has no such service.`,
          fix,
        })),
        ...when.stores
          .filter((store) => !thirdPartyOf(definition).includes(store) && !keepsStore(definition, store, stores))
          .map((store) => ({
            place,
            what: `The step ${name} fills ${store}, but this file has no such service that keeps data.`,
            fix,
          })),
      ]
    }),
}

const keepsStore = (definition: Definition, service: string, stores: string): boolean =>
  (definition.project.services[service]?.volumes ?? []).some(({ source }) => source?.startsWith(`${stores}${sep}`))
