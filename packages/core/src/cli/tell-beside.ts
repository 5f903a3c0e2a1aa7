import type { Context } from '../environment/context.js'

/**
 * The environments beside one that runs, a line each, once they answer or will not, and then why; nothing more is loaded for one that
 * is alone.
 */
export async function tellBeside(
  context: Context,
  neighbours: readonly unknown[],
  signal?: AbortSignal,
): Promise<string[]> {
  if (neighbours.length === 0) return []
  const { waitBeside } = await import('../environment/verbs/wait-beside.js')
  const { readBeside } = await import('../environment/verbs/read-beside.js')
  const { renderBeside } = await import('./render-environments.js')
  const failures = await waitBeside(context, signal)
  const lines = renderBeside(await readBeside(context))
  if (failures.length === 0) return lines
  const { renderProblem } = await import('../problem/explain-problem.js')
  return [...lines, ...failures.flatMap(({ problems }) => problems.map(renderProblem))]
}

/** Who keeps running beside an environment that ends, or remembers it. */
export async function readLeftBehind(context: Context, what: 'stopped' | 'removed'): Promise<string[]> {
  const { readBeside } = await import('../environment/verbs/read-beside.js')
  const { explainLeftBehind } = await import('./render-environments.js')
  return explainLeftBehind(await readBeside(context), what)
}

/**
 * The environment of a service that runs beside this one, or that installs this library, by the service's name; nothing more is loaded
 * where there is none.
 */
export async function openBeside(context: Context, service: string): Promise<Context | undefined> {
  const { readRecord } = await import('../environment/data/record.js')
  const record = readRecord(context.environment)
  const told = record?.neighbours.find((each) => each.service === service)
  if (told === undefined) return record?.configs[service] === undefined ? await openServed(context, service) : undefined
  const { openNeighbourhood } = await import('../environment/start/open-neighbourhood.js')
  const { members } = await openNeighbourhood({ ...context, report: () => {} }, 'look')
  const found = members.find((member) => member.context.environment.checkout === told.checkout)
  return found && { ...found.context, report: context.report }
}

/** A service that installs this library: one that it was started with, else one that was started with it. */
async function openServed(context: Context, service: string): Promise<Context | undefined> {
  const { findServed } = await import('../environment/start/find-served.js')
  const remembered = (await findServed(context)).find(({ environment }) => environment.service === service)
  if (remembered !== undefined) return remembered
  const { listServed } = await import('../environment/verbs/list.js')
  const known = (await listServed(context.engine, context.environment)).find((each) => each.service === service)
  if (known === undefined) return undefined
  const { openNeighbour } = await import('../environment/start/open-member.js')
  const found = await openNeighbour({ ...context, report: () => {} }, known.checkout)
  return 'context' in found ? { ...found.context, report: context.report } : undefined
}
