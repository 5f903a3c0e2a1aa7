import os from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { problemsOf } from '../../test/samples.js'
import { cacheFolder } from './cache-folder.js'

function withCache(folder: string | undefined): void {
  vi.stubEnv('XDG_CACHE_HOME', folder)
  onTestFinished(() => void vi.unstubAllEnvs())
}

test('what can be had again is where the person says, by an absolute path', () => {
  withCache('/somewhere')
  expect(cacheFolder('seeds')).toBe('/somewhere/devenv/seeds')
})

test.each(['', 'relative', './relative', undefined])('%j says nothing: it is below the home', (folder) => {
  withCache(folder)
  expect(cacheFolder('seeds')).toBe(join(os.homedir(), '.cache/devenv/seeds'))
})

test('who has no home is told which variable to set', async () => {
  withCache(undefined)
  vi.spyOn(os, 'homedir').mockImplementation(() => {
    throw new Error('uv_os_homedir returned ENOENT')
  })
  onTestFinished(() => void vi.restoreAllMocks())
  expect(await problemsOf(async () => cacheFolder('seeds'))).toMatchObject([
    { code: 'folder-unusable', variable: 'XDG_CACHE_HOME' },
  ])
})
