import type { Command } from 'commander'
import type { Selection } from '../../publish/select-images.js'
import { type Add, openRemembered, say, sayJson, withSelection } from '../opening.js'

export const digestCommand: Add = (program) =>
  withSelection(program.command('digest'))
    .summary('print the name of the image, which contains the digest of its inputs')
    .description(
      'Prints the reference of the image for this checkout, `…:inputs-<digest>`. It checks out nothing, builds nothing and asks no registry.\nWith --json: the whole digest and the list of inputs.',
    )
    .option('--json', 'print JSON')
    .action(async ({ json, ...selection }: Selection & { json?: boolean }, command: Command) => {
      const { readDigests } = await import('../images.js')
      const found = await readDigests(await openRemembered(command), selection)
      if (json) sayJson(found.length === 1 ? found[0] : found)
      else
        for (const { release, reference } of found) say(release === undefined ? reference : `${release} ${reference}`)
    })
