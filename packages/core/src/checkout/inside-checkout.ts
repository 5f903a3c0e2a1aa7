import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DevenvError } from '../problem/problem.js'
import { runCommand } from '../process/run-command.js'

/**
 * Refuses a file, which need not be there, that a link leads out of the checkout: git can hold one.
 * @throws DevenvError `file-unusable`
 */
export function requireInside(checkout: string, file: string): void {
  const real = realPlaceOf(file)
  if (real.startsWith(`${realpathSync(checkout)}/`)) return
  const detail = `A link leads out of the checkout, to ${real}.`
  throw new DevenvError({ code: 'file-unusable', path: file, doing: 'write', errno: 'ELOOP', detail })
}

/** Where a file is, or would be. */
const realPlaceOf = (file: string): string =>
  existsSync(file) || lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()
    ? realpathSync(file)
    : join(realPlaceOf(dirname(file)), basename(file))

/** What root creates in a checkout belongs to the owner of the checkout. Gives why it cannot. */
export async function giveToOwner(checkout: string, files: readonly string[]): Promise<string | undefined> {
  const { uid, gid } = statSync(checkout)
  if (process.getuid?.() !== 0 || uid === 0 || files.length === 0) return undefined
  const { exitCode, stderr } = await runCommand({
    argv: ['chown', '-R', '-h', `${uid}:${gid}`, ...files.map((file) => join(checkout, file))],
  })
  return exitCode === 0 ? undefined : stderr.trim()
}
