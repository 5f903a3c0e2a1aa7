import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { EnvironmentPackage } from '../definition/definition.js'
import { findCheckout, findPackage, readPackage } from '../definition/find-package.js'
import { DevenvError } from '../problem/problem.js'
import { type Environment, identify } from './identity.js'
import type { Settings } from './settings.js'

/** Where a command was given, and what was named there: a checkout, a package. */
export type Where = {
  directory: string
  checkout: string | undefined
  package: string | undefined
  /** Which checkout is meant where none is named: the one around us, or the package's usual one. */
  otherwise: 'checkout-around' | 'usual-checkout'
}

/**
 * The environment that a command means.
 * @throws DevenvError `checkout-missing`, `checkout-unrecognised`, `package-missing`, `package-unknown`
 */
export async function openEnvironment(where: Where, settings: Settings): Promise<Environment> {
  const given = where.package === undefined ? undefined : readPackage(resolve(where.directory, where.package))
  const looked = lookFor(where, given)
  if (!existsSync(looked) || !statSync(looked).isDirectory()) {
    const extension = given === undefined ? undefined : await readExtension(given)
    throw new DevenvError({
      code: 'checkout-missing',
      service: given?.service ?? basename(looked),
      looked,
      repository: extension?.repository,
    })
  }
  const checkout = realpathSync(looked)
  const environmentPackage = given ?? findPackage(checkout)
  return identify(environmentPackage, checkout, settings.dataRoot)
}

function lookFor({ directory, checkout, otherwise }: Where, given: EnvironmentPackage | undefined): string {
  if (checkout !== undefined) return resolve(directory, checkout)
  const usual = given !== undefined && otherwise === 'usual-checkout' ? readUsualCheckout(given) : undefined
  return usual ?? findCheckout(directory)
}

/** What a package's compose.yaml says itself where nobody names a checkout: the default of DEVENV_CHECKOUT. */
function readUsualCheckout({ directory }: EnvironmentPackage): string | undefined {
  const usual = /\$\{DEVENV_CHECKOUT:-([^}]+)\}/.exec(readFileSync(join(directory, 'compose.yaml'), 'utf8'))?.[1]
  return usual === undefined ? undefined : resolve(directory, usual)
}

/**
 * Refuses a folder that is not a checkout of the service: mounting the wrong one would run nothing, in silence.
 * @throws DevenvError `checkout-unrecognised`, `checkout-unmountable`
 */
export async function requireRecognised({
  package: environmentPackage,
  service,
  checkout,
}: Environment): Promise<void> {
  if (checkout.includes(':')) throw new DevenvError({ code: 'checkout-unmountable', checkout })
  const extension = await readExtension(environmentPackage)
  const wanted = extension?.['recognised-by'] ?? []
  const missing = wanted.filter((file) => !existsSync(join(checkout, file)))
  if (missing.length > 0) throw new DevenvError({ code: 'checkout-unrecognised', service, checkout, missing })
}

type Extension = { repository?: string; 'recognised-by'?: string[] }

async function readExtension({ directory }: EnvironmentPackage): Promise<Extension | undefined> {
  // The YAML parser is loaded only where it is needed: opening an environment is on every command's way.
  const { parseSource } = await import('../definition/source.js')
  const file = join(directory, 'compose.yaml')
  const value = parseSource(file, readFileSync(file, 'utf8')).value as { 'x-devenv'?: Extension } | null
  return value?.['x-devenv']
}
