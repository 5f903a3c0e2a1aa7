import { setTimeout as pause } from 'node:timers/promises'
import { type Container, inspectContainer } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { lastLogLines } from '../engine/logs.js'
import { DevenvError } from '../problem/problem.js'
import type { Report } from '../progress/progress.js'
import type { Environment } from './identity.js'
import { containersOf, lastProbe } from './inside.js'

const POLL_MS = 100
const TELL_EVERY_MS = 5000
/** Longer than the interval and the timeout of any health check of ours. */
const SECOND_CHANCE_SECONDS = 45
const LEFT = 'The containers were left as they are; `devenv status` and `devenv logs` show more.'

/**
 * Waits until services answer their health checks, telling each that does, and every few seconds which does
 * not and what it says. What counts as too long is the health check's own `start_period` and `retries`.
 * @throws DevenvError `container-exited`, `container-gone`, `not-healthy`
 */
export async function waitHealthy(
  engine: Engine,
  environment: Environment,
  services: readonly string[],
  report: Report,
  signal?: AbortSignal,
): Promise<void> {
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const waiting = new Set(services)
  for (const service of waiting) report({ kind: 'begin', step: service, because: undefined })
  let tellAt = TELL_EVERY_MS
  // What was unhealthy before we began may have been mended since: its next probe tells.
  let before: Set<string> | undefined
  while (waiting.size > 0 && !signal?.aborted) {
    const containers = await containersOf(engine, environment)
    for (const service of waiting) {
      if (!containers.some((container) => container.service === service))
        throw new DevenvError({ code: 'container-gone', container: service })
    }
    before ??= new Set(containers.filter(({ health }) => health === 'unhealthy').map(({ service }) => service))
    for (const container of containers.filter(({ service }) => waiting.has(service))) {
      if (container.state === 'running' && (container.health === 'healthy' || container.health === 'none')) {
        waiting.delete(container.service)
        report({ kind: 'end', step: container.service, seconds: seconds() })
      } else if (
        !before.has(container.service) ||
        container.health !== 'unhealthy' ||
        seconds() > (await secondChance(engine, container))
      ) {
        await refuseFailed(engine, container, seconds())
      }
    }
    if (seconds() * 1000 > tellAt) {
      tellAt += TELL_EVERY_MS
      for (const container of containers.filter(({ service }) => waiting.has(service))) {
        const log = await lastLogLines(engine, container.id, 3)
        report({
          kind: 'waiting',
          step: container.service,
          seconds: seconds(),
          on: await lastProbe(engine, container.id),
          log,
        })
      }
    }
    if (waiting.size > 0) await pause(POLL_MS)
  }
}

/** Its programs may begin only now, when provisioning has taken longer than its whole start period. */
async function secondChance(engine: Engine, { id }: Container): Promise<number> {
  const { Config } = await inspectContainer(engine, id)
  return Math.max(SECOND_CHANCE_SECONDS, (Config.Healthcheck?.StartPeriod ?? 0) / 1e9)
}

async function refuseFailed(engine: Engine, container: Container, seconds: number): Promise<void> {
  const log = () => lastLogLines(engine, container.id, 20)
  if (container.state === 'exited' || container.state === 'dead') {
    const { State } = await inspectContainer(engine, container.id)
    throw new DevenvError({
      code: 'container-exited',
      container: container.service,
      exitCode: State.ExitCode,
      log: await log(),
      left: LEFT,
    })
  }
  if (container.health === 'unhealthy') {
    throw new DevenvError({
      code: 'not-healthy',
      container: container.service,
      seconds,
      probe: await lastProbe(engine, container.id),
      log: await log(),
      left: LEFT,
    })
  }
}
