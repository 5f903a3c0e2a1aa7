import type { Command } from 'commander'
import { type Add, open, withWhere } from '../opening.js'

export const shellCommand: Add = (program) =>
  withWhere(program.command('shell'))
    .summary('open a shell in the primary container, as the owner, in the code directory')
    .action(async (_options, command: Command) => {
      const context = await open(command)
      const { ensure, extentOf } = await import('../../environment/verbs/ensure.js')
      const { runAsOwner } = await import('../../environment/inside/run-as-owner.js')
      const { primary } = await ensure(context, await extentOf(context))
      process.exitCode = await runAsOwner(context, primary, ['bash'])
    })
