import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { problemsOf, sampleArchive, temporaryFolder } from '../../../test/samples.js'
import { blobPath, openStoreData, readArchive, writeArchive } from './archive.js'

const { description } = sampleArchive({}, ['mysql-8.4', 'uploads'])
const writing = (content: string) => async (out: Writable) => void out.write(content)
const DUMPS = { 'mysql-8.4': writing('CREATE TABLE a;'.repeat(10_000)), uploads: writing('') }

test('what was written is read again, each store by itself', async () => {
  const folder = join(temporaryFolder(), 'seed')
  const written = await writeArchive(folder, description, DUMPS)
  const archive = readArchive(folder)
  expect(archive).toEqual(written)
  expect(archive.description).toEqual(description)
  expect(await text(await openStoreData(archive, 'mysql-8.4'))).toBe('CREATE TABLE a;'.repeat(10_000))
  expect(await text(await openStoreData(archive, 'uploads'))).toBe('')
  expect(archive.blobs['mysql-8.4']?.bytes).toBeLessThan(2000)
})

test('it is an OCI layout, whose layers say what they are', async () => {
  const folder = join(temporaryFolder(), 'seed')
  const { manifest } = await writeArchive(folder, description, DUMPS)
  expect(JSON.parse(readFileSync(join(folder, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' })
  expect(JSON.parse(readFileSync(blobPath(folder, manifest), 'utf8'))).toMatchObject({
    schemaVersion: 2,
    artifactType: 'application/vnd.openedx.devenv.data.v1',
    layers: [
      { annotations: { 'org.opencontainers.image.title': 'mysql-8.4.gz' } },
      { annotations: { 'org.opencontainers.image.title': 'uploads.gz' } },
    ],
  })
})

test('the same data make the same layers', async () => {
  const folder = temporaryFolder()
  const [one, other] = [
    await writeArchive(join(folder, 'a'), description, DUMPS),
    await writeArchive(join(folder, 'b'), description, DUMPS),
  ]
  expect(one.manifest).toBe(other.manifest)
})

test('one that fails leaves nothing, and what was there stays', async () => {
  const folder = temporaryFolder()
  const before = await writeArchive(join(folder, 'seed'), description, DUMPS)
  const broken = async (out: Writable) => {
    out.write('CREATE')
    throw new Error('the server went away')
  }
  await expect(writeArchive(join(folder, 'seed'), description, { ...DUMPS, uploads: broken })).rejects.toThrow(
    'went away',
  )
  expect(readdirSync(folder)).toEqual(['seed'])
  expect(readArchive(join(folder, 'seed'))).toEqual(before)
})

test('two that write the same at once leave one that is whole', async () => {
  const folder = join(temporaryFolder(), 'seed')
  await Promise.all([writeArchive(folder, description, DUMPS), writeArchive(`${folder}-other`, description, DUMPS)])
  expect(await text(await openStoreData(readArchive(folder), 'uploads'))).toBe('')
})

test.each(['index.json', 'manifest', 'config', 'layer'])(
  'damage to its %s is noticed before any data are given',
  async (part) => {
    const folder = join(temporaryFolder(), 'seed')
    const { manifest, blobs } = await writeArchive(folder, description, DUMPS)
    const { config } = JSON.parse(readFileSync(blobPath(folder, manifest), 'utf8'))
    const files: Record<string, string> = {
      'index.json': join(folder, 'index.json'),
      manifest: blobPath(folder, manifest),
      config: blobPath(folder, config.digest),
      layer: blobPath(folder, blobs['mysql-8.4']?.digest ?? ''),
    }
    writeFileSync(files[part] ?? '', '{}')
    const open = async () => openStoreData(readArchive(folder), 'mysql-8.4')
    expect(await problemsOf(open)).toMatchObject([{ code: 'archive-damaged', archive: folder }])
  },
)
