import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { engineRunning, listedContainer } from '../../../test/engine.js'
import { SAMPLE_PACKAGE, sampleRecord, sampleSettings, temporaryFolder } from '../../../test/samples.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import { isLocked } from '../data/mutex.js'
import { readRecord, writeRecord } from '../data/record.js'
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

test('the record tells of it until all containers have stopped', async () => {
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  mkdirSync(environment.paths.home, { recursive: true })
  writeRecord(environment, sampleRecord())
  const listed = listedContainer(environment.project, { [COMPOSE_LABELS.service]: 'hello' })
  const stopping = () => readRecord(environment)?.stopping
  const seen: unknown[] = []
  let answer = 500
  const server = createServer(({ url }, response) => {
    if (!url?.includes('/stop')) return void response.end(JSON.stringify([listed]))
    seen.push(stopping())
    response.writeHead(answer).end('{}')
  })
  const socketPath = join(temporaryFolder(), 'engine.sock')
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  onTestFinished(() => void server.close())
  const engine = { endpoint: `unix://${socketPath}`, address: { socketPath } }
  const context = { engine, environment, settings: sampleSettings(), report: () => {} }
  await expect(stop(context)).rejects.toThrow()
  expect(stopping()).toBe(true)
  answer = 204
  expect(await stop(context)).toEqual(['hello'])
  expect([seen, stopping()]).toEqual([[true, true], undefined])
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
