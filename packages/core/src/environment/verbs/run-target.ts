import type { Context } from '../context.js'
import { runAsOwner } from '../inside/run-as-owner.js'
import { ensure, extentOf } from './ensure.js'

const TARGETS_FILE = '/etc/devenv/targets.mk'

/**
 * Runs a make target as if make had been called here: a target that the package supplies from its own file,
 * every other from the checkout's Makefile. Input that a shell around us reads as well is left to it. `words` are make's own arguments, the target among them.
 */
export async function runTarget(context: Context, target: string, words: readonly string[]): Promise<number> {
  const { report } = context
  const started = await ensure(context, await extentOf(context, target))
  const known = started.record.targets[target]
  if (known === undefined) return await runAsOwner(context, started.primary, ['make', ...words], 'ours-alone')
  report({
    kind: 'note',
    text: `the environment package supplies ${target}: ${known.because.replace(/\.$/, '')}. To run the checkout’s own, if it has one: devenv exec -- make ${target}`,
  })
  return await runAsOwner(context, started.primary, ['make', '-f', TARGETS_FILE, ...words], 'ours-alone')
}
