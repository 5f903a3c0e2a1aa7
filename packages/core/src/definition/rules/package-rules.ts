import { contextHoldsFiles, directoryIsOne, imageIsComplete } from './package-image.js'
import { commandsAreThere, coreIsThere, isPublished, lockKnowsPackage, namesAreItsOwn } from './package-manifest.js'
import { portsAreUsed, programsHaveFiles, serversAreAwaited, targetsAreDeclared } from './package-services.js'
import type { Rule } from './rule.js'

/** What docs/add-a-service.md asks of a package, beyond OEP-5: `devenv check` looks for it, a start does not. */
export const PACKAGE_RULES = [
  isPublished,
  commandsAreThere,
  coreIsThere,
  namesAreItsOwn,
  lockKnowsPackage,
  imageIsComplete,
  directoryIsOne,
  contextHoldsFiles,
  programsHaveFiles,
  portsAreUsed,
  serversAreAwaited,
  targetsAreDeclared,
] satisfies Rule[]
