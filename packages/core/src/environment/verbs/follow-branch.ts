import { readBranch } from '../../git/git-repository.js'
import { tellsOf } from '../../problem/problem.js'
import type { Context, OnCommands } from '../context.js'
import { noteBranch, readLedgers } from '../data/ledger.js'
import { withLock } from '../data/mutex.js'
import { deleteSave, listSaves, replaceSave, type Save } from '../data/saves.js'
import type { Extent, Started } from '../start/find-running.js'
import type { How } from '../start/observe.js'
import { autoSaveOf, type BranchSwitch, planFollow } from '../start/plan-follow.js'
import { readStartPlan, start, USUAL } from '../start/start.js'
import { startTogether } from '../start/start-together.js'
import { restore, undoInterrupted } from './restore.js'
import { save } from './save.js'

/** A start; where the person wants that, first the data become those of the branch that is checked out. @throws DevenvError */
export async function startFollowing(context: Context, extent: Extent, how: How = USUAL): Promise<Started> {
  if (context.settings.followsBranch) await undoInterrupted(context)
  const follow = await readBranchSwitch(context)
  if (follow !== undefined) await followBranch(context, follow, how.commands)
  else await offerKept(context)
  return await startTogether(context, extent, how)
}

/**
 * What has to be done with the data before a start, where another branch than theirs is checked out, and the databases would change;
 * `undefined` where there is nothing, or the data do not follow. Looks, and changes nothing.
 */
export async function readBranchSwitch(context: Context): Promise<BranchSwitch | undefined> {
  const { paths, checkout } = context.environment
  if (!context.settings.followsBranch) return undefined
  const to = await readBranch(checkout)
  const from = readLedgers(paths).find(([, { branch }]) => branch !== undefined && branch !== to)?.[1].branch
  // A start of the same branch, the most usual one, looks no further. Without a branch (a bisect, a rebase) the data stay.
  if (to === undefined || from === undefined) return undefined
  return planFollow(from, to, await readStartPlan(context, { all: true }, 'awaited'), listSaves(paths).saves)
}

/** After a clean there is nothing to go back from: whoever cleans may want new data. */
async function offerKept({ environment, settings, report }: Context): Promise<void> {
  const { paths, checkout } = environment
  if (!settings.followsBranch || readLedgers(paths).length > 0) return
  const branch = await readBranch(checkout)
  const kept = branch && listSaves(paths).saves.find(({ name }) => name === autoSaveOf(branch))
  if (kept)
    report({
      kind: 'note',
      text: `${branch} begins with new data; \`devenv data restore ${kept.name}\` goes back to those that were kept of it`,
    })
}

/** Keeps the data of the branch that was left, and goes back to those that were kept for the one that is here. */
async function followBranch(context: Context, follow: BranchSwitch, commands: OnCommands): Promise<void> {
  const { from, to, name, back } = follow
  const kept = await keep(context, follow)
  const goesOn =
    back === undefined
      ? `nothing was kept for ${to} yet, so it goes on with the data of ${from}`
      : `${to} goes back to its own, from the save ${back}`
  context.report({ kind: 'note', text: `the data of ${from} are kept as the save ${name}; ${goesOn}` })
  const { paths } = context.environment
  const note = (branch: string, archive: string | undefined) =>
    withLock(context, async () => noteBranch(paths, branch, archive))
  await note(from, kept)
  if (back !== undefined) await restore(context, back, commands, 'devenv start --now')
  else await note(to, undefined)
}

/** Gives the archive. What was kept of the branch before stays until its data are kept again, and for ever where these are others. */
async function keep(context: Context, { name, from, servers }: BranchSwitch): Promise<string> {
  const { paths } = context.environment
  const { saves } = listSaves(paths)
  // A dot is in no name of another branch's save.
  const fresh = `${name}.new`
  // Of somebody who was interrupted here: the data are still there.
  if (saves.some((each) => each.name === fresh)) deleteSave(paths, fresh)
  const older = saves.find((each) => each.name === name)
  const goesOnFrom = readLedgers(paths).map(([, { kept }]) => kept)
  if (older !== undefined && !goesOnFrom.includes(older.manifest)) {
    const stamped = `${name}.${older.description.created.slice(0, 19).replaceAll(':', '-')}`
    replaceSave(paths, stamped, name)
    context.report({ kind: 'note', text: `the save ${name} holds other data of ${from}; it is called ${stamped} now` })
  }
  const { manifest } = await saveRunning(context, fresh, from, servers)
  replaceSave(paths, name, fresh)
  return manifest
}

/** A save, for which the servers are started where they do not run. */
async function saveRunning(context: Context, name: string, label: string, servers: readonly string[]): Promise<Save> {
  try {
    return await save(context, name, label)
  } catch (error) {
    if (!tellsOf(error, 'not-running')) throw error
    await start(context, { all: false, needs: servers })
    return await save(context, name, label)
  }
}
