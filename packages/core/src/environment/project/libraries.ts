import type { ComposeService, ComposeVolume } from '../../definition/definition.js'

/** A checkout that is installed, editable, in the primary container of a service. `name`: that of its folder. */
export type Library = { name: string; checkout: string }

/** Where a primary container has a library. Pure. */
export const placeOfLibrary = ({ name }: Pick<Library, 'name'>): string => `/edx/libraries/${name}`

/**
 * The mounts of libraries, and what tells the container of them (packages/core/container/bin/libraries), behind those that it has
 * anyway. Pure.
 */
export const planLibraries = (
  libraries: readonly Library[],
  { environment: { DEVENV_LIBRARIES: own } = {} }: Pick<ComposeService, 'environment'>,
): { volumes: ComposeVolume[]; environment: { DEVENV_LIBRARIES?: string } } => ({
  volumes: libraries.map((library) => ({
    type: 'bind',
    source: library.checkout,
    target: placeOfLibrary(library),
    bind: { create_host_path: false },
  })),
  environment:
    libraries.length === 0
      ? {}
      : { DEVENV_LIBRARIES: [...(own ? [own] : []), ...libraries.map(placeOfLibrary)].join(':') },
})
