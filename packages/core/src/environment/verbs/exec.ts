import type { ContainerCommand } from '../../engine/execs.js'
import { DevenvError } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'
import { attach, runAsOwner } from '../inside/run-as-owner.js'
import { cancelByPid, withPid } from '../inside/tools.js'
import type { Started } from '../start/find-running.js'

/**
 * Refuses, before anything is started for it, a service that neither the last start knew nor the definition has.
 * @throws DevenvError `service-unknown`
 */
export async function requireService(context: Context, service: string): Promise<void> {
  const { environment } = context
  const record = readRecord(environment)
  if (record?.configs[service] !== undefined) return
  const { requireRecognised } = await import('../open-environment.js')
  const { readForCheckout } = await import('../start/observe.js')
  const beside = record?.neighbours.map((each) => each.service) ?? []
  const { definition } = await readForCheckout(context, await requireRecognised(environment), beside)
  const known = Object.keys(definition.project.services)
  if (!known.includes(service)) throw new DevenvError({ code: 'service-unknown', name: service, known })
}

/** What shells say of a command that is not there. */
const NOT_FOUND = 127

/**
 * Runs a command in any container that runs, with exact exit code. In those of ours as the owner, in others
 * as their image's user.
 * @throws DevenvError `service-unknown`, `not-running`, `container-gone`
 */
export async function execIn(
  context: Pick<Context, 'engine' | 'environment' | 'report'>,
  service: string | undefined,
  argv: ContainerCommand['argv'],
  { record, containers, primary }: Started,
): Promise<number> {
  if (service === undefined) {
    const exitCode = await runAsOwner(context, primary, argv)
    const [named] = argv
    if (exitCode === NOT_FOUND && record.configs[named] !== undefined)
      context.report({ kind: 'note', text: `to run a command in ${named}: \`devenv exec ${named} -- COMMAND\`` })
    return exitCode
  }
  const container = containers.find((candidate) => candidate.service === service)
  if (container === undefined) {
    const known = Object.keys(record.configs)
    throw new DevenvError({ code: 'service-unknown', name: service, known })
  }
  if (container.state !== 'running')
    throw new DevenvError({ code: 'not-running', service, project: context.environment.project })
  if (record.ours[service] !== undefined) return await runAsOwner(context, container, argv)
  return await attach(context, container, { argv }, (id, command) => withPid(command, id), cancelByPid)
}
