import type { Explanation, Explanations } from './explanation.js'
import { CHECKOUT } from './explanations/about-checkout.js'
import { COMMAND } from './explanations/about-command.js'
import { DEFINITION } from './explanations/about-definition.js'
import { ENGINE } from './explanations/about-engine.js'
import { ENVIRONMENT } from './explanations/about-environment.js'
import { GIT } from './explanations/about-git.js'
import { IMAGE } from './explanations/about-image.js'
import { MACHINE } from './explanations/about-machine.js'
import { REGISTRY } from './explanations/about-registry.js'
import { SETTINGS } from './explanations/about-settings.js'
import { DevenvError, type Problem } from './problem.js'

const ALL: Explanations<Problem> = {
  ...DEFINITION,
  ...CHECKOUT,
  ...SETTINGS,
  ...ENGINE,
  ...MACHINE,
  ...GIT,
  ...IMAGE,
  ...REGISTRY,
  ...ENVIRONMENT,
  ...COMMAND,
}

/** The words for a problem. Pure. */
export const explainProblem = (problem: Problem): Explanation =>
  (ALL[problem.code] as (problem: Problem) => Explanation)(problem)

/** What an error says happened, in the middle of other words. Pure. */
export const whatOf = (error: unknown): string =>
  error instanceof DevenvError
    ? error.problems.map((problem) => explainProblem(problem).what).join(' ')
    : (error as Error).message

/** A problem as it is printed: the code, and under it what, why and fix. Pure. */
export function renderProblem(problem: Problem): string {
  const { what, why, fix } = explainProblem(problem)
  const block = (name: string, text: string) => `  ${name.padEnd(4)} ${text.split('\n').join('\n       ')}`
  return [problem.code, block('what', what), block('why', why), block('fix', fix)].join('\n')
}
