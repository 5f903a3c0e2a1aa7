import type { Container } from '../../engine/containers.js'
import { type Engine, EngineRefusal } from '../../engine/engine.js'
import { isGone, parseRefusal } from '../../engine/parse-refusal.js'
import { removeEmptyNetworks } from '../../engine/remove-empty-networks.js'
import { removeProject } from '../../engine/remove-project.js'
import { requireEngine } from '../../machine/require-engine.js'
import { whatOf } from '../../problem/explain-problem.js'
import { DevenvError, type Problem, tellsOf } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { createDataDirectory, requireOwnPlace } from '../data/data-directory.js'
import { distrust, readLedger } from '../data/ledger.js'
import { withLock } from '../data/mutex.js'
import { dropSeed } from '../data/seeds.js'
import type { Paths } from '../environment.js'
import { readCommands } from '../inside/read-commands.js'
import { requireRecognised } from '../open-environment.js'
import { assemble, type StartPlan } from './assemble.js'
import { type AwaitCommands, whenFree } from './await-commands.js'
import { carryOut } from './carry-out.js'
import { type Extent, findRunning, type Started } from './find-running.js'
import { type How, NOTHING_REFUSED, type Observed, observe, type Refused } from './observe.js'
import { tellLibraryProblems } from './read-library-problems.js'

const ATTEMPTS = 3
export const USUAL: How = { again: 'none', commands: 'awaited' }

/**
 * Brings an environment to where `extent` is running, but for the primary's own health. Safe to interrupt and
 * to repeat: each run goes on from what is there.
 * @throws DevenvError
 */
export async function start(context: Context, extent: Extent, how: How = USUAL): Promise<Started> {
  const { engine, environment } = context
  const running = how.again === 'none' ? await findRunning(context, extent, 'unchanged') : undefined
  if (running !== undefined && (await countAbandoned(engine, running.containers)) === 0) return running
  await requireEngine(engine)
  const variant = await requireRecognised(environment)
  await requireOwnPlace(environment)
  createDataDirectory(environment)
  return await whenFree(context, how.commands, 'devenv start --now', (commands) =>
    withLock(context, () => startHeld(context, variant, extent, { ...how, commands })),
  )
}

/** A start inside the lock of its caller, or what it has to wait for first. */
export async function startHeld(
  context: Context,
  variant: string | undefined,
  extent: Extent,
  how: How,
): Promise<Started | AwaitCommands> {
  const { environment, report } = context
  // A clean that was waited for has taken the folder with it.
  createDataDirectory(environment)
  const refused = { ports: new Set<number>(), seeds: new Set<string>(), registry: false }
  for (let attempt = 1; ; attempt++) {
    const { observed, plan } = await look(context, variant, extent, how, refused)
    if (plan.awaited !== undefined) return plan.awaited
    try {
      // A start that looks again has told it.
      const notes = attempt === 1 && plan.update !== undefined ? [plan.update, ...plan.notes] : plan.notes
      for (const text of notes) report({ kind: 'note', text })
      const outcome = await carryOut(plan, observed, context)
      if (outcome === 'look-again') {
        if (attempt > 2 * ATTEMPTS) throw new Error('a start looks again and again')
        continue
      }
      // What a save has made of a library, while its container goes on, nobody else tells.
      const isTold = plan.steps.some((step) => step.do === 'libraries')
      if (!isTold) await tellLibraryProblems(context, outcome.primary, observed.libraries)
      return outcome
    } catch (error) {
      const mend = attempt >= ATTEMPTS || how.data !== undefined ? undefined : mendOf(error, context, plan, refused)
      if (mend === undefined) throw error
      await mend()
    }
  }
}

async function countAbandoned(engine: Engine, containers: readonly Container[]): Promise<number> {
  const read = containers.map(async ({ id }) => (await readCommands(engine, id)).abandoned)
  return (await Promise.all(read)).flat().length
}

