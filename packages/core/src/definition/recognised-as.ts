import { tellsOf } from '../problem/problem.js'
import { folderTree } from '../tree/folder-tree.js'
import type { EnvironmentPackage } from './definition.js'
import { type Extension, readExtension } from './extension.js'
import { recognise } from './recognise.js'

/**
 * What a package says of a checkout that fits it, in the shape that this has; `undefined` where it does not fit, and of a package that
 * recognises nothing by its files.
 * @throws DevenvError `file-unusable`
 */
export async function recognisedAs(
  found: EnvironmentPackage,
  checkout: string,
): Promise<Partial<Extension> | undefined> {
  try {
    const extension = readExtension(found)
    const marks = [...(extension['recognised-by'] ?? []), ...Object.keys(extension.variants ?? {})]
    if (marks.length === 0) return undefined
    return readExtension(found, await recognise(found, extension, folderTree(checkout)))
  } catch (error) {
    if (tellsOf(error, 'checkout-unrecognised', 'variant-unknown', 'definition-unreadable')) return undefined
    throw error
  }
}
