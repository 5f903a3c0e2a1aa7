import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../../../test/samples.js'
import { listSeeds } from './seeds.js'

test('a file that another program has left among the seeds is none', () => {
  const cache = temporaryFolder()
  vi.stubEnv('XDG_CACHE_HOME', cache)
  onTestFinished(() => void vi.unstubAllEnvs())
  mkdirSync(join(cache, 'devenv/seeds'), { recursive: true })
  writeFileSync(join(cache, 'devenv/seeds/.DS_Store'), '')
  expect(listSeeds('.DS_Store')).toEqual([])
  expect(listSeeds('hello')).toEqual([])
})
