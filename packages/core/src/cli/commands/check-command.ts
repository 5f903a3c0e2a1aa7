import type { Command } from 'commander'
import { DevenvError } from '../../problem/problem.js'
import { type Add, say, sayJson, withWhere } from '../opening.js'

export const checkCommand: Add = (program) =>
  withWhere(program.command('check'))
    .summary('check an environment package against the rules of OEP-5 and of add-a-service.md, all at once')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { checkPackage } = await import('../check.js')
      const options = command.optsWithGlobals<{ checkout?: string; package?: string }>()
      const problems = await checkPackage({ ...options, package: options.package ?? process.env.DEVENV_PACKAGE })
      if (json) sayJson(problems)
      else if (problems.length === 0) say('No rule is broken.')
      else throw new DevenvError(...problems)
      if (problems.length > 0) process.exitCode = 1
    })
