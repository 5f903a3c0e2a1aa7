import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, sampleArchive, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { freeBytes } from '../../machine/require-space.js'
import { identify } from '../environment.js'
import { blobPath, readArchive, writeArchive } from './archive.js'
import { exportSave, importSave } from './saves.js'

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

describe('a save that is exported', () => {
  async function saved() {
    const { paths } = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
    const folder = join(paths.saves, 'demo')
    mkdirSync(paths.saves, { recursive: true })
    const { description } = sampleArchive({ label: 'main' })
    await writeArchive(folder, description, { 'mysql-8.4': async (out) => void out.write('data') })
    return { paths, folder, out: temporaryFolder() }
  }

  test('is a file in a folder that is there', async () => {
    const { paths, out } = await saved()
    const none = join(out, 'none')
    const file = join(out, 'file')
    writeFileSync(file, '')
    for (const [folder, detail] of [
      [none, `There is no folder ${none}.`],
      [file, `${file} is no folder.`],
    ] as const)
      expect(await problemsOf(() => exportSave(paths, 'demo', join(folder, 'x.tar')))).toEqual([
        { code: 'file-unwritable', file: join(folder, 'x.tar'), named: 'devenv data export demo', detail },
      ])
    await exportSave(paths, 'demo', join(out, 'x.tar'))
    expect(readdirSync(out).sort()).toEqual(['file', 'x.tar'])
  })

  test('is whole: one with other bytes than were saved is refused, and no file is written', async () => {
    const { paths, folder, out } = await saved()
    const { digest } = Object.values(readArchive(folder).blobs)[0] as { digest: string }
    writeFileSync(blobPath(folder, digest), 'others')
    expect(await problemsOf(() => exportSave(paths, 'demo', join(out, 'x.tar')))).toMatchObject([
      { code: 'archive-damaged' },
    ])
    expect(readdirSync(out)).toEqual([])
  })
})
