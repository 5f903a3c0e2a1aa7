import type { Command } from 'commander'
import { DevenvError } from '../../problem/problem.js'
import { type Add, open, withWhere } from '../opening.js'

export const debugCommand: Add = (program) =>
  withWhere(program.command('debug'))
    .argument('<program>', 'a program of the environment, whichever container it is in')
    .summary('run one program in this terminal, for breakpoint(), or for the debugger of your editor')
    .description(
      'Takes a program out of supervisord and runs it in this terminal. However it ends, supervisord then runs it again.\nWith --listen, the debugger of your editor attaches to it: debugpy’s for Python, the inspector’s for Node, rdbg’s for Ruby.',
    )
    .option(
      '--listen [port]',
      'let an editor attach at this port of localhost; default: 5678, or the next that is free',
    )
    .option('--wait', 'with --listen: let the program begin when an editor has attached')
    .action(async (named: string, options: { listen?: string | true; wait?: true }, command: Command) => {
      const listening = parseListening(options)
      if (listening === undefined && (!process.stdin.isTTY || !process.stdout.isTTY))
        throw new DevenvError({ code: 'no-terminal', command: `devenv debug ${named}` })
      const context = await open(command)
      const { ensure } = await import('../../environment/verbs/ensure.js')
      const { debugProgram } = await import('../../environment/verbs/debug.js')
      const started = await ensure(context, { all: true })
      process.exitCode = await debugProgram(context, named, started, listening)
    })

function parseListening({ listen, wait }: { listen?: string | true; wait?: true }) {
  const usage = (detail: string) => new DevenvError({ code: 'usage', detail, see: 'devenv debug --help' })
  if (listen === undefined) {
    if (wait) throw usage('--wait needs --listen: it is an editor that the program waits for')
    return undefined
  }
  const port = listen === true ? undefined : Number(listen)
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536))
    throw usage(`--listen takes a port, and "${listen}" is none`)
  return { port, waits: wait === true }
}
