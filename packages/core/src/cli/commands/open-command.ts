import type { Command } from 'commander'
import { type Add, openRunning, print, report, withWhere } from '../opening.js'

export const openCommand: Add = (program) =>
  withWhere(program.command('open'))
    .argument('[name]', 'which of several addresses, as `devenv status` names them (default: the first)')
    .summary('open the address of the running environment in a browser, and print it')
    .action(async (name: string | undefined, _options, command: Command) => {
      const { findAddress } = await import('../../environment/verbs/find-address.js')
      const { openBrowser, planOpeners } = await import('../../process/open-browser.js')
      const url = await findAddress(await openRunning(command), name)
      print(url)
      if (!(await openBrowser(url, planOpeners(process.env, process.platform))))
        report({ kind: 'note', text: 'there is no browser or no display here; open the address above yourself' })
    })
