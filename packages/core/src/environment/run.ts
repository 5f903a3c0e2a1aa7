import type { Container } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { attachInside, type ContainerCommand } from '../engine/exec.js'
import { DevenvError } from '../problem/problem.js'
import type { Report } from '../progress/progress.js'
import type { Settings } from '../settings/settings.js'
import { type Extent, findRunning, type Started } from './find-running.js'
import type { Environment } from './identity.js'
import { asOwner, cancelByPid, cancelInside, debugCommand, readPrograms, withPid } from './inside.js'
import { type Record, readRecord, unchanged } from './record.js'

const TARGETS_FILE = '/etc/devenv/targets.mk'

/** Runs a command of the owner in a container of ours, in its working directory, with our terminal, streams and signals. Resolves to its exit code. */
export const runAsOwner = (engine: Engine, container: Container, argv: ContainerCommand['argv']): Promise<number> =>
  attachInside(
    engine,
    { container: container.id, argv, user: 'root' },
    (id, command) => asOwner(command, id),
    cancelInside,
  )

/**
 * Runs a make target as if make had been called here: a target that the package supplies from its own file,
 * every other from the checkout's Makefile. `words` are make's own arguments, the target among them.
 */
export async function runTarget(
  engine: Engine,
  environment: Environment,
  settings: Settings,
  target: string,
  words: readonly string[],
  report: Report,
): Promise<number> {
  const started = await ensure(engine, environment, settings, await extentOf(environment, settings, target), report)
  const known = started.record.targets[target]
  if (known === undefined) return await runAsOwner(engine, started.primary, ['make', ...words])
  report({
    kind: 'note',
    text: `the environment package supplies ${target}: ${known.because.replace(/\.$/, '')}. To run the checkout’s own, if it has one: devenv exec -- make ${target}`,
  })
  return await runAsOwner(engine, started.primary, ['make', '-f', TARGETS_FILE, ...words])
}

/** What has to run for a target; without one, for a shell and the like. Before the first start the package's files tell. */
export async function extentOf(environment: Environment, settings: Settings, target?: string): Promise<Extent> {
  const { targets, needs: usual } = readRecord(environment) ?? (await readNeeds(environment))
  const supplied = target === undefined ? undefined : targets[target]
  const needs = supplied === undefined ? usual : supplied.needs
  return needs === undefined
    ? { all: true }
    : { all: false, needs: needs.filter((name) => !settings.without?.includes(name)) }
}

async function readNeeds(environment: Environment): Promise<Pick<Record, 'needs' | 'targets'>> {
  const { requireRecognised } = await import('./open-environment.js')
  const { needsOf, readExtension } = await import('../definition/extension.js')
  return needsOf(readExtension(environment.package, await requireRecognised(environment)))
}

/**
 * What is needed, started if it does not run. A running environment is not replaced under a command's feet:
 * what has changed is said, with what brings it in.
 */
export async function ensure(
  engine: Engine,
  environment: Environment,
  settings: Settings,
  extent: Extent,
  report: Report,
): Promise<Started> {
  const running = await findRunning(engine, environment, settings, extent, 'running')
  // What only a start needs is loaded only then: this is the way of every command.
  if (running === undefined)
    return await (await import('./start.js')).start(engine, environment, settings, extent, report)
  if (unchanged(running.record.stamps.inputs)) return running
  const stale = await (await import('./explain-stale.js')).explainStale(environment, running.record)
  if (stale !== undefined)
    report({
      kind: 'note',
      text: `the image is out of date: ${stale}. \`make dev.watch\` replaces it`,
    })
  return running
}

/**
 * Runs a command in any container that runs, with exact exit code. In those of ours as the owner, in others
 * as their image's user.
 * @throws DevenvError `service-unknown`, `not-running`
 */
export async function execIn(
  engine: Engine,
  environment: Environment,
  service: string | undefined,
  argv: ContainerCommand['argv'],
  { record, containers, primary }: Started,
): Promise<number> {
  if (service === undefined) return await runAsOwner(engine, primary, argv)
  const container = containers.find((candidate) => candidate.service === service)
  if (container === undefined) {
    const known = Object.keys(record.configs)
    throw new DevenvError({ code: 'service-unknown', name: service, known })
  }
  if (container.state !== 'running')
    throw new DevenvError({ code: 'not-running', service, project: environment.project })
  if (record.ours[service] !== undefined) return await runAsOwner(engine, container, argv)
  return await attachInside(
    engine,
    { container: container.id, argv },
    (id, command) => withPid(command, id),
    cancelByPid,
  )
}

/**
 * Takes one program out of supervisord into the foreground, with this terminal; it goes back however that ends.
 * @throws DevenvError `no-terminal`, `program-unknown`, `program-left-out`
 */
export async function debugProgram(
  engine: Engine,
  program: string,
  { record, containers }: Started,
  report: Report,
): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new DevenvError({ code: 'no-terminal', command: `devenv debug ${program}` })
  const ours = containers.filter(({ service, state }) => record.ours[service] !== undefined && state === 'running')
  const read = ours.map(async (container) =>
    (await readPrograms(engine, container.id)).map((found) => ({ ...found, container })),
  )
  const programs = (await Promise.all(read)).flat()
  const found = programs.find(({ name }) => name === program)
  const names = (among: typeof programs) => among.map(({ name }) => name)
  if (found === undefined) throw new DevenvError({ code: 'program-unknown', name: program, known: names(programs) })
  if (found.state === 'LEFT_OUT')
    throw new DevenvError({
      code: 'program-left-out',
      name: program,
      running: names(programs.filter(({ state }) => state !== 'LEFT_OUT')),
    })
  report({
    kind: 'note',
    text: `${program} moves into this terminal; to give it back: Ctrl-C; at a (Pdb) prompt, q first`,
  })
  return await runAsOwner(engine, found.container, debugCommand(program))
}
