import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { git, repositoryWith } from '../../test/git.js'
import { problemsOf, temporaryFolder, writeFiles } from '../../test/samples.js'
import type { EditorFile } from './plan-editor-files.js'
import { planRunConfigurations } from './plan-run-configurations.js'
import {
  linkComposeFile,
  readContainerPlace,
  readOurConfigurations,
  readRecommended,
  writeEditorFiles,
} from './write-editor-files.js'

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
      removed: [],
      hidden: ['.vscode/launch.json'],
      shown: [],
    })
    expect(readFileSync(join(root, '.vscode/launch.json'), 'utf8')).toBe('// ours\n{\n  "version": "1"\n}\n')
    expect(status(root)).toBe('M .vscode/tasks.json')
    expect(await writeEditorFiles(root, files, 'clone')).toEqual({ changed: [], removed: [], hidden: [], shown: [] })
    expect((await writeEditorFiles(root, files, 'team')).shown).toEqual(['.vscode/launch.json'])
    expect(status(root)).toBe('M .vscode/tasks.json\n?? .vscode/launch.json')
  })

  test('that are devenv’s as a whole are written over, and one of somebody else is not', async () => {
    const { root } = repositoryWith({ '.run/mine.run.xml': '<mine/>' })
    const plan = (...names: string[]) =>
      planRunConfigurations(names.map((name) => ({ name, outside: `make dev.${name}`, kind: 'once' })))
    const write = (...names: string[]) => {
      const files = plan(...names)
      const obsolete = readOurConfigurations(root).filter((path) => !files.some((file) => file.path === path))
      return writeEditorFiles(root, files, 'clone', obsolete)
    }
    const watch = '.run/devenv-watch.run.xml'
    expect(await write('watch', 'lint')).toMatchObject({ changed: [watch, '.run/devenv-lint.run.xml'], removed: [] })
    writeFiles(root, { [watch]: '<configuration default="false" name="devenv: watch" />' })
    expect(await write('watch')).toMatchObject({ changed: [watch], removed: ['.run/devenv-lint.run.xml'], hidden: [] })
    expect(readFileSync(join(root, watch), 'utf8')).toContain('make dev.watch')
    expect(status(root)).toBe('')
    writeFiles(root, { [watch]: '<configuration name="watch" />' })
    expect(await problemsOf(() => write('test', 'watch'))).toMatchObject([
      { code: 'file-unmergeable', place: { file: join(root, watch) } },
    ])
    expect(readdirSync(join(root, '.run'))).toEqual(['devenv-watch.run.xml', 'mine.run.xml'])
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
