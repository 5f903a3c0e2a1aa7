import type { Definition } from '../../definition/definition.js'
import { sha256Of } from '../../hash/sha256.js'
import type { Stamps } from '../data/record.js'
import type { Library } from '../project/libraries.js'
import type { MatchedFiles } from '../provision/hash-steps.js'
import { readMatchingFiles } from '../provision/read-matching-files.js'

/**
 * What the globs of steps match in attached libraries, each file named by its library first; nothing for a glob that matches nothing. A
 * library by its name: wherever it lies, it brings the same.
 */
export async function readAttachedFiles(
  libraries: readonly Library[],
  { provision }: Pick<Definition, 'provision'>,
): Promise<{ files: { [glob: string]: MatchedFiles }; stamps: Stamps }> {
  const files: { [glob: string]: MatchedFiles } = {}
  const stamps: Stamps = {}
  for (const glob of new Set(provision.flatMap(({ when }) => when.libraries))) {
    const contents: { [path: string]: string } = {}
    for (const { name, checkout } of libraries) {
      const matched = await readMatchingFiles(checkout, glob)
      for (const [path, content] of Object.entries(matched.contents)) contents[`${name}/${path}`] = content
      for (const [path, stamp] of Object.entries(matched.stamps)) stamps[path] ??= stamp
    }
    if (Object.keys(contents).length > 0) files[glob] = { hash: sha256Of(JSON.stringify(contents)), contents }
  }
  return { files, stamps }
}
