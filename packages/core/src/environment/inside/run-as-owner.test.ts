import { expect, test } from 'vitest'
import { engineRunning } from '../../../test/engine.js'
import { problemsOf, sampleContainer } from '../../../test/samples.js'
import { runAsOwner } from './run-as-owner.js'

test('a command whose container was removed since it was listed is told so, by the name of the service', async () => {
  const engine = await engineRunning(
    () => [],
    () => 'gone',
  )
  const run = () => runAsOwner({ engine, report: () => {} }, sampleContainer('hello', 'a'), ['true'])
  expect(await problemsOf(run)).toEqual([{ code: 'container-gone', container: 'hello' }])
})

test('a command that the engine broke off is ended, and not without words', async () => {
  const signalled: string[] = []
  const engine = await engineRunning(
    () => [],
    (argv) => {
      if (argv.includes('sleep')) return { lines: ['slept'], exitCode: () => (signalled.length > 0 ? 129 : null) }
      signalled.push(argv.join(' '))
      return { lines: [] }
    },
  )
  const run = () => runAsOwner({ engine, report: () => {} }, sampleContainer('hello', 'a'), ['sleep', '60'])
  expect(await problemsOf(run)).toMatchObject([{ code: 'connection-lost' }])
  expect(signalled.at(0)).toContain('HUP')
})