/** What `start` would do, with nothing done. */
export async function readStartPlan(
  context: Context,
  extent: Extent,
  commands: How['commands'],
  told: Pick<How, 'neighbours' | 'libraries'> = {},
): Promise<StartPlan> {
  await requireEngine(context.engine)
  const variant = await requireRecognised(context.environment)
  return (await look(context, variant, extent, { ...USUAL, commands, ...told }, NOTHING_REFUSED)).plan
}

async function look(
  context: Context,
  variant: string | undefined,
  extent: Extent,
  how: How,
  refused: Refused,
): Promise<{ observed: Observed; plan: StartPlan }> {
  const observed = await observe(context, variant, extent, how, refused)
  const { again } = how
  const known = observed.definition.provision.map(({ name }) => name)
  const names = again === 'none' || again === 'all' ? [] : again.filter((name) => !known.includes(name))
  if (names.length > 0) throw new DevenvError({ code: 'steps-unknown', names, known })
  return { observed, plan: assemble(context.environment, observed, how) }
}

/** What has to be done before another look, where the world changed between our look and our deed. */
function mendOf(
  error: unknown,
  { engine, environment, report }: Context,
  { steps }: StartPlan,
  refused: { ports: Set<number>; seeds: Set<string>; registry: boolean },
): (() => Promise<void>) | undefined {
  const port = takenPort(error)
  if (port !== undefined) return async () => void refused.ports.add(port)
  if (tellsOf(error, 'seed-unpulled'))
    return async () => {
      report({ kind: 'note', text: `${whatOf(error)} devenv does without it` })
      refused.registry = true
    }
  const loaded = steps.flatMap((planned) => (planned.do === 'load' ? [planned] : []))
  if (loaded[0] !== undefined && isUnusable(error)) {
    const { archive } = loaded[0]
    return async () => {
      report({ kind: 'note', text: `${whatOf(error)} devenv removes this seed and does without it` })
      refused.seeds.add(archive.folder)
      dropSeed(archive)
    }
  }
  const doubted = doubtedStores(error, environment.paths)
  if (doubted.length > 0)
    return async () => {
      report({ kind: 'note', text: 'this step failed on data of a seed; devenv carries out every step itself' })
      for (const store of doubted) distrust(environment.paths, store)
    }
  if (lacksAddresses(error))
    return async () => {
      const removed = await removeEmptyNetworks(engine)
      if (removed === 0) throw error
      const whose = removed === 1 ? 'the network of an environment' : `the networks of ${removed} environments`
      report({ kind: 'note', text: `the engine had no addresses left; devenv removed ${whose} without containers` })
    }
  // Containers cannot start without the network that they were created for.
  if (lacksNetwork(error)) return () => removeProject(engine, environment.project)
  // What a start that was killed had asked for has come about meanwhile, or a stop has; or the clean of another took a network of no
  // container yet for one of none any more.
  if (hasCome(error)) return async () => {}
  return undefined
}

/** The port that the engine could not bind: somebody took it between our look and its try. */
function takenPort(error: unknown): number | undefined {
  const problem = meaningOf(error)
  return problem?.code === 'port-taken' ? problem.port : undefined
}

const lacksAddresses = (error: unknown): boolean =>
  tellsOf(error, 'networks-exhausted') || meaningOf(error)?.code === 'networks-exhausted'

const meaningOf = (error: unknown): Problem | undefined =>
  error instanceof EngineRefusal ? parseRefusal('start a container', error.detail) : undefined

/** Whether ready data turned out to be of no use: damaged, or not what their server takes. */
const isUnusable = (error: unknown): boolean => tellsOf(error, 'archive-damaged', 'store-unfilled')

/** The stores that a failed step fills whose data came from an archive: it may have told more than it holds. */
const doubtedStores = (error: unknown, paths: Paths): string[] =>
  error instanceof DevenvError
    ? error.problems.flatMap((problem) =>
        problem.code === 'provision-failed'
          ? problem.stores.filter((store) => readLedger(paths, store)?.from !== undefined)
          : [],
      )
    : []

const lacksNetwork = (error: unknown): boolean =>
  error instanceof EngineRefusal && error.status === 404 && error.detail.includes('network')

const hasCome = (error: unknown): boolean =>
  isGone(error) || tellsOf(error, 'name-taken', 'container-gone', 'network-gone')
