import type { Container } from '../../engine/containers.js'
import { removeProject } from '../../engine/remove-project.js'
import { requireEngine } from '../../machine/require-engine.js'
import { renderProblem } from '../../problem/explain-problem.js'
import { asProblems } from '../../problem/file-problem.js'
import { DevenvError } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import type { Settings } from '../../settings/settings.js'
import type { Context } from '../context.js'
import { createDataDirectory, requireOwnPlace, requireUsablePlace } from '../data/data-directory.js'
import { withLock } from '../data/mutex.js'
import { readRecord, whileStopping, writeRecord } from '../data/record.js'
import { snapshotsOf, wordFor } from '../data/snapshots.js'
import type { Environment } from '../environment.js'
import { containersOf } from '../inside/containers-of.js'
import { wantedPorts } from '../project/addresses.js'
import { assignPorts } from '../project/assign-ports.js'
import type { Neighbour } from '../project/neighbours.js'
import type { StartPlan } from './assemble.js'
import { type AwaitCommands, whenFree } from './await-commands.js'
import { type Extent, findRunning, type Started } from './find-running.js'
import { hasNeighbours } from './has-neighbours.js'
import { type How, readForCheckout } from './observe.js'
import type { UnreadSnapshot } from './open-member.js'
import { openNeighbourhood } from './open-neighbourhood.js'
import type { StartStep } from './plan-steps.js'
import { tellLibraryProblems } from './read-library-problems.js'
import { readStartPlan, start, startHeld, USUAL } from './start.js'
import { asksOf, isToldOf, type Member, neighboursOf, type Placed, startOrder } from './tell-neighbours.js'
import { waitServing } from './wait-serving.js'

const ATTEMPTS = 3
const ALL: Extent = { all: true }

/**
 * A start, with all that runs beside this environment: each keeps its own data, ports and record, and is told of the others. One that
 * fails beside this one is told, and ends nothing. A command that needs this environment alone starts none of the others.
 * @throws DevenvError
 */
export async function startTogether(context: Context, extent: Extent, how: How = USUAL): Promise<Started> {
  if (!extent.all || how.alone || !hasNeighbours(context)) return await start(context, extent, how)
  await requireEngine(context.engine)
  const { members, parted } = await openNeighbourhood(context, 'have-snapshots')
  await endLeftSnapshots(context, members)
  const running = how.again === 'none' && parted.length === 0 ? await findAllRunning(members) : undefined
  if (running !== undefined) {
    // What a save has made of a library since, nobody else tells.
    for (const { context: each, primary, libraries } of running) await tellLibraryProblems(each, primary, libraries)
    const [own] = running
    if (own !== undefined) return own
  }
  const stillRunning = await runningOf(parted.filter(({ library }) => library === undefined))
  for (const each of parted) if (!stillRunning.includes(each)) await forget(each, context)
  const all = [...members, ...stillRunning]
  try {
    for (const { context: each } of all) {
      await requireOwnPlace(each.environment)
      createDataDirectory(each.environment)
    }
    return await whenFree(context, how.commands, 'devenv start --now', (commands) =>
      withLocks(all, () => startHeldTogether(context, all, { ...how, commands })),
    )
  } catch (error) {
    throw asNeighbours(error, all, context)
  }
}

/** What is wrong with the data directory of one beside this environment is mended there: it may be somebody else's. */
function asNeighbours(error: unknown, members: readonly Member[], context: Context): unknown {
  if (!(error instanceof DevenvError)) return error
  const [problem] = error.problems
  if (problem?.code !== 'data-unusable') return error
  const { path, detail } = problem
  const of = members.find(
    (member) => member.context !== context && path.startsWith(member.context.environment.paths.dataDirectory),
  )
  if (of === undefined) return error
  const { service, checkout } = of.context.environment
  return new DevenvError({ code: 'neighbour-unusable', service, checkout, data: path, detail })
}

/** What runs of each, where all of them run and each was told what is true now. */
async function findAllRunning(members: readonly Member[]): Promise<(Member & Started)[] | undefined> {
  const placed = members.map((member) => ({
    member,
    checkout: member.context.environment.checkout,
    record: readRecord(member.context.environment),
  }))
  const isTold = (member: Member) => {
    const { with: beside } = member
    const { neighbours: told = [], libraries = [] } = readRecord(member.context.environment) ?? {}
    const others = placed.filter((other) => isToldOf(member, other.member))
    return (
      JSON.stringify(libraries) === JSON.stringify(member.libraries) &&
      told.every((each) => beside.includes(each.checkout)) &&
      others.every(({ checkout, record }) =>
        told.some(
          (each) =>
            each.checkout === checkout &&
            record !== undefined &&
            isSame(each.ports, record.ports[record.primary] ?? {}),
        ),
      )
    )
  }
  if (!members.every(isTold)) return undefined
  const looking = members.map(async (member) => {
    const found = await findRunning(member.context, ALL, 'unchanged')
    return found && { ...member, ...found }
  })
  const found = await Promise.all(looking)
  return found.every((each) => each !== undefined) ? found : undefined
}

