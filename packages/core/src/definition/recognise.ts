import { DevenvError } from '../problem/problem.js'
import { holds, type Tree } from '../tree/tree.js'
import type { EnvironmentPackage, Mark } from './definition.js'
import type { Extension } from './extension.js'

/**
 * Refuses what is no checkout of the service, and picks the variant where the package knows several: the first of
 * which the checkout holds all marks.
 * @throws DevenvError `checkout-unrecognised`, `variant-unknown` naming every shape
 */
export async function recognise(
  { service }: Pick<EnvironmentPackage, 'service'>,
  extension: Partial<Extension>,
  checkout: Tree,
): Promise<string | undefined> {
  const missing = await missingOf(checkout, extension['recognised-by'] ?? [])
  if (missing.length > 0)
    throw new DevenvError({ code: 'checkout-unrecognised', service, checkout: checkout.name, missing })
  const variants = Object.entries(extension.variants ?? {})
  if (variants.length === 0) return undefined
  const looked: { variant: string; missing: string[] }[] = []
  for (const [variant, { 'recognised-by': marks }] of variants) {
    const without = await missingOf(checkout, marks)
    if (without.length === 0) return variant
    looked.push({ variant, missing: without })
  }
  throw new DevenvError({ code: 'variant-unknown', service, checkout: checkout.name, variants: looked })
}

async function missingOf(checkout: Tree, marks: readonly Mark[]): Promise<string[]> {
  const missing = marks.map(async (mark) => ((await bears(checkout, mark)) ? [] : [nameOf(mark)]))
  return (await Promise.all(missing)).flat()
}

const nameOf = (mark: Mark): string => (typeof mark === 'string' ? mark : `line /${mark.matches}/ in ${mark.file}`)

/** Whether a checkout has a mark. */
export async function bears(checkout: Tree, mark: Mark): Promise<boolean> {
  if (typeof mark === 'string') return await holds(checkout, mark)
  const text = (await checkout.read(mark.file))?.toString()
  return text !== undefined && new RegExp(mark.matches, 'm').test(text)
}
