import { CommanderError } from 'commander'
import { DevenvError } from '../problem/problem.js'
import { endOnSignals } from '../process/signals.js'
import { tellWaits } from '../progress/patience.js'
import { asTyped, currentFolder } from './as-typed.js'
import { heedOutput } from './heed-output.js'
import { report } from './opening.js'
import { createProgram } from './program.js'
import { keepsLines } from './render-progress.js'

endOnSignals()
tellWaits(report)
heedOutput(process.stdout, 'results')
heedOutput(process.stderr, 'progress')

/** Words on stderr, whatever it was, and the exit code. */
async function tell(error: unknown): Promise<number> {
  const { problemsIn, withoutOutput } = await import('./problems-in.js')
  const { renderProblem } = await import('../problem/explain-problem.js')
  const problems = problemsIn(error).map((problem) => (keepsLines(process.stderr) ? withoutOutput(problem) : problem))
  process.stderr.write(`${asTyped(problems.map(renderProblem).join('\n'))}\n`)
  if (process.env.DEVENV_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return problems.some(({ code }) => code === 'usage') ? 2 : 1
}
// What is thrown where nobody waits for it, an event's handler for example.
process.on(
  'uncaughtException',
  (error) =>
    void tell(error).then(
      (code) => process.exit(code),
      () => process.exit(1),
    ),
)

async function main(): Promise<void> {
  try {
    if (currentFolder() === undefined) throw new DevenvError({ code: 'folder-gone', folder: process.env.PWD ?? '.' })
    await createProgram(process.argv[2]).parseAsync(process.argv)
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has said what it could not understand, or helped; that may still be on its way out.
      process.exitCode = error.exitCode === 0 ? 0 : 2
    } else {
      const code = await tell(error)
      // Whatever else broke may have left something open that would keep us here.
      if (!(error instanceof DevenvError)) process.exit(code)
      process.exitCode = code
    }
  }
}
void main()
