import { existsSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { freeBytes } from '../../machine/require-space.js'
import { identify } from '../environment.js'
import { importSave } from './saves.js'

test('a file that is larger than the disk has room for is refused before anything of it is written', async () => {
  const checkout = temporaryFolder()
  const file = join(writeFiles(temporaryFolder(), { 'demo.tar': '' }), 'demo.tar')
  const bytes = (freeBytes(checkout) ?? 0) + 2 ** 34
  // It has one hole, and takes no room itself.
  truncateSync(file, bytes)
  const environment = identify(SAMPLE_PACKAGE, checkout, undefined)
  const refused = await problemsOf(() => importSave(environment, file, 'demo'))
  expect(refused).toMatchObject([{ code: 'disk-full', folder: environment.paths.saves, least: bytes, file }])
  expect(existsSync(join(checkout, '.dev'))).toBe(false)
})
