import { resolve } from 'node:path'
import type { EnvironmentPackage } from '../definition/definition.js'
import { readLock } from '../definition/devenv-lock.js'
import { listBeside, readExtension } from '../definition/extension.js'
import { findCheckout, findPackage, readPackage } from '../definition/find-package.js'
import { type ReadDefinition, readDefinition } from '../definition/read-definition.js'
import { OEP5_RULES } from '../definition/rules/oep-5.js'
import { PACKAGE_RULES } from '../definition/rules/package-rules.js'
import { identify } from '../environment/environment.js'
import { requireFolder } from '../environment/open-environment.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import { withTemporaryFolder } from '../tree/temporary-folder.js'

/** Everything that is wrong with a package. A checkout is not needed: the rules are about the package. */
export async function checkPackage(options: {
  checkout?: string
  package?: string | undefined
}): Promise<readonly Problem[]> {
  const found =
    options.package === undefined
      ? findPackage(findCheckout(resolve(options.checkout ?? '.')))
      : readPackage(resolve(options.package))
  if (options.checkout === undefined) return await withTemporaryFolder('check', (checkout) => checkFor(found, checkout))
  return await checkFor(found, requireFolder(resolve(options.checkout), found.service))
}

async function checkFor(found: EnvironmentPackage, checkout: string): Promise<readonly Problem[]> {
  const environment = identify(found, checkout, undefined)
  const { stores } = environment.paths
  const problems = new Map<string, Problem>()
  try {
    readLock(found)
    const variants = Object.keys(readExtension(found).variants ?? {})
    // Each shape is a definition of its own; without any, there is one.
    for (const variant of variants.length === 0 ? [undefined] : variants)
      for (const problem of await problemsOf({
        ...environment,
        variant,
        beside: listBeside(found),
        mirror: undefined,
        registry: undefined,
        variables: {},
        stores,
      }))
        problems.set(JSON.stringify(problem), problem)
    return [...problems.values()]
  } catch (error) {
    if (error instanceof DevenvError) return error.problems
    throw error
  }
}

async function problemsOf(request: ReadDefinition): Promise<readonly Problem[]> {
  try {
    await readDefinition(request, [...OEP5_RULES, ...PACKAGE_RULES])
    return []
  } catch (error) {
    if (error instanceof DevenvError) return error.problems
    throw error
  }
}
