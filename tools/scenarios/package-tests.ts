import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readPackage } from '../../packages/core/src/definition/find-package.js'
import { readUsualCheckout } from '../../packages/core/src/environment/open-environment.js'
import { Checkout, fresh } from './checkout.js'

/** A test that a package has beside it: a shell script, or one for pytest. */
export type PackageTest = {
  /** From the repository. */
  path: string
  argv: readonly string[]
  package: string
  /** What it runs in a copy of: `test/miniature`, or the clone that is usual for the package; `undefined`: none is there. */
  checkout: string | undefined
}

/** `devenv`, `address` and `eventually`: what such a test has on its PATH. */
const COMMANDS = fileURLToPath(new URL('bin', import.meta.url))

/** `test/*.sh` and `test/test_*.py` of each package of a repository. */
export const listPackageTests = (repository: string): PackageTest[] =>
  ['packages', 'examples']
    .flatMap((parent) => namesIn(join(repository, parent)).map((name) => join(repository, parent, name)))
    .flatMap((folder) => [folder, join(folder, 'environment')])
    .filter((folder) => existsSync(join(folder, 'compose.yaml')))
    .flatMap((folder) => {
      const places = [join(folder, 'test/miniature'), readUsualCheckout({ directory: folder })]
      const checkout = places.find((place) => place !== undefined && existsSync(place))
      const files = namesIn(join(folder, 'test')).filter((name) => /^(.+\.sh|test_.+\.py)$/.test(name))
      return files.map((name) => {
        const file = join(folder, 'test', name)
        const argv = name.endsWith('.py') ? ['python3', '-m', 'pytest', '-q', file] : ['sh', file]
        return { path: relative(repository, file), argv, package: folder, checkout }
      })
    })

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : [])

/** Runs one, and gives how it ended and all that it wrote. Its environment goes when the test is over. */
export async function runPackageTest(
  test: PackageTest & { checkout: string },
): Promise<{ exitCode: number; written: string }> {
  const { service } = readPackage(test.package)
  const origin = { service, sources: [test.checkout], package: test.package, port: 0 }
  const checkout = fresh(new Checkout(origin))
  const run = checkout.begin(test.argv, { env: { PATH: `${COMMANDS}${delimiter}${process.env.PATH}` } })
  const { exitCode } = await run.ended
  return { exitCode, written: run.written() }
}
