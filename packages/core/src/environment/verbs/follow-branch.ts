import { DevenvError, tellsOf } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'
import { deleteSave, listSaves } from '../data/saves.js'
import { type BranchSwitch, planFollow } from '../start/plan-follow.js'
import { readStartPlan } from '../start/start.js'
import { restore } from './restore.js'
import { save } from './save.js'

/**
 * After a switch of branch that would change what the databases hold: keeps their data for the branch that was left, and goes back to those
 * that were kept for the one that is here. Does nothing where no such switch was, or where the data cannot be kept, and then says so.
 * @throws DevenvError what `save` and `restore` throw
 */
export async function followBranch(context: Context): Promise<void> {
  const { environment, report } = context
  const before = readRecord(environment)
  if (before?.branch === undefined) return
  const plan = await readStartPlan(context, { all: true }, 'awaited')
  const follow = planFollow(before.branch, plan, listSaves(environment.paths).saves)
  if (follow === undefined) return
  if (!(await keep(context, follow))) return
  if (follow.back !== undefined) await restore(context, follow.back)
  else
    report({
      kind: 'note',
      text: `nothing was kept for ${plan.record.branch} yet: it goes on with the data of ${before.branch}`,
    })
}

/** Whether the data are kept now. */
async function keep(context: Context, { name, from }: BranchSwitch): Promise<boolean> {
  const { paths } = context.environment
  try {
    // A save of the same name is of this branch, and older.
    if (listSaves(paths).saves.some((each) => each.name === name)) deleteSave(paths, name)
    await save(context, name, from)
    return true
  } catch (error) {
    if (!(error instanceof DevenvError) || !tellsOf(error, 'not-running', 'nothing-to-save')) throw error
    const text = `the data of ${from} are not kept, because the servers do not run; \`devenv data save NAME\` keeps them before you switch`
    context.report({ kind: 'note', text })
    return false
  }
}
