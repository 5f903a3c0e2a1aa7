import { setTimeout as pause } from 'node:timers/promises'
import { lastLogLines } from '../../engine/container-logs.js'
import { type Container, type EngineHealthCheck, type Inspection, inspectContainer } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { captureInside } from '../../engine/execs.js'
import { noneIfGone } from '../../engine/parse-refusal.js'
import { DevenvError } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { containersOf } from '../inside/containers-of.js'
import { type ProgramState, readPrograms } from '../inside/read-programs.js'
import { supervisorctl } from '../inside/tools.js'

const POLL_MS = 100
/** Between two looks at the programs of a container. */
const LOOK_MS = 1000
/** A program that still ends for the same reason after so long waits for a person: one that lacks a server for a moment does not. */
const SAME_FAULT_MS = 5000
const TELL_EVERY_MS = 5000
const LEFT = 'devenv left the containers as they are; `devenv status` and `devenv logs` show more.'

/**
 * Waits until services answer their health checks, telling each that does, and every few seconds which does
 * not and what it says. What counts as too long is the health check's own `start_period` and `retries`, from now
 * on: the engine counts from the start of a container, and its programs may have been held until now. Where they are ours, no program
 * of theirs may wait for its code to be mended: a health check asks only some of them, and what it said last is old.
 * @throws DevenvError `container-exited`, `container-gone`, `not-healthy`, `program-waiting`
 */
export async function waitHealthy(
  context: Pick<Context, 'engine' | 'environment' | 'report'>,
  services: readonly string[],
  whose: 'ours' | 'third-party',
  signal?: AbortSignal,
): Promise<void> {
  const { engine, report } = context
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const waiting = new Set(services)
  for (const service of waiting) report({ kind: 'begin', step: service, because: undefined })
  let tellAt = TELL_EVERY_MS
  const before = new Map<string, string | undefined>()
  const looked = new Map<string, Look>()
  const shown = new Map<string, readonly string[]>()
  while (waiting.size > 0 && !signal?.aborted) {
    const containers = await containersOf(context)
    for (const service of waiting) {
      const container = containers.find((candidate) => candidate.service === service)
      if (container === undefined) throw new DevenvError({ code: 'container-gone', container: service })
      const isHealthy = container.health === 'healthy' || container.health === 'none'
      const last = looked.get(service)
      // The first look of one that begins to boot would see nothing, and take its time.
      const isDue =
        last === undefined ? isHealthy || seconds() * 1000 > LOOK_MS : performance.now() - last.at >= LOOK_MS
      if (whose === 'ours' && container.state === 'running' && isDue) {
        const others = containers.filter((other) => other.state === 'running' && !services.includes(other.service))
        looked.set(service, await lookInside(context, container, last, others))
      }
      if (container.state === 'running' && isHealthy && !looked.get(service)?.waiting.length) {
        waiting.delete(service)
        report({ kind: 'end', step: service, seconds: seconds() })
        continue
      }
      if (!before.has(service)) before.set(service, lastBegin(await inspectContainer(engine, container.id)))
      await refuseFailed(engine, container, seconds(), before.get(service))
    }
    if (seconds() * 1000 > tellAt) {
      tellAt += TELL_EVERY_MS
      // Of one whose programs have ended that was told.
      const silent = ({ service }: Container) => waiting.has(service) && !looked.get(service)?.waiting.length
      for (const { id, service } of containers.filter(silent)) {
        const on = `its probe ${renderProbe(await inspectContainer(engine, id), before.get(service))}`
        const last = await lastLogLines(engine, id, 3)
        report({ kind: 'waiting', step: service, seconds: seconds(), on, log: unseen(last, shown.get(service)) })
        shown.set(service, last)
      }
    }
    if (waiting.size > 0) await pause(POLL_MS)
  }
}

/** Of the last lines of a log those that were not among its last before. Pure. */
export function unseen(lines: readonly string[], before: readonly string[] = []): string[] {
  const last = before.at(-1)
  return last === undefined ? [...lines] : lines.slice(lines.lastIndexOf(last) + 1)
}

/** A look at the programs of a container: which wait for their code to be mended; why each last did, and since when for this reason. */
type Look = {
  at: number
  waiting: readonly ProgramState[]
  known: ReadonlyMap<string, { fault: string | undefined; since: number }>
}

/**
 * Tells which programs have ended, and why. At the first look, those that were begun before a server that runs now are begun again:
 * they had to do without it, and no save would mend that.
 * @throws DevenvError `program-waiting` for those that do not get over it
 */
