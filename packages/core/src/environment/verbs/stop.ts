import { accessSync, constants } from 'node:fs'
import { type Container, hasProcesses, stopContainer } from '../../engine/containers.js'
import { noneIfGone } from '../../engine/parse-refusal.js'
import type { Context } from '../context.js'
import { containersHere } from '../data/claim-stores.js'
import { isOwnFolder } from '../data/data-directory.js'
import { withLock } from '../data/mutex.js'
import { readRecord, whileStopping } from '../data/record.js'
import { snapshotsOf } from '../data/snapshots.js'
import { isJoinable, joinStep } from '../provision/run-step.js'

/**
 * Stops what runs, containers of ours first, and removes nothing; the snapshots beside it, too, which run for it alone. Waits for a
 * start that is at work, and for a provisioning step, which would leave half a change behind; a start waits for it.
 * @returns the services that were stopped
 */
export async function stop(context: Context): Promise<string[]> {
  const stopped = await stopOne(context)
  for (const environment of snapshotsOf(context.environment))
    for (const service of await stopOne({ ...context, environment }))
      stopped.push(service === environment.service ? service : `${service} of ${environment.service}`)
  return stopped
}

async function stopOne(context: Context): Promise<string[]> {
  const work = () => stopRunning(context)
  // Who may not write there can start nothing, and stops what others have started.
  return mayWriteIn(context.environment.paths.home) ? await withLock(context, work, 'is no obstacle') : await work()
}

function mayWriteIn(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return isOwnFolder(folder)
  } catch {
    return false
  }
}

async function stopRunning(context: Context): Promise<string[]> {
  await waitForStep(context, 'devenv stops the containers when it has ended (`devenv clean` ends it)')
  const { own, moved } = await containersHere(context)
  const running = [...own, ...moved].filter(hasProcesses)
  if (running.length === 0) return []
  const record = readRecord(context.environment)
  const isOurs = ({ service }: Container) => record?.ours[service] !== undefined
  await whileStopping(context.environment, record, async () => {
    for (const group of [running.filter(isOurs), running.filter((container) => !isOurs(container))])
      await Promise.all(group.map(({ id }) => stopContainer(context.engine, id).catch(noneIfGone)))
  })
  return running.map(({ service }) => service)
}

/** Waits for a provisioning step that an interrupted start has begun. @param then what devenv does afterwards, as it is told */
export async function waitForStep(context: Context, then: string): Promise<void> {
  const record = readRecord(context.environment)
  if (record?.begun === undefined || !(await isJoinable(context, record.begun))) return
  context.report({
    kind: 'note',
    text: `the provisioning step ${record.begun.step} is at work; ${then}`,
  })
  await joinStep(context, record, record.begun, 'is told')
}
