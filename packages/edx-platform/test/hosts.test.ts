import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readExtension } from '../../core/src/definition/extension.js'
import { bears } from '../../core/src/definition/recognise.js'
import { folderTree } from '../../core/src/tree/folder-tree.js'
import { temporaryFolder, writeFiles } from '../../core/test/samples.js'

const { hosts = {} } = readExtension({ directory: fileURLToPath(new URL('..', import.meta.url)) })
const needed = async (files: { [path: string]: string }) => {
  const tree = folderTree(writeFiles(temporaryFolder(), files))
  const looked = Object.entries(hosts).map(async ([host, { where = [] }]) =>
    (await Promise.all(where.map((mark) => bears(tree, mark)))).includes(true) ? [host] : [],
  )
  return (await Promise.all(looked)).flat()
}

// As upstream writes them.
describe('the build of a checkout needs GitHub', () => {
  test.each([
    {
      file: 'uv.lock',
      line: 'source = { git = "https://github.com/openedx/edx-proctoring-proctortrack?rev=v1#0123" }',
    },
    {
      file: 'requirements/edx/development.txt',
      line: 'edx-proctoring-proctortrack @ git+https://github.com/anupdhabarde/edx-proctoring-proctortrack.git@31c6c9923a51c903ae83760ecbbac191363aa2a2#egg=x',
    },
    {
      file: 'package-lock.json',
      line: '      "resolved": "git+ssh://git@github.com/openedx/edx-custom-a11y-rules.git#0123",',
    },
  ])('where its $file names a commit there', async ({ file, line }) => {
    expect(await needed({ [file]: `a\n${line}\nb\n` })).toEqual(['github.com'])
  })

  test.each([
    { file: 'uv.lock', line: 'source = { registry = "https://pypi.org/simple" }' },
    { file: 'requirements/edx/development.txt', line: '    # via -r requirements/edx/github.in, https://github.com/x' },
    { file: 'package-lock.json', line: '        "url": "https://github.com/sponsors/ai"' },
    { file: 'package-lock.json', line: '      "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",' },
  ])('but not where its $file has: $line', async ({ file, line }) => {
    expect(await needed({ [file]: `${line}\n` })).toEqual([])
  })
})
