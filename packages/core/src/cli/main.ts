import { CommanderError } from 'commander'
import { EngineRefusal } from '../engine/engine.js'
import { parseRefusal } from '../engine/parse-refusal.js'
import { DevenvError } from '../problem/problem.js'
import { endOnSignals } from '../process/signals.js'
import { tellWaits } from '../progress/patience.js'
import { asTyped } from './as-typed.js'
import { report } from './opening.js'
import { createProgram } from './program.js'

endOnSignals()
tellWaits(report)
// Who reads has gone (`devenv status | head`): there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
    if (stream.listenerCount('error') === 1) process.exit(0)
  })
}

try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  // Commander has said what it could not understand.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
  const problems =
    error instanceof EngineRefusal
      ? [parseRefusal('carry out a request', error.detail)]
      : error instanceof DevenvError
        ? error.problems
        : undefined
  if (problems === undefined) throw error
  const { renderProblem } = await import('../problem/explain-problem.js')
  process.stderr.write(`${asTyped(problems.map(renderProblem).join('\n'))}\n`)
  process.exitCode = problems.some(({ code }) => code === 'usage') ? 2 : 1
}
