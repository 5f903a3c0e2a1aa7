import { Command } from 'commander'
import { DevenvError } from '../../problem/problem.js'
import { type Add, open, withWhere } from '../opening.js'
import { openBeside } from '../tell-beside.js'

/** Keeps the `--` apart, which tells a service from a command, and which Commander drops. */
class ExecCommand extends Command {
  /** What stands behind `--`; `undefined` without one. */
  behind: string[] | undefined

  override parseOptions(words: string[]) {
    const dashes = words.indexOf('--')
    this.behind = dashes < 0 ? undefined : words.slice(dashes + 1)
    return super.parseOptions(dashes < 0 ? words : words.slice(0, dashes))
  }
}

export const execCommand: Add = (program) => {
  const exec = new ExecCommand('exec')
  program.addCommand(exec.copyInheritedSettings(program))
  withWhere(exec)
    .argument(
      '[words...]',
      'a container (default: the primary one), or a service beside this one; then after -- the command',
    )
    .usage('[options] [service] -- <command...>')
    .summary('run a command in a container, and end with its exit code')
    .description(
      'Runs a command in the primary container, or in another one; as the owner in each Open edX container:\n  devenv exec -- ./manage.py createsuperuser\n  devenv exec mysql -- mysql -uroot -pdevenv',
    )
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const [service, ...more] = exec.behind === undefined ? [] : words
      const [first, ...rest] = exec.behind ?? words
      if (first === undefined || more.length > 0)
        throw new DevenvError({
          code: 'usage',
          detail: 'exec needs a command after --.',
          see: 'devenv exec [SERVICE] -- COMMAND',
        })
      const own = await open(exec)
      const { ensure, extentOf } = await import('../../environment/verbs/ensure.js')
      const { execIn, requireService } = await import('../../environment/verbs/exec.js')
      const beside = service === undefined ? undefined : await openBeside(own, service)
      const [context, container] = beside === undefined ? [own, service] : [beside, undefined]
      if (container !== undefined) await requireService(context, container)
      const started = await ensure(context, container === undefined ? await extentOf(context) : { all: true })
      process.exitCode = await execIn(context, container, [first, ...rest], started)
    })
}
