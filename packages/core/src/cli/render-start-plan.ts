import type { StartPlan } from '../environment/start/assemble.js'
import type { AwaitCommands } from '../environment/start/await-commands.js'
import { wordsOf } from '../environment/start/choose-programs.js'
import type { BranchSwitch } from '../environment/start/plan-follow.js'
import type { StartStep } from '../environment/start/plan-steps.js'
import { imageStepsOf } from '../image/ensure-images.js'

/** One line of a printed plan. `on`: the services, containers, images or steps; `of`: the service beside this one that it is about. */
export type PlannedStep = { do: string; on: readonly string[]; because: string; of?: string }

/** As `devenv start --dry-run` prints it. Pure. */
export function renderStartPlan(notes: StartPlan['notes'], steps: readonly PlannedStep[]): string[] {
  const width = Math.max(0, ...steps.map((step) => step.do.length))
  return [
    ...notes.map((text) => `devenv: ${text}`),
    ...(steps.length === 0 ? ['Nothing to do: everything runs as it should.'] : []),
    ...steps.map(
      ({ of, ...step }) =>
        `${step.do.padEnd(width)}  ${of === undefined ? '' : `${of}: `}${step.on.join(', ')}: ${step.because}`,
    ),
  ]
}

/** What comes first where data follow the branch; what comes after a restore depends on what it brings. Pure. */
export function followingSteps({ name, from, to, back }: BranchSwitch): PlannedStep[] {
  const kept = { do: 'save', on: [name], because: `the databases would change, and ${from} may want them back` }
  if (back === undefined) return [kept]
  const again = { do: 'look-again', on: ['everything else'], because: 'the data are others then' }
  return [kept, { do: 'restore', on: [back], because: `they are the data of ${to}` }, again]
}

/** Each step, what it is about, and its cause. Pure. */
export const stepsOf = ({ awaited, steps }: Pick<StartPlan, 'awaited' | 'steps'>): PlannedStep[] =>
  [...(awaited === undefined ? [] : [awaited]), ...steps].flatMap(linesOf)

function linesOf(step: AwaitCommands | StartStep): PlannedStep[] {
  if (step.do === 'images')
    return imageStepsOf(step.images).map(({ reference, ...image }) => ({ ...image, on: [reference] }))
  return [{ do: step.do, on: objectsOf(step), because: step.because }]
}

function objectsOf(step: AwaitCommands | Exclude<StartStep, { do: 'images' }>): readonly string[] {
  switch (step.do) {
    case 'join':
      return [step.begun.step]
    case 'look-again':
      return ['everything else']
    case 'put-back':
      return ['data']
    case 'remove-project':
      return [step.project]
    case 'await-commands':
    case 'stop':
    case 'remove':
      return step.containers.map(({ name }) => name)
    case 'end-commands':
      return [step.container.name]
    case 'empty-stores':
    case 'keep-seed':
      return step.stores.map(({ name }) => name)
    case 'network':
      return step.names
    case 'pull-seed':
      return [step.seed.published.reference]
    case 'open-store':
    case 'load':
      return [step.store.name]
    case 'create':
    case 'start':
    case 'wait':
    case 'check-programs':
      return step.services
    case 'libraries':
      return step.libraries.map(({ name }) => name)
    case 'enter':
    case 'hold':
    case 'restart-programs':
      return [step.service]
    case 'provision':
      return [step.step.name]
    case 'release':
    case 'choose':
      return [`${wordsOf(step.programs)} of ${step.service}`]
    default:
      return step satisfies never
  }
}
