// @ts-check
// What runs in containers and images is Python, and so are its tests. Each of their files is one test here; by itself:
//
//   python3 -m unittest discover --start-directory packages/core/container-test --pattern test_reload.py
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const folders = readdirSync(join(cwd, 'packages'))
  .flatMap((name) => [`packages/${name}/container-test`, `packages/${name}/image-test`])
  .filter((folder) => existsSync(join(cwd, folder)))
const files = folders.flatMap((folder) =>
  readdirSync(join(cwd, folder))
    .filter((name) => /^test.*\.py$/.test(name))
    .map((name) => `${folder}/${name}`),
)

test('the packages have such tests', () => {
  expect(folders).toContain('packages/core/container-test')
  expect([...new Set(files.map(dirname))]).toEqual(folders)
})

// They wait more than they compute.
test.concurrent.for(files)('%s', async (file, { expect }) => {
  const words = ['-m', 'unittest', 'discover', '--start-directory', dirname(file), '--pattern', basename(file)]
  const { stderr } = await promisify(execFile)('python3', words, { cwd }).catch((failed) => failed)
  expect(stderr).toMatch(/^Ran [1-9]\d* tests? in .*\n\nOK( \(skipped=\d+\))?\n$/m)
})
