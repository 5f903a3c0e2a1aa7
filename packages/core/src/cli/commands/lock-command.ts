import type { Command } from 'commander'
import { type Add, openSource, report, say, sayJson, withWhere } from '../opening.js'

export const lockCommand: Add = (program) =>
  withWhere(program.command('lock'))
    .summary('look up today’s official images and release commits, and write them to devenv-lock.json')
    .description(
      'Writes the digests of official base and third-party images, and the commit of each release’s ref.\nBuilds and environments use these. It locks no stand-in, and names the stand-ins.',
    )
    .option('--dry-run', 'print the changes and write nothing')
    .option('--json', 'print JSON')
    .action(async ({ json, dryRun }: { json?: boolean; dryRun?: boolean }, command: Command) => {
      const { updateLock } = await import('../images.js')
      const update = await updateLock(await openSource(command), dryRun ? 'look' : 'write')
      if (json) {
        sayJson(update)
        return
      }
      for (const line of update.changes) say(line)
      if (update.changes.length === 0) say('Nothing moved.')
      if (update.standIns.length > 0)
        report({
          kind: 'note',
          text: `not locked, because the mirror has only stand-ins for them: ${update.standIns.join(', ')}`,
        })
    })
