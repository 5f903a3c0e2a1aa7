import { type Container, stopContainer } from '../../engine/containers.js'
import { noneIfGone } from '../../engine/parse-refusal.js'
import type { Context } from '../context.js'
import { isLocked, withLock } from '../data/mutex.js'
import { readRecord } from '../data/record.js'
import { containersOf } from '../inside/containers-of.js'
import { isJoinable, joinStep } from '../provision/run-step.js'

const GRACE_SECONDS = 30

/**
 * Stops what runs, containers of ours first, and removes nothing. Waits for a start that is at work, and for a
 * provisioning step, which would leave half a change behind.
 * @returns the services that were stopped
 */
export async function stop(context: Context): Promise<string[]> {
  const work = () => stopRunning(context)
  return isLocked(context.environment) || readRecord(context.environment)?.begun !== undefined
    ? await withLock(context, work)
    : await work()
}

async function stopRunning(context: Context): Promise<string[]> {
  await waitForStep(context)
  const running = (await containersOf(context)).filter(({ state }) => state === 'running' || state === 'restarting')
  const ours = readRecord(context.environment)?.ours ?? {}
  const isOurs = ({ service }: Container) => ours[service] !== undefined
  for (const group of [running.filter(isOurs), running.filter((container) => !isOurs(container))])
    await Promise.all(group.map(({ id }) => stopContainer(context.engine, id, GRACE_SECONDS).catch(noneIfGone)))
  return running.map(({ service }) => service)
}

async function waitForStep(context: Context): Promise<void> {
  const record = readRecord(context.environment)
  if (record?.begun === undefined || !(await isJoinable(context, record.begun))) return
  context.report({
    kind: 'note',
    text: `the provisioning step ${record.begun.step} is at work; devenv stops the containers when it has ended (\`devenv clean\` ends it)`,
  })
  await joinStep(context, record, record.begun, 'is told')
}
