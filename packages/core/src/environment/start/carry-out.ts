import { createContainers, requireCompose } from '../../engine/compose.js'
import { type Container, startContainer, stopContainer } from '../../engine/containers.js'
import { captureInside, KILLED } from '../../engine/execs.js'
import { COMPOSE_LABELS, LABELS } from '../../engine/labels.js'
import { createNetwork } from '../../engine/networks.js'
import { noneIfGone } from '../../engine/parse-refusal.js'
import { removeContainers, removeProject } from '../../engine/remove-project.js'
import { carryOutImages } from '../../image/ensure-images.js'
import { DevenvError } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import type { Context } from '../context.js'
import { readServer } from '../data/claim-stores.js'
import { readOwned, writeOwned } from '../data/data-directory.js'
import { openStore } from '../data/ledger.js'
import { makeMountPoints } from '../data/mount-points.js'
import { pullSeed } from '../data/published-seeds.js'
import { type StartRecord, stampsOf, whileStopping, writeRecord } from '../data/record.js'
import { emptyStores } from '../data/remove-as-root.js'
import { containersOf } from '../inside/containers-of.js'
import { endCommands } from '../inside/end-commands.js'
import { readPrograms } from '../inside/read-programs.js'
import { HOLD_COMMAND, releaseCommand, supervisorctl } from '../inside/tools.js'
import { waitAnswered, waitReady } from '../inside/wait-ready.js'
import { joinStep, runStep } from '../provision/run-step.js'
import type { StartPlan } from './assemble.js'
import { keepAsSeed, loadArchive, putBackAll } from './carry-out-data.js'
import { requirePrograms } from './choose-programs.js'
import type { Started } from './find-running.js'
import type { Observed } from './observe.js'
import type { StartStep } from './plan-steps.js'
import { probeFileEvents } from './probe-file-events.js'
import { tellLibraryProblems } from './read-library-problems.js'
import { waitHealthy } from './wait-healthy.js'

/** What is at hand while a plan is carried out. */
type Work = Context & { observed: Observed; record: StartRecord; containers: readonly Container[] }

/** What a start came to: what runs, or that the rest of it has to be planned. */
export type CarriedOut = Started | 'look-again'

/** Does what was planned, and decides nothing. What was done is noted at once, so that the next start goes on from there. */
export async function carryOut(plan: StartPlan, observed: Observed, context: Context): Promise<CarriedOut> {
  const { paths } = context.environment
  if (plan.steps.some((planned) => planned.do === 'look-again')) {
    const work: Work = { ...context, observed, record: plan.record, containers: observed.containers }
    for (const planned of plan.steps) await carryOutStep(planned, work)
    return 'look-again'
  }
  const isWritten = readOwned(paths.composeFile) === plan.project
  if (!isWritten) writeOwned(paths.composeFile, plan.project)
  const { stamps } = plan.record
  const definition = { ...stamps.definition, ...(isWritten ? {} : stampsOf([paths.composeFile])) }
  const record = { ...plan.record, stamps: { ...stamps, definition } }
  writeRecord(context.environment, record)
  const work: Work = { ...context, observed, record, containers: observed.containers }
  for (const planned of plan.steps) await carryOutStep(planned, work)
  work.containers = await containersOf(context)
  return { record, primary: find(work, record.primary), containers: work.containers }
}

