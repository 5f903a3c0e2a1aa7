import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { SAMPLE_PACKAGE, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { type Environment, identify } from '../environment.js'
import { createDataDirectory } from './data-directory.js'
import { withLock } from './mutex.js'

// A disk that takes no byte more: files can be made, and stay empty.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const writeFileSync: typeof fs.writeFileSync = (file, text, options) => {
    if (!String(file).includes('/devenv/')) return fs.writeFileSync(file, text, options)
    fs.writeFileSync(file, '', options)
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 })
  }
  return { ...fs, writeFileSync }
})

function environment(): Environment {
  const made = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  writeFiles(made.checkout, { '.dev/keep': '' })
  return made
}
const silent = () => {}

test('a full disk is told as one, with the file, and nothing half-written stays', () => {
  const made = environment()
  const file = join(made.paths.home, 'README')
  expect(() => createDataDirectory(made)).toThrow(expect.objectContaining({ code: 'ENOSPC', path: file }))
  expect(existsSync(`${file}.${process.pid}.tmp`)).toBe(false)
})

test('on a full disk, only what frees it goes on without a claim', async () => {
  const made = environment()
  expect(() => createDataDirectory(made)).toThrow()
  await expect(withLock({ environment: made, report: silent }, async () => 42)).rejects.toMatchObject({
    code: 'ENOSPC',
  })
  expect(await withLock({ environment: made, report: silent }, async () => 42, 'is no obstacle')).toBe(42)
})
