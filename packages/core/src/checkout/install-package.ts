import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { FOLDER_IN_CHECKOUT, isPrepared } from '../definition/find-package.js'
import { DevenvError } from '../problem/problem.js'
import { runCommand } from '../process/run-command.js'

/** Whether a checkout that `devenv init` has prepared still lacks its package, as a fresh clone does. */
export const lacksPackage = (checkout: string): boolean => {
  const folder = join(checkout, FOLDER_IN_CHECKOUT)
  return (
    isPrepared(checkout) && existsSync(join(folder, 'package-lock.json')) && !existsSync(join(folder, 'node_modules'))
  )
}

/** Installs the package that a checkout names, as its first `make dev.…` does. @throws DevenvError `package-uninstalled` */
export async function installPackage(checkout: string): Promise<void> {
  const argv: [string, ...string[]] = ['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error']
  const { exitCode, stderr } = await runCommand({ argv, cwd: join(checkout, FOLDER_IN_CHECKOUT) })
  if (exitCode !== 0) throw new DevenvError({ code: 'package-uninstalled', checkout, detail: stderr.trim() })
}
