import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Definition, primaryOf } from '../definition/definition.js'
import { createContainers } from '../engine/compose.js'
import { type Container, startContainer } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { captureInside, runInside } from '../engine/exec.js'
import { DevenvError } from '../problem/problem.js'
import { type Report, step } from '../progress/progress.js'
import type { ProgramChoice } from '../settings/settings.js'
import type { Started } from './find-running.js'
import type { Environment } from './identity.js'
import { asOwner, containersOf, releaseCommand, supervisorctl, waitAnswered, waitReady } from './inside.js'
import type { StartStep, Wanted } from './plan-start.js'
import { probeFileEvents } from './probe-file-events.js'
import { type Record, writeRecord } from './record.js'
import { waitHealthy } from './wait-healthy.js'

export type Work = {
  engine: Engine
  environment: Environment
  definition: Definition
  wanted: Wanted
  record: Record
  steps: readonly { name: string; now: string }[]
  report: Report
}

/** Does what was planned. Each step that passed is recorded at once, so that the next start goes on from there. */
export async function carryOut(plan: readonly StartStep[], work: Work): Promise<Started> {
  const { engine, environment, wanted, record, report } = work
  const { paths, project, checkout } = environment
  for (const planned of plan) {
    if (planned.do !== 'create') continue
    const files = { project, directory: checkout, files: [paths.composeFile], variables: {} }
    await step(report, 'containers', planned.because, () => createContainers(files, planned.services))
  }
  const containers = await containersOf(engine, environment)
  const starting = plan.flatMap((planned) => (planned.do === 'start' ? [planned.service] : []))
  const primary = containers.find(({ service }) => service === wanted.primary)
  if (primary === undefined) throw new Error(`Compose made no container for ${wanted.primary}`)

  const others = starting.filter((service) => service !== wanted.primary)
  await Promise.all(
    containers.filter(({ service }) => others.includes(service)).map((container) => startContainer(engine, container)),
  )
  // Held programs need nothing yet, so the primary starts beside the others; released ones start at once.
  const held = record.released[wanted.primary]?.container !== primary.id
  if (held && starting.includes(wanted.primary)) await startContainer(engine, primary)
  const unhealthy = wanted.needs.filter(
    (service) =>
      others.includes(service) || containers.find((container) => container.service === service)?.health !== 'healthy',
  )
  if (unhealthy.length > 0) await waitHealthy(engine, environment, unhealthy, report)
  if (!held && starting.includes(wanted.primary)) await startContainer(engine, primary)
  if (starting.includes(wanted.primary)) {
    await waitReady(engine, primary)
    if (!held && wanted.programs === undefined) await holdPrograms(primary, work)
    await probeFileEvents(engine, environment, primary, report)
  }

  for (const planned of plan) {
    if (planned.do === 'provision') await provision(planned, primary, work)
    if (planned.do === 'restart-programs') {
      await step(report, 'programs', planned.because, () =>
        commandPrograms(primary, supervisorctl('restart', 'all'), work),
      )
    }
    if (planned.do === 'release') await release(planned, primary, work)
  }
  return { record, primary, containers: await containersOf(engine, environment) }
}

/** Programs whose servers do not all run would only fail, and take time from what was asked for. */
async function holdPrograms(primary: Container, work: Work): Promise<void> {
  delete work.record.released[work.wanted.primary]
  writeRecord(work.environment, work.record)
  await commandPrograms(primary, supervisorctl('stop', 'all'), work)
}

async function release(
  { programs, because }: { programs: ProgramChoice; because: string },
  primary: Container,
  work: Work,
): Promise<void> {
  const { engine, environment, definition, record, report } = work
  const start = async () => {
    await commandPrograms(primary, releaseCommand(programs), work)
    record.released[primary.service] = { container: primary.id, programs }
    writeRecord(environment, record)
  }
  if (record.released[primary.service]?.container !== primary.id) return await start()
  await step(report, 'programs', because, async () => {
    await start()
    // The engine asks seldom once it was answered, and its last answer was of other programs.
    await waitAnswered(engine, primary, primaryOf(definition).healthcheck?.test ?? [])
  })
}

async function commandPrograms(
  { id, service }: Container,
  argv: readonly [string, ...string[]],
  { engine }: Work,
): Promise<void> {
  const { exitCode, lines } = await captureInside(engine, { container: id, argv, user: 'root' })
  const doing = `start the programs of ${service}`
  if (exitCode !== 0) throw new DevenvError({ code: 'engine-refused', doing, detail: lines.join('\n') })
}

async function provision(
  { step: name, because }: { step: string; because: string },
  primary: Container,
  { engine, environment, definition, record, steps, report }: Work,
): Promise<void> {
  const described = definition.provision.find((candidate) => candidate.name === name)
  const planned = steps.find((candidate) => candidate.name === name)
  if (described === undefined || planned === undefined) throw new Error(`no step ${name}`)
  const log: string[] = []
  const kept = join(environment.paths.logs, 'provision.log')
  await step(report, name, because, async () => {
    const exitCode = await runInside(
      engine,
      { container: primary.id, argv: asOwner(described.run), user: 'root' },
      (line, channel) => {
        log.push(line)
        appendFileSync(kept, `${new Date().toISOString()} ${channel} ${name}: ${line}\n`)
        report({ kind: 'line', step: name, line })
      },
    )
    if (exitCode !== 0) throw new DevenvError({ code: 'provision-failed', step: name, exitCode, log: log.slice(-20) })
  })
  record.provisioned[name] = planned.now
  writeRecord(environment, record)
}
