import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { FOLDER_IN_CHECKOUT, readManifest } from '../definition/find-package.js'
import { readIgnored } from '../git/git-repository.js'

/** A file or folder that npm installs from, by its path from the checkout, and whether a clone of the checkout has it. */
export type PackedFile = { path: string; clones: 'have it' | 'lack it' | 'ignore it' }

/** Those of `devenv/package-lock.json`: what does not come from a registry. */
export async function readPackedFiles(checkout: string): Promise<PackedFile[]> {
  const folder = join(checkout, FOLDER_IN_CHECKOUT)
  const lock = join(folder, 'package-lock.json')
  const packages: { resolved?: string; link?: boolean }[] = existsSync(lock)
    ? Object.values(readManifest(lock).packages ?? {})
    : []
  const paths = packages.flatMap(({ resolved = '', link }) => {
    const file = resolved.startsWith('file:') ? resolved.slice('file:'.length) : link ? resolved : undefined
    return file === undefined ? [] : [relative(checkout, resolve(folder, file))]
  })
  const inside = paths.filter((path) => !path.startsWith('..'))
  const ignored = await readIgnored(checkout, inside)
  return [...new Set(paths)].sort().map((path) => {
    if (!inside.includes(path)) return { path, clones: 'lack it' }
    return { path, clones: ignored.has(path) ? 'ignore it' : 'have it' }
  })
}

/**
 * What works in a fresh clone, and what does not.
 * @param wanted the package as a registry would give it: `@devenv/hello@1.0.0`
 * @param there the way to the checkout, as a shell reads it, where the person is elsewhere: `../course-discovery`
 */
export function explainClones(files: readonly PackedFile[], wanted: string, there?: string): string[] {
  const make = there === undefined ? 'make' : `make -C ${there}`
  const namesOf = (clones: PackedFile['clones']) =>
    files.flatMap((file) => (file.clones === clones ? [file.path] : [])).join(', ')
  const [had, lacked, ignored] = [namesOf('have it'), namesOf('lack it'), namesOf('ignore it')]
  const commit = had === '' ? 'Commit these files.' : `Commit these files, and ${had}.`
  if (lacked === '' && ignored === '') return [`${commit} From now on, in a fresh clone too: ${make} dev.watch`]
  return [
    `Here this works: ${make} dev.watch`,
    'In a fresh clone it does not, nor in CI: npm installs from files that a clone does not have.',
    ...(lacked === '' ? [] : [`  outside the checkout: ${lacked}`]),
    ...(ignored === '' ? [] : [`  ignored by git: ${ignored}`]),
    `Once the package is published: devenv init ${wanted}${there === undefined ? '' : ` --checkout ${there}`}`,
    `Until then: copy the files into ${FOLDER_IN_CHECKOUT}/, give the copies to the same command, and commit them too. Or commit nothing.`,
  ]
}
