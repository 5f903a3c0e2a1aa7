import { requireEngine } from '../../machine/require-engine.js'
import { DevenvError } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import type { Context, OnCommands } from '../context.js'
import { verifyArchive } from '../data/archive.js'
import { beginRestore, endRestore, listAside, readRestoring, setAside } from '../data/aside.js'
import { createDataDirectory, requireOwnPlace } from '../data/data-directory.js'
import { withLock } from '../data/mutex.js'
import { removeAll } from '../data/remove-as-root.js'
import { readSave, requireOfService, type Save } from '../data/saves.js'
import { requireRecognised } from '../open-environment.js'
import { type AwaitCommands, planAwait, whenFree } from '../start/await-commands.js'
import { putBackAll } from '../start/carry-out-data.js'
import type { Started } from '../start/find-running.js'
import { NOTHING_REFUSED, type ObservedStore, observe } from '../start/observe.js'
import { startHeld } from '../start/start.js'
import { removeContainersOf } from './clean.js'
import { waitForStep } from './stop.js'

/**
 * Puts the data of a save in the place of those that are there, which are kept until that is done: whatever interrupts it, the next
 * start finds them again. Stores that no save holds are filled by the steps that depend on them.
 * @param now the command that does not wait for commands of a person
 * @throws DevenvError `save-unknown`, `save-foreign`, `archive-damaged`, `store-in-use`, and what a start throws
 */
export async function restore(
  context: Context,
  name: string,
  commands: OnCommands,
  now = `devenv data restore ${name} --now`,
): Promise<Started> {
  const { engine, environment } = context
  await requireEngine(engine)
  const variant = await requireRecognised(environment)
  await requireOwnPlace(environment)
  createDataDirectory(environment)
  return await whenFree(context, commands, now, (commands) =>
    withLock(context, () => restoreHeld(context, variant, name, commands)),
  )
}

async function restoreHeld(
  context: Context,
  variant: string | undefined,
  name: string,
  commands: OnCommands,
): Promise<Started | AwaitCommands> {
  const { engine, environment, report } = context
  const { paths } = environment
  const data = readSave(paths, name)
  await verifyArchive(data)
  const how = { again: 'none' as const, commands, data }
  const observed = await observe(context, variant, { all: true }, how, NOTHING_REFUSED)
  const { stores } = observed
  requireFit(data, environment.service, stores)
  const awaited = planAwait(
    observed.containers,
    observed.commands,
    ({ service }) => `${service} gets the data of ${name}`,
  )
  if (awaited !== undefined) return awaited
  await waitForStep(context, 'devenv restores the save when it has ended')
  await removeContainersOf(context)
  await tidyAside(context)
  // Whoever takes the signal that ends us: a step that runs meanwhile does, too.
  const tellState = () => report({ kind: 'note', text: explainInterruption(name) })
  process.once('exit', tellState)
  beginRestore(paths, name)
  try {
    for (const { store } of stores) setAside(environment, store.name)
    const started = await startHeld(context, variant, { all: true }, { ...how, commands: 'ended' })
    if ('do' in started) throw new Error(`nothing runs, and ${started.because}`)
    endRestore(paths)
    await removeAll(engine, paths.home, listAside(paths), undefined)
    return started
  } catch (error) {
    await removeContainersOf(context)
    await step(report, 'data', 'the restore failed, so those from before come back', () => putBackAll(context))
    throw error
  } finally {
    process.off('exit', tellState)
  }
}

const explainInterruption = (name: string): string =>
  `the save ${name} is not restored: the data from before are kept, and the next start puts them in place again. \`devenv data restore ${name}\` begins again`

/** Ends a restore that was interrupted: the data from before are in their place again. */
export async function undoInterrupted(context: Context): Promise<void> {
  if (readRestoring(context.environment.paths) !== undefined) await withLock(context, () => tidyAside(context))
}

/** What an earlier restore has set aside comes back if that was interrupted, and goes if it was done. */
async function tidyAside(context: Context): Promise<void> {
  const { engine, environment, report } = context
  const { paths } = environment
  const interrupted = readRestoring(paths)
  if (interrupted !== undefined) {
    await removeContainersOf(context)
    const why = `somebody was interrupted while the save ${interrupted} was restored; those from before come back`
    await step(report, 'data', why, () => putBackAll(context))
  }
  await removeAll(engine, paths.home, listAside(paths), undefined)
}

/** @throws DevenvError `save-foreign` for data of another service, or of other servers */
function requireFit({ name, description }: Save, service: string, stores: readonly ObservedStore[]): void {
  requireOfService({ name, description }, service)
  const refuse = (detail: string) => new DevenvError({ code: 'save-foreign', name, detail })
  for (const [store, wrote] of Object.entries(description.stores)) {
    const server = stores.find((each) => each.store.name === store)?.server
    const wants = server === undefined ? 'no such server' : `${server.server} ${server.version}`
    if (wants !== `${wrote.server} ${wrote.version}`)
      throw refuse(`${store} was written by ${wrote.server} ${wrote.version}; this environment runs ${wants}.`)
  }
}
