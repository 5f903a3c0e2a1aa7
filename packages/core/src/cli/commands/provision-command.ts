import type { Command } from 'commander'
import { type Add, open, withWhere } from '../opening.js'
import { startAll } from '../start-all.js'

export const provisionCommand: Add = (program) =>
  withWhere(program.command('provision'))
    .argument('[steps...]', 'provisioning steps of the environment (default: all)')
    .summary('carry out provisioning steps again, after you loaded other data into a database')
    .action(async (steps: string[], _options, command: Command) => {
      await startAll(await open(command), { again: steps.length === 0 ? 'all' : steps, commands: 'awaited' })
    })
