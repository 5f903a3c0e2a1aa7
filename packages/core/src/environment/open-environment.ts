import { realpathSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { EnvironmentPackage } from '../definition/definition.js'
import { findCheckout, findPackage, readPackage } from '../definition/find-package.js'
import { recognise } from '../definition/recognise.js'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import type { Settings } from '../settings/settings.js'
import { folderTree } from '../tree/folder-tree.js'
import { readCode } from './code.js'
import { type Environment, identify } from './environment.js'
import { requireMountable } from './require-mountable.js'

/** Where a command was given, and what was named there: a checkout, a package. */
export type Where = {
  directory: string
  checkout: string | undefined
  package: string | undefined
  /** Which checkout is meant where none is named: the one around us; or that only where it fits the package, else its usual one. */
  otherwise: 'checkout-around' | 'fitting-checkout'
}

/**
 * The environment of what was opened.
 * @throws DevenvError `checkout-missing`, `checkout-none`
 */
export async function openEnvironment(found: Opened, settings: Pick<Settings, 'dataRoot'>): Promise<Environment> {
  if (found.package !== undefined && found.checkout !== undefined)
    return identify(found.package, found.checkout, settings.dataRoot)
  // The YAML parser is loaded only where it is needed: opening an environment is on every command's way.
  const { readExtension } = await import('../definition/extension.js')
  const { repository, parts } = found.package === undefined ? {} : readExtension(found.package)
  if (found.package !== undefined && parts !== undefined)
    throw new DevenvError({ code: 'checkout-none', service: found.package.service })
  throw new DevenvError({
    code: 'checkout-missing',
    service: found.package?.service ?? basename(found.looked),
    looked: found.looked,
    repository,
  })
}

/** What a command means, for one that can do without a checkout; `looked` is where that would be. */
export type Opened =
  | { package: EnvironmentPackage; checkout: string | undefined; looked: string }
  | { package: undefined; checkout: undefined; looked: string }

/** @throws DevenvError `package-missing`, `package-unknown`, `checkout-no-folder`, `definition-unreadable`, `file-unusable` */
export async function openPackage(where: Where): Promise<Opened> {
  const given = where.package === undefined ? undefined : readPackage(resolve(where.directory, where.package))
  const looked = await lookFor(where, given)
  const checkout = findFolder(looked)
  if (given !== undefined) return { package: given, checkout, looked }
  if (checkout === undefined) return { package: undefined, checkout, looked }
  const code = readCode(checkout)
  return { package: code.from === 'image' ? readPackage(code.package) : findPackage(checkout), checkout, looked }
}

/** The real path of a checkout; `undefined` where there is nothing. @throws DevenvError `checkout-no-folder` */
function findFolder(looked: string): string | undefined {
  const found = statSync(looked, { throwIfNoEntry: false })
  if (found?.isDirectory() === false) throw new DevenvError({ code: 'checkout-no-folder', looked })
  return found && realpathSync(looked)
}

/** The real path of a checkout that has to be there. @throws DevenvError `checkout-missing`, `checkout-no-folder` */
export function requireFolder(looked: string, service: string): string {
  const checkout = findFolder(looked)
  if (checkout === undefined)
    throw new DevenvError({ code: 'checkout-missing', service, looked, repository: undefined })
  return checkout
}

async function lookFor(
  { directory, checkout, otherwise }: Where,
  given: EnvironmentPackage | undefined,
): Promise<string> {
  if (checkout !== undefined) return resolve(directory, checkout)
  const around = findCheckout(directory)
  if (given === undefined || otherwise === 'checkout-around') return around
  const { recognisedAs } = await import('../definition/recognised-as.js')
  if ((await recognisedAs(given, around)) !== undefined) return around
  return readUsualCheckout(given) ?? around
}

/** What a package's compose.yaml says itself where nobody names a checkout: the default of DEVENV_CHECKOUT. */
export function readUsualCheckout({ directory }: Pick<EnvironmentPackage, 'directory'>): string | undefined {
  const usual = /\$\{DEVENV_CHECKOUT:-([^}]+)\}/.exec(readTextFile(join(directory, 'compose.yaml')))?.[1]
  return usual === undefined ? undefined : resolve(directory, usual)
}

/**
 * Refuses a folder that is not a checkout of the service: mounting the wrong one would run nothing, in silence.
 * @returns the variant that it is of, where the package knows several
 * @throws DevenvError `checkout-unrecognised`, `checkout-unmountable`, `variant-unknown`
 */
export async function requireRecognised({
  package: environmentPackage,
  checkout,
}: Pick<Environment, 'package' | 'checkout'>): Promise<string | undefined> {
  requireMountable(checkout)
  const { readExtension } = await import('../definition/extension.js')
  return await recognise(environmentPackage, readExtension(environmentPackage), folderTree(checkout))
}
