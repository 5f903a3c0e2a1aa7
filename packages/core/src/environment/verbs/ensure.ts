import type { Context } from '../context.js'
import { readRecord, type StartRecord, unchanged } from '../data/record.js'
import type { Environment } from '../environment.js'
import { type Extent, findRunning, HAS_OLD_FOLDER, type Started, seesItsFolders } from '../start/find-running.js'

/**
 * What is needed, started if it does not run. A running environment is not replaced under a command's feet:
 * what has changed is said, with what brings it in.
 */
export async function ensure(context: Context, extent: Extent): Promise<Started> {
  const { environment, report } = context
  const running = await findRunning(context, extent, 'running')
  // What only a start needs is loaded only then: this is the way of every command.
  if (running === undefined) {
    const { startFollowing } = await import('./follow-branch.js')
    return await startFollowing(context, extent, { again: 'none', commands: 'awaited', alone: true })
  }
  if (!seesItsFolders(running, environment)) report({ kind: 'note', text: HAS_OLD_FOLDER })
  if (unchanged(running.record.stamps.inputs)) return running
  const stale = await (await import('../start/read-stale.js')).readStale(environment, running.record)
  if (stale !== undefined)
    report({
      kind: 'note',
      text: `the image is out of date: ${stale}. \`devenv watch\` replaces it`,
    })
  return running
}

/** What has to run for a target; without one, for a shell and the like. Before the first start the package's files tell. */
export async function extentOf(
  { environment, settings }: Pick<Context, 'environment' | 'settings'>,
  target?: string,
): Promise<Extent> {
  const { targets, needs: usual } = readRecord(environment) ?? (await readNeeds(environment))
  const supplied = target === undefined ? undefined : targets[target]
  const needs = supplied === undefined ? usual : supplied.needs
  return needs === undefined
    ? { all: true }
    : { all: false, needs: needs.filter((name) => !settings.without?.includes(name)) }
}

/** As the package's files tell. */
export async function readNeeds(environment: Environment): Promise<Pick<StartRecord, 'needs' | 'targets'>> {
  const { requireRecognised } = await import('../open-environment.js')
  const { needsOf, readExtension } = await import('../../definition/extension.js')
  return needsOf(readExtension(environment.package, await requireRecognised(environment)))
}
