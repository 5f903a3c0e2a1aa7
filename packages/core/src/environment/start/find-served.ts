import type { Context } from '../context.js'
import { hasNeighbours } from './has-neighbours.js'

/**
 * The environments in whose containers the checkout of this one is installed: none where it is not a library. Of one that is alone, nothing
 * more is loaded: a view of what runs is there at once.
 */
export async function findServed(context: Context): Promise<Context[]> {
  if (!hasNeighbours(context)) return []
  const { readExtension } = await import('../../definition/extension.js')
  const { requireRecognised } = await import('../open-environment.js')
  const { openNeighbourhood } = await import('./open-neighbourhood.js')
  const { environment } = context
  const { library } = readExtension(environment.package, await requireRecognised(environment))
  if (library === undefined) return []
  const { members } = await openNeighbourhood({ ...context, report: () => {} }, 'look')
  return members
    .filter(({ libraries }) => libraries.some(({ checkout }) => checkout === environment.checkout))
    .map((member) => ({ ...member.context, report: context.report }))
}
