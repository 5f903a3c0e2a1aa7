import { closeSync, constants, openSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Container } from '../../engine/containers.js'
import { captureInside, runInside } from '../../engine/execs.js'
import type { Context } from '../context.js'
import { asOwner, waitEventCommand } from '../inside/tools.js'

const WITHIN_SECONDS = 2
/** A checkout can bring a link along under the name of our file: it is not written through. */
const WRITE_NO_LINK = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW

/**
 * Whether a write on this machine is noticed inside the container. Some shared file systems do not tell; then
 * the programs are told to poll, and the person why.
 * @param code where the container has the checkout
 */
export async function probeFileEvents(
  { engine, environment: { checkout, paths }, report }: Pick<Context, 'engine' | 'environment' | 'report'>,
  container: Container,
  code: string,
): Promise<void> {
  const own = paths.home.startsWith(`${checkout}/`)
  // Where the data directory is elsewhere, no file of ours may appear in the checkout: one of its dates is set to what it is.
  const file = own ? join(paths.home, 'probe') : join(checkout, 'Makefile')
  if (own) {
    rmSync(file, { force: true })
    writeFileSync(file, '', { flag: 'wx' })
  }
  const touch = () => {
    if (own) {
      const opened = openSync(file, WRITE_NO_LINK)
      writeSync(opened, new Date().toISOString())
      return closeSync(opened)
    }
    const { atime, mtime } = statSync(file)
    try {
      utimesSync(file, atime, mtime)
    } catch {
      // A file of another user, a read-only disk: not to be tried, and so polled.
    }
  }
  const inside = `${code}${file.slice(checkout.length)}`
  const noticed = await runInside(
    engine,
    { container: container.id, argv: asOwner(waitEventCommand(inside, WITHIN_SECONDS)), user: 'root' },
    (line) => {
      if (line === 'ready') touch()
    },
  )
  if (own) rmSync(file, { force: true })
  if (noticed === 0) {
    await captureInside(engine, { container: container.id, argv: ['rm', '-f', '/run/devenv/polling'], user: 'root' })
    return
  }
  await captureInside(engine, { container: container.id, argv: ['touch', '/run/devenv/polling'], user: 'root' })
  report({
    kind: 'note',
    text: 'the container gets no event when you save a file (a shared file system), so reloading polls for changes',
  })
}
