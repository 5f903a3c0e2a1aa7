import { relative, resolve } from 'node:path'
import { explainClones, readPackedFiles } from '../checkout/packed-files.js'
import { prepareCheckout } from '../checkout/prepare-checkout.js'
import { readTargets, type Target } from '../checkout/read-targets.js'
import { findPackage, readPackage } from '../definition/find-package.js'
import { identify } from '../environment/environment.js'
import { requireFolder, requireRecognised } from '../environment/open-environment.js'
import { quoted } from '../problem/quoted.js'

const editorsIn = (where: string) => [
  `For VS Code, its tasks, its debugger and its containers: devenv editor vscode${where}`,
  `For PyCharm, run configurations: devenv editor pycharm${where}`,
]

/** Prepares a checkout; gives what to tell the person. */
export async function initCheckout(
  specs: readonly string[],
  options: { checkout?: string; package?: string | undefined },
): Promise<string[]> {
  const checkout = requireFolder(resolve(options.checkout ?? '.'), 'this service')
  const found = options.package === undefined ? findPackage(checkout) : readPackage(resolve(options.package))
  await requireRecognised(identify(found, checkout, undefined))
  const changed = await prepareCheckout(checkout, found, specs)
  const done = changed.length === 0 ? ['This checkout is prepared already.'] : changed.map((file) => `wrote ${file}`)
  const collisions = explainCollisions(await readTargets(checkout))
  const files = await readPackedFiles(checkout)
  if (changed.length === 0 && files.length === 0) return [...done, ...collisions]
  const there = checkout === process.cwd() ? undefined : quoted(relative(process.cwd(), checkout))
  return [
    ...done,
    ...collisions,
    ...explainClones(files, `${found.name}@${found.version}`, there),
    ...editorsIn(there === undefined ? '' : ` --checkout ${there}`),
  ]
}

/** The targets whose names are devenv's: two recipes cannot have one name. Pure. */
export const explainCollisions = (targets: readonly Target[]): string[] =>
  targets
    .filter(({ name, recipe }) => recipe !== undefined && /^(dev\.(watch|shell|clean)|devenv\..*)$/.test(name))
    .map(
      ({ name, recipe }) =>
        `warning: ${recipe?.file}:${recipe?.line} has its own ${name}, which devenv replaces: give it another name. All other dev.* targets of the Makefile stay its own.`,
    )
