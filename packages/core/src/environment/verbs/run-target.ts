import { type DeclaredTarget, isSupplied } from '../../definition/definition.js'
import { type ContainerCommand, captureInside } from '../../engine/execs.js'
import type { Context } from '../context.js'
import { runAsOwner } from '../inside/run-as-owner.js'
import { asOwner, debuggedCommand } from '../inside/tools.js'
import { TARGETS_FILE } from '../project/neighbours.js'
import type { Started } from '../start/find-running.js'
import { ensure, extentOf } from './ensure.js'
import type { ListeningAsked } from './listen.js'

/** Make's code for an error of its own, and for a recipe that fails. */
const FAILED = 2

/**
 * Runs a make target as if make had been called here: a target that the package supplies from its own file,
 * every other from the checkout's Makefile. Input that a shell around us reads as well is left to it. `words` are make's
 * own arguments, the target among them; `listCommands`: what devenv itself can be asked, for whoever mistakes the one for the other.
 */
export async function runTarget(
  context: Context,
  target: string,
  words: readonly string[],
  listCommands: () => readonly string[],
): Promise<number> {
  const { report } = context
  const started = await ensure(context, await extentOf(context, target))
  const declared = started.record.targets[target]
  const debugged = parseDebug(words)
  // Loaded only then: this is the way of every target.
  const where =
    debugged && (await (await import('./listen.js')).listenFor(context, started.primary.id, target, debugged))
  const argv = targetCommand(declared, words)
  const run = () => runAsOwner(context, started.primary, where ? debuggedCommand(where, argv) : argv, 'ours-alone')
  if (!isSupplied(declared)) {
    const exitCode = await run()
    if (exitCode === FAILED) await tellTargets(context, target, started, listCommands)
    return exitCode
  }
  report({
    kind: 'note',
    text: explainSupplied(target, declared.because, await hasTarget(context.environment.checkout, target)),
  })
  return await run()
}

/** That a target is not the checkout's, why, and how to run that of the checkout where there is one. Pure. */
export function explainSupplied(target: string, because: string, checkouts: 'there' | 'none'): string {
  const own = checkouts === 'there' ? `. To run the checkout’s own: devenv exec -- make ${target}` : ''
  return `the environment package supplies ${target}: ${because.replace(/\.$/, '')}${own}`
}

/** Whether a checkout has a target of that name; not where no make tells it here. */
async function hasTarget(checkout: string, target: string): Promise<'there' | 'none'> {
  const { readTargets } = await import('../../checkout/read-targets.js')
  const targets = await readTargets(checkout).catch(() => [])
  return targets.some(({ name }) => name === target) ? 'there' : 'none'
}

/** What makes a target in the container; one that the package supplies, from the package's own file. Pure. */
export const targetCommand = (
  declared: DeclaredTarget | undefined,
  words: readonly string[],
): ContainerCommand['argv'] =>
  withEnvironment(declared, ['make', ...(isSupplied(declared) ? ['-f', TARGETS_FILE] : []), ...words])

/** Of `DEBUG=1`, or a port in its place: an editor's debugger attaches before the first program of the target begins. Pure. */
export function parseDebug(words: readonly string[]): ListeningAsked | undefined {
  const [, value] = words.map((word) => /^DEBUG=(1|\d{4,5})$/.exec(word)).find((match) => match !== null) ?? []
  return value === undefined ? undefined : { port: value === '1' ? undefined : Number(value), waits: true }
}

function withEnvironment(declared: DeclaredTarget | undefined, make: string[]): ContainerCommand['argv'] {
  const set = Object.entries(declared?.environment ?? {}).map(([name, value]) => `${name}=${value}`)
  const [program = '', ...words] = set.length === 0 ? make : ['env', ...set, ...make]
  return [program, ...words]
}

/** Says what there is, where make has just said that there is no such target. */
async function tellTargets(
  { engine, report }: Pick<Context, 'engine' | 'report'>,
  target: string,
  { primary, record }: Started,
  listCommands: () => readonly string[],
): Promise<void> {
  // Only for who has mistyped one: a target that is there is on the quickest way.
  const { DATABASE, knownBeside } = await import('../../checkout/read-targets.js')
  const { explainNoTarget } = await import('./explain-no-target.js')
  const { lines } = await captureInside(engine, { container: primary.id, argv: asOwner(DATABASE), user: 'root' })
  const known = knownBeside(target, lines.join('\n'))
  if (known === undefined) return
  const all = [...known, ...Object.keys(record.targets)]
  report({ kind: 'note', text: explainNoTarget(target, all, listCommands()) })
}
