import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { git, repositoryWith } from '../../test/git.js'
import { problemsOf, temporaryFolder, writeFiles } from '../../test/samples.js'
import type { EditorFile } from './plan-editor-files.js'
import { linkComposeFile, readContainerPlace, readRecommended, writeEditorFiles } from './write-editor-files.js'

const file = (path: string, version = '1'): EditorFile => ({
  path,
  heading: '// ours\n',
  parts: [{ at: ['version'], value: version }],
})
const status = (root: string) => git(root, 'status', '--short', '--untracked-files=all')

describe('files for an editor', () => {
  test('are made, hidden from git, and written once', async () => {
    const { root } = repositoryWith({ '.vscode/tasks.json': '{ "mine": 1 }' })
    const files = [file('.vscode/tasks.json'), file('.vscode/launch.json')]
    expect(await writeEditorFiles(root, files, 'clone')).toEqual({
      changed: ['.vscode/tasks.json', '.vscode/launch.json'],
      hidden: ['.vscode/launch.json'],
      shown: [],
    })
    expect(readFileSync(join(root, '.vscode/launch.json'), 'utf8')).toBe('// ours\n{\n  "version": "1"\n}\n')
    expect(status(root)).toBe('M .vscode/tasks.json')
    expect(await writeEditorFiles(root, files, 'clone')).toEqual({ changed: [], hidden: [], shown: [] })
    expect((await writeEditorFiles(root, files, 'team')).shown).toEqual(['.vscode/launch.json'])
    expect(status(root)).toBe('M .vscode/tasks.json\n?? .vscode/launch.json')
  })

  test('are written all or none', async () => {
    const root = writeFiles(temporaryFolder(), { '.vscode/launch.json': '{\n"a": }' })
    const files = [file('.vscode/tasks.json'), file('.vscode/launch.json')]
    expect(await problemsOf(() => writeEditorFiles(root, files, 'clone'))).toMatchObject([
      { code: 'file-unmergeable', place: { file: join(root, '.vscode/launch.json'), line: 2 } },
    ])
    expect(existsSync(join(root, '.vscode/tasks.json'))).toBe(false)
  })

  test.each(['.vscode', '.vscode/tasks.json'])('are never written through a link that leads out: %s', async (link) => {
    const [root, elsewhere] = [temporaryFolder(), writeFiles(temporaryFolder(), { 'tasks.json': '{}' })]
    if (link !== '.vscode') mkdirSync(join(root, '.vscode'))
    symlinkSync(link === '.vscode' ? elsewhere : join(elsewhere, 'tasks.json'), join(root, link))
    expect(await problemsOf(() => writeEditorFiles(root, [file('.vscode/tasks.json')], 'clone'))).toMatchObject([
      { code: 'file-unusable', errno: 'ELOOP' },
    ])
    expect(readFileSync(join(elsewhere, 'tasks.json'), 'utf8')).toBe('{}')
  })
})

test.each([
  [{}, '.devcontainer/devcontainer.json'],
  [{ '.devcontainer/devcontainer.json': '// c\n{ "name": "devenv: hello" }' }, '.devcontainer/devcontainer.json'],
  [{ '.devcontainer/devcontainer.json': '{ "name": "ours" }' }, '.devcontainer/devenv/devcontainer.json'],
  [{ '.devcontainer/devcontainer.json': '{ nothing' }, '.devcontainer/devenv/devcontainer.json'],
  [{ '.devcontainer.json': '{}' }, '.devcontainer/devenv/devcontainer.json'],
])('beside %j the container is described in %s', (files, place) => {
  expect(readContainerPlace(writeFiles(temporaryFolder(), files))).toBe(place)
})

test.each([
  ['{ "recommendations": ["a.b", 1], /* c */ }', ['a.b']],
  ['{ "recommendations": "a.b" }', []],
  ['nothing', []],
])('extensions that a checkout recommends: %s', (text, wanted) => {
  expect(readRecommended(writeFiles(temporaryFolder(), { '.vscode/extensions.json': text }))).toEqual(wanted)
})

test('the Compose file is found under one name, wherever it is kept, and git does not see it', async () => {
  const { root } = repositoryWith({ file: '' })
  const link = join(root, '.devcontainer/devenv.compose.json')
  await linkComposeFile(root, join(root, '.dev/devenv/one.json'))
  expect(readlinkSync(link)).toBe('../.dev/devenv/one.json')
  const made = lstatSync(link).ino
  await linkComposeFile(root, join(root, '.dev/devenv/one.json'))
  expect(lstatSync(link).ino).toBe(made)
  await linkComposeFile(root, '/data/two.json')
  expect(join(root, '.devcontainer', readlinkSync(link))).toBe('/data/two.json')
  expect(status(root)).toBe('')
})
