import { randomBytes } from 'node:crypto'
import type { Container } from '../../engine/containers.js'
import { type ContainerCommand, captureInside, runInside } from '../../engine/execs.js'
import { DevenvError } from '../../problem/problem.js'
import { exitCodeFor, takeSignals } from '../../process/signals.js'
import { step } from '../../progress/progress.js'
import type { Context } from '../context.js'
import { noteBegun, noteEnded } from '../data/ledger.js'
import { type Begun, type StartRecord, writeRecord } from '../data/record.js'
import { asOwner, joinCommand, stepCommand, stepStateCommand } from '../inside/tools.js'
import type { DueStep } from './hash-steps.js'

/** How many of a step's last lines a failure shows. */
const SHOWN = 20

/** Runs a provisioning step in its container. Once begun it is finished there, whatever becomes of us. @throws DevenvError `provision-failed` */
export async function runStep(
  context: Context,
  record: StartRecord,
  { name, now, files, stores, run }: DueStep,
  container: Container,
): Promise<void> {
  const id = `${name.replace(/[^\w.-]/g, '-')}-${randomBytes(4).toString('hex')}`
  // Noted before it begins, so that the next start knows of it whenever we are killed.
  record.begun = { step: name, now, files, stores, container: container.id, id }
  writeRecord(context.environment, record)
  noteBegun(context.environment.paths, stores, id)
  await takeOutcome(context, record, record.begun, stepCommand(id, name, run))
}

/**
 * Waits for a step that an interrupted start has begun, and takes its outcome.
 * @param because why it is waited for, where that was not said
 * @param failure `counts`, or `is told` where the step runs again as it is now
 * @throws DevenvError `provision-failed` where a failure counts
 */
export async function joinStep(
  context: Context,
  record: StartRecord,
  begun: Begun,
  failure: 'counts' | 'is told',
  because?: string,
): Promise<void> {
  try {
    await step(context.report, begun.step, because, () => takeOutcome(context, record, begun, joinCommand(begun.id)))
  } catch (error) {
    if (failure === 'counts' || !(error instanceof DevenvError)) throw error
    context.report({ kind: 'note', text: `${begun.step} failed; a start carries it out again` })
  }
}

async function takeOutcome(
  { engine, environment, report }: Context,
  record: StartRecord,
  begun: Begun,
  command: ContainerCommand['argv'],
): Promise<void> {
  const { step, now, files, stores, container } = begun
  const log: string[] = []
  const release = takeSignals((signal) => {
    report({ kind: 'note', text: `${step} goes on in its container; the next start waits for it` })
    process.exit(exitCodeFor(signal))
  })
  try {
    const exitCode = await runInside(engine, { container, argv: asOwner(command), user: 'root' }, (line) => {
      log.push(line)
      report({ kind: 'line', step, line })
    })
    record.begun = undefined
    noteEnded(environment.paths, stores, begun.id, exitCode === 0 ? { step, hash: now, files } : undefined)
    if (exitCode === 0 && stores.length === 0) record.provisioned[step] = now
    if (exitCode !== 0) record.failed = step
    else if (record.failed === step) record.failed = undefined
    writeRecord(environment, record)
    if (exitCode !== 0)
      throw new DevenvError({ code: 'provision-failed', step, exitCode, stores, log: log.slice(-SHOWN) })
  } finally {
    release()
  }
}

/** Whether a step that was begun is still at work, or its outcome waits to be taken; one that was killed is neither. */
export async function isJoinable({ engine }: Pick<Context, 'engine'>, { container, id }: Begun): Promise<boolean> {
  const asked = { container, argv: asOwner(stepStateCommand(id)), user: 'root' }
  const { lines } = await captureInside(engine, asked).catch(() => ({ lines: [] }))
  return lines.some((line) => line === 'at work' || line === 'ended')
}
