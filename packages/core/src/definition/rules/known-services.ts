import type { Definition } from '../definition.js'

export const knownServices = (definition: Definition) =>
  `Name one of: ${Object.keys(definition.project.services).join(', ')}.`

export const unknownServices = (definition: Definition, names: readonly string[]) =>
  names.filter((name) => definition.project.services[name] === undefined)
