import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findCheckout, findPackage, readPackage } from '../definition/find-package.js'
import { readDefinition } from '../definition/read-definition.js'
import { identify } from '../environment/identity.js'
import { DevenvError, type Problem } from '../problem/problem.js'

/** Everything that is wrong with a package. A checkout is not needed: the rules are about the package. */
export async function checkPackage(options: {
  checkout?: string
  package?: string | undefined
}): Promise<readonly Problem[]> {
  const found =
    options.package === undefined
      ? findPackage(findCheckout(resolve(options.checkout ?? '.')))
      : readPackage(resolve(options.package))
  const checkout = realpathSync(
    options.checkout === undefined ? mkdtempSync(join(tmpdir(), 'devenv-check-')) : resolve(options.checkout),
  )
  const environment = identify(found, checkout, undefined)
  try {
    await readDefinition({ ...environment, mirror: undefined, variables: {}, stores: environment.paths.stores })
    return []
  } catch (error) {
    if (error instanceof DevenvError) return error.problems
    throw error
  } finally {
    if (options.checkout === undefined) rmSync(checkout, { recursive: true })
  }
}
