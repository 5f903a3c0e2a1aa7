import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../test/samples.js'
import { readTextFile } from './read-text-file.js'

test('a text is read, by a link too', () => {
  const root = writeFiles(temporaryFolder(), { file: 'text', link: { link: 'file' } })
  expect(readTextFile(join(root, 'link'))).toBe('text')
})

test.each([
  ['folder', { code: 'EFTYPE', message: 'It is a folder, not a file.' }],
  ['pipe', { code: 'EFTYPE', message: 'It is a pipe, not a file.' }],
  ['device', { code: 'EFTYPE', message: 'It is a device, not a file.' }],
  ['none', { code: 'ENOENT' }],
])('what is no file is told by its path: %s', (name, error) => {
  const root = writeFiles(temporaryFolder(), { 'folder/x': '', device: { link: '/dev/null' } })
  execFileSync('mkfifo', [join(root, 'pipe')])
  expect(() => readTextFile(join(root, name))).toThrow(expect.objectContaining({ ...error, path: join(root, name) }))
})
