import { expect, test } from 'vitest'
import { engineRunning, listedContainer } from '../../../test/engine.js'
import { SAMPLE_PACKAGE, sampleSettings, temporaryFolder } from '../../../test/samples.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import { identify } from '../environment.js'
import { stop } from './stop.js'

test('a container that somebody removed since it was listed is stopped', async () => {
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  const listed = listedContainer(environment.project, { [COMPOSE_LABELS.service]: 'hello' })
  const engine = await engineRunning(
    () => [listed],
    () => 'gone',
  )
  expect(await stop({ engine, environment, settings: sampleSettings(), report: () => {} })).toEqual(['hello'])
})