async function lookInside(
  { engine, report }: Pick<Context, 'engine' | 'report'>,
  { id, service }: Container,
  last: Look | undefined,
  others: readonly Container[],
): Promise<Look> {
  const waiting = (await readPrograms(engine, id, 'waiting').catch(noneIfGone)) ?? []
  if (last === undefined && waiting.length > 0) {
    const lacked = await readStartedSince(engine, others, waiting)
    const names = waiting.map(({ name }) => name)
    if (lacked.length > 0) {
      report({
        kind: 'note',
        text: `${names.join(', ')} of ${service} had to run without ${lacked.join(', ')}: starting again`,
      })
      await captureInside(engine, { container: id, argv: supervisorctl('restart', ...names), user: 'root' })
      return { at: performance.now(), waiting, known: new Map() }
    }
  }
  const { look, fresh, stuck } = sortPrograms(waiting, last, performance.now())
  for (const { name, fault } of fresh)
    report({ kind: 'note', text: `${name} of ${service} has ended: ${explainEnded(fault)}` })
  if (stuck.length > 0) throw new DevenvError({ code: 'program-waiting', service, programs: stuck })
  return look
}

/** The services that were started after one of these programs was last begun. */
async function readStartedSince(
  engine: Engine,
  containers: readonly Container[],
  waiting: readonly ProgramState[],
): Promise<string[]> {
  const since = Math.min(...waiting.map((program) => Date.parse(program.since ?? '')))
  const looking = containers.map(async ({ id, service }) => {
    const inspected = await inspectContainer(engine, id).catch(noneIfGone)
    return inspected !== undefined && Date.parse(inspected.State.StartedAt) > since ? [service] : []
  })
  return (await Promise.all(looking)).flat()
}

/** Why a program has ended, as its log tells, and when it starts again. Pure. */
export const explainEnded = (fault: string | undefined): string =>
  fault === undefined
    ? 'its log shows the reason; it starts again soon, or when you save a file'
    : `${fault}; it starts again when you save a file`

/** `fresh`: those that wait for another reason than when they were last seen to; `stuck`: those for the same as long ago. Pure. */
export function sortPrograms(
  programs: readonly ProgramState[],
  last: Look | undefined,
  at: number,
): { look: Look; fresh: readonly ProgramState[]; stuck: readonly ProgramState[] } {
  const waiting = programs.filter(({ state }) => state === 'WAITING')
  const before: Look['known'] = last?.known ?? new Map()
  const fresh = waiting.filter(({ name, fault }) => !before.has(name) || before.get(name)?.fault !== fault)
  const known = new Map([...before, ...fresh.map(({ name, fault }) => [name, { fault, since: at }] as const)])
  const stuck = waiting.filter(({ name }) => at - (known.get(name)?.since ?? at) >= SAME_FAULT_MS)
  return { look: { at, waiting, known }, fresh, stuck }
}

async function refuseFailed(
  engine: Engine,
  { id, service, state, health }: Container,
  seconds: number,
  before: string | undefined,
): Promise<void> {
  const failed = { container: service, left: LEFT }
  if (state === 'exited' || state === 'dead') {
    const { State } = await inspectContainer(engine, id)
    const log = await lastLogLines(engine, id, 20)
    throw new DevenvError({ code: 'container-exited', ...failed, exitCode: State.ExitCode, log })
  }
  if (health !== 'unhealthy') return
  const inspection = await inspectContainer(engine, id)
  if (seconds < patienceOf(inspection.Config.Healthcheck)) return
  throw new DevenvError({
    code: 'not-healthy',
    ...failed,
    seconds,
    test: inspection.Config.Healthcheck?.Test?.slice(1) ?? [],
    probe: renderProbe(inspection, before),
    log: await lastLogLines(engine, id, 20),
  })
}

const DEFAULTS = { interval: 30e9, retries: 3 }

/** Seconds within which a health check succeeds, or has failed. Pure. */
export const patienceOf = ({ StartPeriod, Interval, Retries }: EngineHealthCheck = {}): number =>
  ((StartPeriod || 0) + (Retries || DEFAULTS.retries) * (Interval || DEFAULTS.interval)) / 1e9

/** When the last probe that ended began. */
const lastBegin = ({ State }: Inspection): string | undefined => State.Health?.Log?.at(-1)?.Start

/** What a health check said last; what it had said `before` is not about what runs now. Pure. */
export function renderProbe({ State }: Pick<Inspection, 'State'>, before: string | undefined): string {
  const last = State.Health?.Log?.at(-1)
  if (last === undefined || last.Start === before) return 'has not answered yet'
  const said = last.Output.trim().split('\n').at(-1) ?? ''
  // The engine takes a moment to count it.
  if (last.ExitCode === 0) return said === '' ? 'has just succeeded' : `has just succeeded: ${said}`
  return said === '' ? `ended with ${last.ExitCode}, without a word` : `ended with ${last.ExitCode}: ${said}`
}
