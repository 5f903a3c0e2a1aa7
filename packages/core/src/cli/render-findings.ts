import type { Finding } from '../machine/explain-machine.js'
import { renderProblem } from '../problem/explain-problem.js'

/** One line, and below it what to do. Pure. */
export function renderFinding({ looked, found, problem, advice }: Finding): string {
  const sign = problem !== undefined ? '✗' : advice !== undefined ? '!' : '✓'
  return [`${sign} ${looked}: ${found}`, ...[problem ?? advice ?? []].flat().map(renderProblem)].join('\n')
}
