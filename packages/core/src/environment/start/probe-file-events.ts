import {
  closeSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Container } from '../../engine/containers.js'
import { captureInside, runInside } from '../../engine/execs.js'
import type { Context } from '../context.js'
import type { Environment } from '../environment.js'
import { asOwner, eventsCommand, pollingCommand, WAIT_EVENT, waitEventCommand } from '../inside/tools.js'

/** How long an event may take once the change itself is seen inside. */
const WITHIN_SECONDS = 2

/**
 * Whether a change on this machine is noticed inside the container. Some shared file systems do not tell; then the
 * programs are told to poll, and the person why.
 * @param code where the container has the checkout
 */
export async function probeFileEvents(
  { engine, environment, report }: Pick<Context, 'engine' | 'environment' | 'report'>,
  container: Container,
  code: string,
): Promise<void> {
  const asRoot = (argv: readonly [string, ...string[]]) => ({ container: container.id, argv, user: 'root' })
  const probe = chooseProbe(environment)
  const said: string[] = []
  const exitCode =
    probe &&
    (await runInside(engine, asRoot(asOwner(waitEventCommand(`${code}/${probe.path}`, WITHIN_SECONDS))), (line) => {
      if (line === 'ready') probe.touch()
      else said.push(line)
    }).finally(probe.remove))
  if (exitCode === WAIT_EVENT.came) {
    if (said.includes(WAIT_EVENT.polling)) await captureInside(engine, asRoot(eventsCommand))
    return
  }
  const because = explainPolling(exitCode, said)
  await captureInside(engine, asRoot(pollingCommand(because)))
  report({ kind: 'note', text: `reloading polls for changes: ${because}` })
}

/** A file below the checkout whose change is a save to whoever watches its folder. */
export type EventProbe = { path: string; touch(): void; remove(): void }

/**
 * One that appears in the data directory, where the container sees that with the checkout. Else a file of the checkout
 * itself, which stays as it is: it is opened as if to write, and given the mode that it has. `undefined` where nobody here may.
 */
export function chooseProbe({ checkout, paths }: Pick<Environment, 'checkout' | 'paths'>): EventProbe | undefined {
  const home = realpathSync(paths.home)
  if (home.startsWith(`${checkout}/`)) {
    const file = join(home, 'probe')
    const remove = () => rmSync(file, { force: true })
    remove()
    return { path: file.slice(checkout.length + 1), touch: () => writeFileSync(file, '', { flag: 'wx' }), remove }
  }
  const path = readdirSync(checkout).find((name) => isProbe(join(checkout, name)))
  return path === undefined ? undefined : { path, touch: () => touch(join(checkout, path)), remove: () => {} }
}

/** Whether `touch` works: only its owner, and root, may set a file's mode. */
function isProbe(file: string): boolean {
  if (!lstatSync(file).isFile()) return false
  try {
    touch(file)
    return true
  } catch {
    return false
  }
}

function touch(file: string): void {
  const open = openSync(file, 'r+')
  try {
    fchmodSync(open, fstatSync(open).mode & 0o7777)
  } finally {
    closeSync(open)
  }
}

/** Why reloading polls. Pure. */
export function explainPolling(exitCode: number | undefined, said: readonly string[]): string {
  if (exitCode === WAIT_EVENT.missed)
    return 'a save reaches the container without a file event, as on some shared file systems'
  const why =
    exitCode === undefined ? 'you own no file at the top of the checkout' : said.join(' ') || `exit code ${exitCode}`
  return `devenv could not try whether a save makes a file event in the container (${why})`
}