const isSame = (one: Neighbour['ports'], other: Neighbour['ports']): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

async function runningOf(members: readonly Member[]): Promise<Member[]> {
  const running = members.map(async (member) =>
    (await containersOf(member.context)).some(({ state }) => state === 'running') ? [member] : [],
  )
  return (await Promise.all(running)).flat()
}

/** An environment that does not run is told at its next start that it is alone. */
const forget = (member: Member, { environment: { checkout } }: Context): Promise<void> =>
  withLock(member.context, async () => {
    const { environment } = member.context
    const record = readRecord(environment)
    if (record?.settings.with === undefined) return
    const left = record.settings.with.filter((each) => each !== checkout)
    writeRecord(environment, { ...record, settings: { ...record.settings, with: left } })
  })

/** In one order, whoever asks: two that start each other do not wait for each other. */
function withLocks<T>(members: readonly Member[], work: () => Promise<T>): Promise<T> {
  const byHome = new Map(members.map(({ context }) => [context.environment.paths.home, context]))
  const ordered = [...byHome].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, context]) => context)
  return ordered.reduce<() => Promise<T>>((inner, context) => () => withLock(context, inner), work)()
}

async function startHeldTogether(
  context: Context,
  members: readonly Member[],
  how: How,
): Promise<Started | AwaitCommands> {
  for (let attempt = 1; ; attempt++) {
    const placed = await placeAll(context, members)
    const told = tellAll(placed)
    let own: Started | undefined
    for (const member of startOrder(placed, context.environment.checkout)) {
      const isOwn = member.context === context
      const neighbours = told.get(member) ?? []
      try {
        await waitForAsked(member, neighbours, placed)
        const again = isOwn ? how.again : 'none'
        const each = { ...member.context, settings: settingsOf(member) }
        const { libraries } = member
        const outcome = await startHeld(each, member.variant, ALL, { ...how, again, neighbours, libraries })
        if ('do' in outcome) return outcome
        if (isOwn) own = outcome
      } catch (thrown) {
        const error = asProblems(thrown)
        if (isOwn || !(error instanceof DevenvError)) throw error
        tellMissing(member, context, error)
      }
    }
    if (own === undefined) throw new Error('this environment was not among those that were started')
    // A port that was taken between our look and our deed has moved; whoever was told the old one is told again.
    if (placed.every(isStillThere) || attempt >= ATTEMPTS) return own
  }
}

/** What became of one beside this environment: what, why, and what mends it. */
const tellMissing = (member: Member, { environment }: Context, error: DevenvError): void => {
  const told = error.problems.map(renderProblem).join('\n')
  member.context.report({ kind: 'note', text: `it stays as it was beside ${environment.service}\n${told}` })
}

const isStillThere = ({ context: { environment }, definition: { primary }, ports }: Placed): boolean =>
  isSame(readRecord(environment)?.ports[primary] ?? ports[primary] ?? {}, ports[primary] ?? {})

/** All ports, before anybody is told of one. What cannot be placed is told, unless it is this environment. */
async function placeAll(context: Context, members: readonly Member[]): Promise<Placed[]> {
  const given = new Set<number>()
  const placed: Placed[] = []
  for (const member of members) {
    try {
      const each = await place(member, members, given)
      for (const ports of Object.values(each.ports)) for (const port of Object.values(ports)) given.add(port)
      placed.push(each)
    } catch (thrown) {
      const error = asProblems(thrown)
      if (member.context === context || !(error instanceof DevenvError)) throw error
      tellMissing(member, context, error)
    }
  }
  return placed
}

async function place(member: Member, members: readonly Member[], given: ReadonlySet<number>): Promise<Placed> {
  const { context, variant } = member
  const { environment } = context
  const services = members.flatMap((each) => (isToldOf(member, each) ? [each.context.environment.service] : []))
  const { settings, definition } = await readForCheckout(context, variant, services)
  const taken = services.find((service) => definition.project.services[service] !== undefined)
  if (taken !== undefined)
    throw new DevenvError({ code: 'neighbour-name-taken', service: environment.service, of: taken })
  const before = readRecord(environment)?.ports ?? {}
  const wishes = wantedPorts(definition, settings.publish ?? [])
  const { ports } = await assignPorts(environment, wishes, before, await containersOf(context), given)
  return { ...member, definition, ports }
}

