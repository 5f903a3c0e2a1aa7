import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../../test/samples.js'
import { readPackage } from '../../definition/find-package.js'
import { readPackages } from './read-packages.js'

const MANIFEST = { name: '@devenv/hello', version: '1.0.0', files: ['compose*.yaml', 'image', '!**/__pycache__'] }
const packageIn = (files: { [path: string]: string } = {}, version = MANIFEST.version): string =>
  writeFiles(temporaryFolder(), {
    'package.json': JSON.stringify({ ...MANIFEST, version }),
    'compose.yaml': 'services: {}\n',
    'image/web.conf': '[program:web]\n',
    ...files,
  })
const contentOf = async (directory: string) => (await readPackages(readPackage(directory), undefined))[0]?.content

test('the content of a package is that of the files that npm ships', async () => {
  const content = await contentOf(packageIn())
  const same = { 'README.md': 'x', 'test/a.ts': '', 'image/__pycache__/a.pyc': 'x', 'node_modules/a/image/a': '' }
  expect(await contentOf(packageIn(same, '1.0.1'))).toBe(content)
  for (const other of ['compose.variant.yaml', 'image/worker.conf', 'image/.hidden', 'compose.yaml'])
    expect(await contentOf(packageIn({ [other]: 'x' })), other).not.toBe(content)
})

test('core is among them, by its own name and version', async () => {
  const [, core] = await readPackages(readPackage(packageIn()), undefined)
  expect(core).toMatchObject({ name: '@devenv/core', version: expect.stringMatching(/^\d/), changelog: undefined })
})

test('a changelog is read where the version is another than at the last start', async () => {
  const directory = packageIn({ 'CHANGELOG.md': '## 1.0.0\n' })
  const read = async (version: string | undefined) => {
    const before = version === undefined ? undefined : { '@devenv/hello': { version, content: 'x' } }
    return (await readPackages(readPackage(directory), before))[0]?.changelog
  }
  expect(await read(undefined)).toBeUndefined()
  expect(await read('1.0.0')).toBeUndefined()
  expect(await read('0.9.0')).toEqual({ file: join(directory, 'CHANGELOG.md'), text: '## 1.0.0\n' })
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ ...MANIFEST, files: undefined }))
  expect(await contentOf(directory)).toMatch(/^[0-9a-f]{64}$/)
})
