import { captureInside } from '../../engine/execs.js'
import type { Context } from '../context.js'
import type { StartRecord } from '../data/record.js'
import { containersOf } from '../inside/containers-of.js'
import { readPrograms } from '../inside/read-programs.js'
import { supervisorctl } from '../inside/tools.js'
import { waitServing } from '../start/wait-serving.js'
import { answeringOf, askAddress } from './ask-address.js'

type Asking = Pick<Context, 'engine' | 'environment' | 'report'>
type Known = Pick<StartRecord, 'addresses' | 'ports' | 'settings' | 'ours' | 'steps'>

/** supervisord's words for a program that nothing but a start brings back. */
const IDLE = ['STOPPED', 'EXITED', 'FATAL']

/**
 * Has the address of an environment answer on this machine. Where it does not, the programs that supervisord was told to stop, or
 * has given up, are started again first: its health check may not know of it yet.
 * @throws DevenvError `address-silent`, and as `waitServing`
 */
export async function reachAddress(context: Asking, record: Known, signal?: AbortSignal): Promise<void> {
  if (answeringOf(record) === undefined) {
    if (!(await startIdle(context, record))) return
  } else {
    try {
      return await askAddress(record)
    } catch (error) {
      if (!(await startIdle(context, record))) throw error
    }
  }
  await waitServing(context, record, signal)
  if (!signal?.aborted) await askAddress(record)
}

/** Whether there were any. */
async function startIdle(context: Asking, { ours }: Pick<StartRecord, 'ours'>): Promise<boolean> {
  const { engine, report } = context
  let begun = false
  for (const { id, service, state } of await containersOf(context)) {
    if (state !== 'running' || ours[service] === undefined) continue
    const idle = (await readPrograms(engine, id)).filter((program) => IDLE.includes(program.state))
    const names = idle.map(({ name }) => name)
    if (names.length === 0) continue
    report({ kind: 'note', text: `${names.join(', ')} of ${service} did not run: starting again` })
    await captureInside(engine, { container: id, argv: supervisorctl('start', ...names), user: 'root' })
    begun = true
  }
  return begun
}
