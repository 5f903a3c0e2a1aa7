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
 * After a switch of branch that would change what the databases hold: keeps their data for the branch that was left, and goes back to those
 * that were kept for the one that is here. Does nothing where no such switch was, or where the data cannot be kept, and then says so.
 * @throws DevenvError what `save` and `restore` throw
 */
export async function followBranch(context: Context, commands: OnCommands): Promise<void> {
  const { environment, report } = context
  const before = readRecord(environment)
  // A start of the same branch, the most usual one, looks no further.
  if (before?.branch === undefined || before.branch === (await readBranch(environment.checkout))) return
  const plan = await readStartPlan(context, { all: true }, 'awaited')
  const follow = planFollow(before.branch, plan, listSaves(environment.paths).saves)
  if (follow === undefined) return
  if (!(await keep(context, follow))) return
  if (follow.back !== undefined) await restore(context, follow.back, commands, 'devenv start --now')
  else
    report({
      kind: 'note',
      text: `nothing was kept for ${plan.record.branch} yet: it goes on with the data of ${before.branch}`,
    })
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
