import { readBranch } from '../../git/git-repository.js'
import { DevenvError, tellsOf } from '../../problem/problem.js'
import type { Context, OnCommands } from '../context.js'
import { readRecord } from '../data/record.js'
import { deleteSave, listSaves, replaceSave } from '../data/saves.js'
import { type BranchSwitch, planFollow } from '../start/plan-follow.js'
import { readStartPlan } from '../start/start.js'
import { restore } from './restore.js'
import { save } from './save.js'

/**
 * What has to be done with the data before a start, after a switch of branch that would change what the databases hold; `undefined` where
 * no such switch was. Looks, and changes nothing.
 */
export async function readBranchSwitch(context: Context): Promise<BranchSwitch | undefined> {
  const { environment } = context
  const before = readRecord(environment)
  // A start of the same branch, the most usual one, looks no further.
  if (before?.branch === undefined || before.branch === (await readBranch(environment.checkout))) return undefined
  const plan = await readStartPlan(context, { all: true }, 'awaited')
  return planFollow(before.branch, plan, listSaves(environment.paths).saves)
}

/**
 * Keeps the data of the branch that was left, and goes back to those that were kept for the one that is here. Where the data cannot be kept,
 * it says so, and leaves them where they are.
 * @throws DevenvError what `save` and `restore` throw
 */
export async function followBranch(context: Context, commands: OnCommands): Promise<void> {
  const follow = await readBranchSwitch(context)
  if (follow === undefined || !(await keep(context, follow))) return
  const { from, to, back } = follow
  if (back !== undefined) await restore(context, back, commands, 'devenv start --now')
  else context.report({ kind: 'note', text: `nothing was kept for ${to} yet: it goes on with the data of ${from}` })
}

/** Whether the data are kept now. What was kept of the branch before stays until then. */
async function keep(context: Context, { name, from }: BranchSwitch): Promise<boolean> {
  const { paths } = context.environment
  const other = listSaves(paths).saves.find((each) => each.name === name)?.description.label ?? from
  if (other !== from) {
    const text = `the data of ${from} are not kept: the save ${name} holds those of ${other}`
    context.report({ kind: 'note', text })
    return false
  }
  const fresh = `${name}.new`
  try {
    // Of somebody who was interrupted here: the data are still there.
    if (listSaves(paths).saves.some((each) => each.name === fresh)) deleteSave(paths, fresh)
    await save(context, fresh, from)
    replaceSave(paths, name, fresh)
    return true
  } catch (error) {
    if (!(error instanceof DevenvError) || !tellsOf(error, 'not-running', 'nothing-to-save')) throw error
    const text = `the data of ${from} are not kept, because the servers do not run; \`devenv data save NAME\` keeps them before you switch`
    context.report({ kind: 'note', text })
    return false
  }
}