async function carryOutStep(planned: StartStep, work: Work): Promise<void> {
  const { engine, environment, observed, record, report } = work
  const { because } = planned
  const show = (name: string, deed: () => Promise<void>) => step(report, name, because, deed)
  const refresh = async () => {
    work.containers = await containersOf(work)
  }
  switch (planned.do) {
    case 'join':
      return await joinStep(work, record, planned.begun, planned.failure, because)
    case 'images':
      return await carryOutImages(planned.images, engine, observed.inputs, observed.sources, report)
    case 'remove-project':
      return await show('containers', () => removeProject(engine, planned.project))
    case 'stop': {
      const stopAll = () => Promise.all(planned.containers.map(({ id }) => stopContainer(engine, id).catch(noneIfGone)))
      await show('containers', () => whileStopping(environment, record, async () => void (await stopAll())))
      return await refresh()
    }
    case 'remove':
      await show('containers', () =>
        whileStopping(environment, record, () => removeContainers(engine, planned.containers)),
      )
      return await refresh()
    case 'end-commands': {
      const { container, commands } = planned
      return await show(`commands in ${container.service}`, () => endCommands(engine, container.id, commands))
    }
    case 'open-store': {
      const image = observed.official[planned.store.service]
      const server = await readServer(engine, observed.definition, planned.store, image)
      return openStore(environment, planned.store.name, server, { loading: planned.loading, branch: observed.branch })
    }
    case 'empty-stores':
      return await show('data', () =>
        emptyStores(
          engine,
          environment.paths,
          planned.stores.map(({ name }) => name),
          undefined,
        ),
      )
    case 'pull-seed':
      return await show(`pull ${planned.seed.published.reference}`, () => pullSeed(planned.seed))
    case 'load': {
      const { store, archive } = planned
      return await show(`data of ${store.service}`, () => loadArchive(work, find(work, store.service), store, archive))
    }
    case 'keep-seed':
      return await keepAsSeed(work, planned.stores, planned.basis, because)
    case 'put-back':
      return await show('data', () => putBackAll(work))
    case 'look-again':
      return
    case 'network':
      for (const name of planned.names) await createNetwork(engine, name, observed.mtu)
      return
    case 'create': {
      const { project, checkout, paths } = environment
      const files = { project, directory: checkout, files: [paths.composeFile], variables: {} }
      makeMountPoints(observed.definition, environment)
      await show(`create ${planned.services.join(', ')}`, () => createContainers(files, planned.services))
      await refresh()
      // An old one may have taken our files, and have made something else of them.
      for (const service of planned.services)
        await requireCompose(find(work, service).labels[COMPOSE_LABELS.version] ?? '')
      return
    }
    case 'start':
      await Promise.all(planned.services.map((service) => startContainer(engine, find(work, service))))
      return await refresh()
    case 'wait':
      return await waitHealthy(work, planned.services, 'third-party')
    case 'enter': {
      const container = find(work, planned.service)
      await waitReady(engine, container)
      // What lies in an image does not change.
      if (environment.code.from === 'image') return
      return await probeFileEvents(work, container, record.ours[planned.service] ?? '/')
    }
    case 'libraries':
      return await tellLibraryProblems(work, find(work, planned.service), planned.libraries)
    case 'hold':
      delete record.released[planned.service]
      writeRecord(environment, record)
      return await command(find(work, planned.service), HOLD_COMMAND, work)
    case 'check-programs': {
      const known = await Promise.all(planned.services.map((service) => readPrograms(engine, find(work, service).id)))
      const names = known.flat().map(({ name }) => name)
      requirePrograms(planned.programs, names)
      record.settings = { ...record.settings, programs: planned.programs }
      return writeRecord(environment, record)
    }
    case 'provision': {
      const container = find(work, planned.step.service)
      return await show(planned.step.name, () => runStep(work, record, planned.step, container))
    }
    case 'restart-programs':
      return await show('programs', () => command(find(work, planned.service), supervisorctl('restart', 'all'), work))
    case 'release':
      return await release(planned, work)
    case 'choose':
      return await show('programs', async () => {
        await release(planned, work)
        // The engine asks seldom once it was answered, and its last answer was of other programs.
        const test = observed.definition.project.services[planned.service]?.healthcheck?.test ?? []
        await waitAnswered(engine, find(work, planned.service), test)
      })
    default:
      return planned satisfies never
  }
}

async function release(
  { service, programs }: Extract<StartStep, { do: 'release' | 'choose' }>,
  work: Work,
): Promise<void> {
  const container = find(work, service)
  await command(container, releaseCommand(programs), work)
  work.record.released[service] = { container: container.id, programs }
  writeRecord(work.environment, work.record)
}

/** The container of a service that has the configuration of the plan. */
function find({ containers, record }: Pick<Work, 'containers' | 'record'>, service: string): Container {
  const config = record.configs[service]
  const found = containers.find(
    (container) => container.service === service && container.labels[LABELS.config] === config,
  )
  if (found === undefined) throw new DevenvError({ code: 'container-gone', container: service })
  return found
}

async function command(
  { id, service }: Container,
  argv: readonly [string, ...string[]],
  { engine }: Context,
): Promise<void> {
  const { exitCode, lines } = await captureInside(engine, { container: id, argv, user: 'root' })
  if (exitCode === KILLED) throw new DevenvError({ code: 'container-gone', container: service })
  const doing = `start the programs of ${service}`
  if (exitCode !== 0) throw new DevenvError({ code: 'engine-refused', doing, detail: lines.join('\n') })
}
