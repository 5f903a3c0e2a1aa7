import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Definition } from '../definition/definition.js'
import { createContainers } from '../engine/compose.js'
import { type Container, startContainer } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { captureInside } from '../engine/exec.js'
import { removeContainers } from '../engine/remove-project.js'
import { DevenvError } from '../problem/problem.js'
import { type Report, step } from '../progress/progress.js'
import type { ProgramChoice } from '../settings/settings.js'
import { requirePrograms } from './choose-programs.js'
import type { Started } from './find-running.js'
import type { Environment } from './identity.js'
import {
  containersOf,
  HOLD_COMMAND,
  readPrograms,
  releaseCommand,
  supervisorctl,
  waitAnswered,
  waitReady,
} from './inside.js'
import type { StartStep, Wanted } from './plan-start.js'
import { probeFileEvents } from './probe-file-events.js'
import { endBegun, runNoted } from './provisioning-command.js'
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
    if (planned.do === 'remove')
      await step(report, planned.service, planned.because, () => removeContainers(engine, [planned.container]))
    if (planned.do !== 'create') continue
    const files = { project, directory: checkout, files: [paths.composeFile], variables: {} }
    await step(report, 'containers', planned.because, () => createContainers(files, planned.services))
  }
  const containers = await containersOf(engine, environment)
  const starting = plan.flatMap((planned) => (planned.do === 'start' ? [planned.service] : []))
  const find = (service: string) => {
    const found = containers.find((container) => container.service === service)
    if (found === undefined) throw new Error(`Compose made no container for ${service}`)
    return found
  }
  const startAll = (services: readonly string[]) =>
    Promise.all(services.map((service) => startContainer(engine, find(service))))
  const isHeld = (service: string) => record.released[service]?.container !== find(service).id

  const others = starting.filter((service) => !wanted.ours.includes(service))
  const ours = starting.filter((service) => wanted.ours.includes(service))
  // Held programs need nothing yet, so their containers start beside the others; released ones start at once.
  const held = ours.filter(isHeld)
  const released = ours.filter((service) => !isHeld(service))
  await startAll([...others, ...held])
  const unhealthy = wanted.needs.filter((service) => others.includes(service) || find(service).health !== 'healthy')
  if (unhealthy.length > 0) await waitHealthy(engine, environment, unhealthy, report)
  await startAll(released)
  for (const service of ours) {
    await waitReady(engine, find(service))
    if (released.includes(service) && wanted.programs === undefined) await holdPrograms(find(service), work)
    await probeFileEvents(engine, environment, find(service), record.ours[service] ?? '/', report)
  }

  if (plan.some((planned) => planned.do === 'release')) await requireChosen(wanted.ours.map(find), work)
  if (wanted.programs !== undefined) {
    record.settings.programs = wanted.programs
    writeRecord(environment, record)
  }
  if (record.provisioning !== undefined) {
    await endBegun(engine, record.provisioning)
    record.provisioning = undefined
  }
  for (const planned of plan) {
    if (planned.do === 'provision') await provision(planned, find, work)
    if (planned.do === 'restart-programs') {
      await step(report, 'programs', planned.because, () =>
        commandPrograms(find(planned.service), supervisorctl('restart', 'all'), work),
      )
    }
    if (planned.do === 'release') await release(planned, find(planned.service), work)
  }
  const [primary] = wanted.ours
  if (primary === undefined) throw new Error('no Open edX service was wanted')
  return { record, primary: find(primary), containers: await containersOf(engine, environment) }
}

/** Where several containers have programs, what is chosen must be a program of one of them. */
async function requireChosen(ours: readonly Container[], { engine, wanted }: Work): Promise<void> {
  if (ours.length < 2 || wanted.programs === undefined || wanted.programs === 'all') return
  const known = await Promise.all(ours.map(({ id }) => readPrograms(engine, id)))
  requirePrograms(
    wanted.programs,
    known.flat().map(({ name }) => name),
  )
}

/** Programs whose servers do not all run would only fail, and take time from what was asked for. */
async function holdPrograms(container: Container, work: Work): Promise<void> {
  delete work.record.released[container.service]
  writeRecord(work.environment, work.record)
  await commandPrograms(container, HOLD_COMMAND, work)
}

async function release(
  { programs, because }: { programs: ProgramChoice; because: string },
  container: Container,
  work: Work,
): Promise<void> {
  const { engine, environment, definition, record, report } = work
  const start = async () => {
    await commandPrograms(container, releaseCommand(programs), work)
    record.released[container.service] = { container: container.id, programs }
    writeRecord(environment, record)
  }
  if (record.released[container.service]?.container !== container.id) return await start()
  await step(report, 'programs', because, async () => {
    await start()
    // The engine asks seldom once it was answered, and its last answer was of other programs.
    await waitAnswered(engine, container, definition.project.services[container.service]?.healthcheck?.test ?? [])
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
  find: (service: string) => Container,
  { engine, environment, definition, record, steps, report }: Work,
): Promise<void> {
  const described = definition.provision.find((candidate) => candidate.name === name)
  const planned = steps.find((candidate) => candidate.name === name)
  if (described === undefined || planned === undefined) throw new Error(`no step ${name}`)
  const log: string[] = []
  const kept = join(environment.paths.logs, 'provision.log')
  await step(report, name, because, async () => {
    const exitCode = await runNoted(
      engine,
      { container: find(described.service).id, argv: described.run },
      (begun) => {
        record.provisioning = begun
        writeRecord(environment, record)
      },
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
