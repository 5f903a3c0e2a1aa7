import { endOnSignals } from '../engine/signals.js'
import { DevenvError } from '../problem/problem.js'
import { createProgram } from './program.js'

endOnSignals()
try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  if (!(error instanceof DevenvError)) throw error
  const { renderProblem } = await import('../problem/explain-problem.js')
  process.stderr.write(`${error.problems.map(renderProblem).join('\n')}\n`)
  process.exitCode = error.problems.some(({ code }) => code === 'usage') ? 2 : 1
}
