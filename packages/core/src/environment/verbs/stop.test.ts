import { existsSync, mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { engineRunning, listedContainer } from '../../../test/engine.js'
import { SAMPLE_PACKAGE, sampleSettings, temporaryFolder } from '../../../test/samples.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import { isLocked } from '../data/mutex.js'
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

test('a start waits for it: it has the data directory to itself; where there is none, it makes none', async () => {
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  const seen: boolean[] = []
  const engine = await engineRunning(
    () => {
      seen.push(isLocked(environment))
      return []
    },
    () => 'gone',
  )
  const context = { engine, environment, settings: sampleSettings(), report: () => {} }
  await stop(context)
  expect(existsSync(environment.paths.home)).toBe(false)
  mkdirSync(environment.paths.home, { recursive: true })
  await stop(context)
  expect(seen).toEqual([false, true])
  expect(isLocked(environment)).toBe(false)
})
