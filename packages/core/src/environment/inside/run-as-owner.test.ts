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