/** What each is told of the others, and what they ask of it. */
function tellAll(placed: readonly Placed[]): Map<Placed, readonly Neighbour[]> {
  const secrets = new Map<string, string>()
  const told = new Map(placed.map((member) => [member, neighboursOf(member, placed, secrets)] as const))
  const askedBy = (member: Placed, neighbour: Neighbour): Neighbour => {
    const by = placed.find(({ context }) => context.environment.checkout === neighbour.checkout)
    if (by === undefined) return neighbour
    return { ...neighbour, asks: asksOf(by, member.context.environment.service, told.get(by) ?? []) }
  }
  return new Map([...told].map(([member, neighbours]) => [member, neighbours.map((each) => askedBy(member, each))]))
}

/** Steps that need a service beside this one wait until it answers. */
async function waitForAsked(
  member: Placed,
  neighbours: readonly Neighbour[],
  placed: readonly Placed[],
): Promise<void> {
  const needed = new Set(member.definition.provision.flatMap(({ needs }) => needs ?? []))
  for (const { service, checkout } of neighbours) {
    const other = placed.find(({ context }) => context.environment.checkout === checkout)
    const record = other && readRecord(other.context.environment)
    if (needed.has(service) && other && record) await waitServing(other.context, record)
  }
}

/** What is remembered of a member says of its neighbours what a person types. */
const settingsOf = ({ context: { environment, settings }, with: beside }: Member): Settings => ({
  ...settings,
  with: beside.map((place) => wordFor(environment, place)),
})

/** The environments of snapshots that were asked for here, are asked for no more, and have containers. */
async function readLeftSnapshots(
  { engine, environment }: Context,
  [own]: readonly Member[],
): Promise<{ environment: Environment; containers: Container[] }[]> {
  const left = snapshotsOf(environment).filter(({ checkout }) => !own?.with.includes(checkout))
  const read = left.map(async (each) => ({
    environment: each,
    containers: await containersOf({ engine, environment: each }),
  }))
  return (await Promise.all(read)).filter(({ containers }) => containers.length > 0)
}

/** Nobody else runs beside a snapshot: without whoever asked for it, it has no containers. Its data stay. */
async function endLeftSnapshots(context: Context, members: readonly Member[]): Promise<void> {
  const { engine, report } = context
  for (const { environment } of await readLeftSnapshots(context, members)) {
    const { service, checkout, project } = environment
    const remove = () => whileStopping(environment, readRecord(environment), () => removeProject(engine, project))
    await withLock({ environment, report }, () => step(report, `${service}: containers`, NOT_ASKED_FOR, remove))
    report({ kind: 'note', text: `the data of ${service} stay in ${checkout}; \`devenv clean\` removes them` })
  }
}
const NOT_ASKED_FOR = 'WITH= does not name it any more'

/** Of one environment, what a start would do. */
export type PlannedStart = {
  environment: Pick<Environment, 'service' | 'checkout'>
  plan: Pick<StartPlan, 'notes' | 'update' | 'awaited' | 'steps'>
}

/** What a start would do, of this environment and of each beside it. Nothing is done. */
export async function readPlansTogether(context: Context, commands: How['commands']): Promise<PlannedStart[]> {
  if (!hasNeighbours(context)) {
    await requireUsablePlace(context.environment)
    return [{ environment: context.environment, plan: await readStartPlan(context, ALL, commands) }]
  }
  await requireEngine(context.engine)
  const { members, parted, unread } = await openNeighbourhood(context, 'look')
  try {
    for (const { context: each } of members) await requireUsablePlace(each.environment)
  } catch (error) {
    throw asNeighbours(error, members, context)
  }
  const placed = await placeAll(context, [...members, ...(await runningOf(parted))])
  const told = tellAll(placed)
  const plans: PlannedStart[] = [
    ...(await readLeftSnapshots(context, members)).map(({ environment, containers }) => ({
      environment,
      plan: planned({ do: 'remove', containers, because: NOT_ASKED_FOR }),
    })),
    ...unread.map(planUnread),
  ]
  for (const member of startOrder(placed, context.environment.checkout)) {
    const each = { ...member.context, settings: settingsOf(member) }
    const { libraries } = member
    const plan = await readStartPlan(each, ALL, commands, { neighbours: told.get(member) ?? [], libraries })
    plans.push({ environment: member.context.environment, plan })
  }
  return plans
}

const planned = (...steps: StartStep[]): PlannedStart['plan'] => ({
  notes: [],
  update: undefined,
  awaited: undefined,
  steps,
})

/** Of a snapshot that is not here, nobody knows more before its code is. Pure. */
function planUnread({ service, checkout, plan: { do: what, reference, because } }: UnreadSnapshot): PlannedStart {
  const own = { do: what, reference, digest: '', because }
  const again = { do: 'look-again' as const, because: 'its code tells the rest, and where it will answer' }
  const plan = planned({ do: 'images', images: { own, official: [], published: [] }, because }, again)
  return { environment: { service, checkout }, plan }
}
