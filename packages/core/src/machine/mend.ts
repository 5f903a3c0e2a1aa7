import { runCommand } from '../process/run-command.js'
import type { Report } from '../progress/progress.js'
import type { Finding } from './explain-machine.js'

/** Carries out what mends without a guess, each after it was said; without root’s rights, says what root would type. */
export async function mend(findings: readonly Finding[], isRoot: boolean, report: Report): Promise<void> {
  const say = (text: string) => report({ kind: 'note', text })
  const commands = findings.flatMap(({ mend: argv }) => (argv === undefined ? [] : [argv]))
  if (commands.length === 0) say('there is nothing that devenv can mend by itself')
  for (const argv of commands) {
    say(isRoot ? `root runs: ${argv.join(' ')}` : `run this: sudo ${argv.join(' ')}`)
    if (!isRoot) continue
    const { exitCode, stderr } = await runCommand({ argv })
    if (exitCode !== 0) say(`${argv[0]} failed: ${stderr.trim()}`)
  }
}
