import { sha256Of } from '../../hash/sha256.js'
import type { Save } from '../data/saves.js'
import type { StartPlan } from './assemble.js'

/**
 * A switch of branch. `name`: of the save that keeps the data of `from`; `back`: the save that goes back to those of `to`, if there is one;
 * `servers`: the services that keep data.
 */
export type BranchSwitch = {
  name: string
  from: string
  to: string
  back: string | undefined
  servers: readonly string[]
}

/** The save that keeps the data of a branch by itself: no two branches have the same, and none has a dot. Pure. */
export function autoSaveOf(branch: string): string {
  const plain = branch.replace(/[^\w-]/g, '-').slice(0, 24)
  return `auto-${plain}${plain === branch ? '' : `-${sha256Of(branch).slice(0, 8)}`}`
}

/**
 * What to do before a start on another branch than that of the data: where that branch has data of its own, or the databases would change, for
 * the checkout lacks migrations that they hold, or a step is carried out on them. Pure.
 * @param from the branch whose data these are
 * @param to the branch that is checked out, another one
 */
export function planFollow(
  from: string,
  to: string,
  { left, steps, record: { configs, ours } }: Pick<StartPlan, 'left' | 'steps' | 'record'>,
  saves: readonly Pick<Save, 'name'>[],
): BranchSwitch | undefined {
  // Whatever they hold: a branch was given the data of another to begin with.
  const back = saves.find(({ name }) => name === autoSaveOf(to))?.name
  const isFilled = steps.some(
    // What comes after another look is not known yet.
    (step) => step.do === 'look-again' || (step.do === 'provision' && step.step.stores.length > 0),
  )
  if (back === undefined && !left && !isFilled) return undefined
  const servers = Object.keys(configs).filter((service) => ours[service] === undefined)
  return { name: autoSaveOf(from), from, to, back, servers }
}
