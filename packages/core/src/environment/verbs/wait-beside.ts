import { DevenvError } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'
import { openNeighbourhood } from '../start/open-neighbourhood.js'
import { waitServing } from '../start/wait-serving.js'

const ofNeighbour = ({ problems }: DevenvError): DevenvError =>
  new DevenvError(
    ...problems.map((problem) =>
      problem.code === 'program-waiting' ? ({ ...problem, beside: true } as const) : problem,
    ),
  )

/** Waits until those beside this environment answer. @returns why they will not */
export async function waitBeside(context: Context, signal?: AbortSignal): Promise<DevenvError[]> {
  const { members } = await openNeighbourhood({ ...context, report: () => {} }, 'look')
  const failures: DevenvError[] = []
  for (const { context: member } of members) {
    const record = readRecord(member.environment)
    if (member.environment.checkout === context.environment.checkout || record === undefined) continue
    try {
      await waitServing({ ...member, report: context.report }, record, signal)
    } catch (error) {
      if (!(error instanceof DevenvError)) throw error
      failures.push(ofNeighbour(error))
    }
  }
  return failures
}
