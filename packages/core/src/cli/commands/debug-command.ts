import type { Command } from 'commander'
import { type Add, open, withWhere } from '../opening.js'

export const debugCommand: Add = (program) =>
  withWhere(program.command('debug'))
    .argument('<program>', 'a program of the environment, whichever container it is in')
    .summary('run one program in this terminal, so that you can answer breakpoint()')
    .description(
      'Takes a program out of supervisord and runs it in this terminal. However it ends, supervisord then runs it again.',
    )
    .action(async (named: string, _options, command: Command) => {
      const context = await open(command)
      const { ensure } = await import('../../environment/verbs/ensure.js')
      const { debugProgram } = await import('../../environment/verbs/debug.js')
      const started = await ensure(context, { all: true })
      process.exitCode = await debugProgram(context, named, started)
    })
