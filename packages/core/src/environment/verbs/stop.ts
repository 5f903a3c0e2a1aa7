import { stopContainer } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import type { Report } from '../../progress/progress.js'
import { isLocked, withLock } from '../data/mutex.js'
import { readRecord } from '../data/record.js'
import type { Environment } from '../environment.js'
import { containersOf } from '../inside/tools.js'

const GRACE_SECONDS = 30

/** Stops what runs, containers of ours first, and removes nothing. A start that is at work is waited for. @returns the services that were stopped */
export async function stop(engine: Engine, environment: Environment, report: Report): Promise<string[]> {
  const work = () => stopRunning(engine, environment)
  return isLocked(environment) ? await withLock(environment, report, work) : await work()
}

async function stopRunning(engine: Engine, environment: Environment): Promise<string[]> {
  const running = (await containersOf(engine, environment)).filter(
    ({ state }) => state === 'running' || state === 'restarting',
  )
  const ours = readRecord(environment)?.ours ?? {}
  const first = running.filter(({ service }) => ours[service] !== undefined)
  const others = running.filter(({ service }) => ours[service] === undefined)
  for (const group of [first, others])
    await Promise.all(group.map(({ id }) => stopContainer(engine, id, GRACE_SECONDS)))
  return running.map(({ service }) => service)
}
