import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { engineRunning, type Said } from '../../../test/engine.js'
import {
  problemsOf,
  SAMPLE_PACKAGE,
  sampleContainer,
  sampleRecord,
  sampleSettings,
  temporaryFolder,
} from '../../../test/samples.js'
import type { Progress } from '../../progress/progress.js'
import type { Context } from '../context.js'
import { type Begun, readRecord } from '../data/record.js'
import { identify } from '../environment.js'
import { joinStep, runStep } from './run-step.js'

const STEP = { name: 'migrations', now: 'a', files: [], stores: [], run: ['migrate'] as const }
const BEGUN: Begun = {
  step: 'migrations',
  now: 'a',
  files: [],
  stores: [],
  container: 'id-of-hello',
  id: 'migrations-0',
}

/** A start whose steps end like this. */
async function starting(said: Said): Promise<{ context: Context; told: Progress[] }> {
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  mkdirSync(environment.paths.home, { recursive: true })
  const told: Progress[] = []
  const engine = await engineRunning(
    () => [],
    () => said,
  )
  return { context: { engine, environment, settings: sampleSettings(), report: (each) => told.push(each) }, told }
}

test('a step that failed is noted until it succeeds', async () => {
  const record = sampleRecord()
  const run = async (exitCode: number) => {
    const { context } = await starting({ lines: ['at work'], exitCode })
    const due = { ...STEP, service: 'hello', needs: undefined, anywhere: true }
    const problems = await problemsOf(() => runStep(context, record, due, sampleContainer('hello', 'a'))).catch(
      () => [],
    )
    return { problems, noted: readRecord(context.environment)?.failed }
  }
  expect(await run(3)).toMatchObject({
    problems: [{ code: 'provision-failed', step: 'migrations', exitCode: 3, log: ['at work'] }],
    noted: 'migrations',
  })
  expect(await run(0)).toEqual({ problems: [], noted: undefined })
})

test('a step that was joined, failed and runs again gets no tick', async () => {
  const join = async (exitCode: number) => {
    const { context, told } = await starting({ lines: [], exitCode })
    await joinStep(context, sampleRecord(), BEGUN, 'is told', 'a start was interrupted')
    return told.map(({ kind }) => kind)
  }
  expect(await join(0)).toEqual(['begin', 'end'])
  expect(await join(1)).toEqual(['begin', 'note'])
})
