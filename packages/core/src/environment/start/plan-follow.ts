import type { Save } from '../data/saves.js'
import type { StartPlan } from './assemble.js'

/** A switch of branch. `name`: of the save that keeps the data of `from`; `back`: the save that goes back to those of `to`, if there is one. */
export type BranchSwitch = { name: string; from: string; to: string; back: string | undefined }

/** The save that keeps the data of a branch by itself. Pure. */
export const autoSaveOf = (branch: string): string => `auto-${branch.replace(/[^\w.-]/g, '-').slice(0, 50)}`

/**
 * What to do before a start, where another branch is checked out than at the last one, and the databases would change: it lacks migrations
 * that they hold, or carries out a step on them. Pure.
 * @param from the branch of the last start
 */
export function planFollow(
  from: string,
  {
    record,
    left,
    steps,
    suits,
  }: Pick<StartPlan, 'left' | 'steps' | 'suits'> & { record: { branch?: string | undefined } },
  saves: readonly Pick<Save, 'name' | 'description'>[],
): BranchSwitch | undefined {
  const to = record.branch
  if (to === undefined || to === from) return undefined
  // What comes after another look is not known yet, nor which migrations the checkout has: those of a branch are taken for its own.
  const untold = steps.some((step) => step.do === 'look-again')
  const isFilled = steps.some((step) => step.do === 'provision' && step.step.stores.length > 0)
  if (!left && !isFilled && !untold) return undefined
  // Two branches may make one name of a save.
  const isOfHere = ({ name, description }: (typeof saves)[number]) =>
    name === autoSaveOf(to) && description.label === to && (untold || suits.includes(name))
  return { name: autoSaveOf(from), from, to, back: saves.find(isOfHere)?.name }
}
