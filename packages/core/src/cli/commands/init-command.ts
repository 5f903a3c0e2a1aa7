import type { Command } from 'commander'
import { type Add, say, withWhere } from '../opening.js'

export const initCommand: Add = (program) =>
  withWhere(program.command('init'))
    .argument('[specs...]', 'what npm shall install instead of this version: a file, a range')
    .summary('prepare a checkout: write devenv/, one line in its Makefile, the .dev/ lines of its ignore files')
    .action(async (specs: string[], _options, command: Command) => {
      const { initCheckout } = await import('../init.js')
      const options = command.optsWithGlobals<{ checkout?: string; package?: string }>()
      for (const line of await initCheckout(specs, {
        ...options,
        package: options.package ?? process.env.DEVENV_PACKAGE,
      }))
        say(line)
    })
