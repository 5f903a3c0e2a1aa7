import { expect, test } from 'vitest'
import { planSetting } from './editor.js'

const place = (files: { [file: string]: string }, asked?: 'pyright') => planSetting((file) => files[file], asked)

test('a language server is told where it looks', () => {
  const vscode = { do: 'write', file: '.vscode/settings.json', key: 'python.analysis.extraPaths' }
  const pyright = { do: 'write', file: 'pyrightconfig.json', key: 'extraPaths' }
  expect(place({})).toEqual(vscode)
  expect(place({ 'pyproject.toml': '[tool.black]' })).toEqual(vscode)
  expect(place({}, 'pyright')).toEqual(pyright)
  expect(place({ 'pyrightconfig.json': '{}', 'pyproject.toml': '[tool.pyright]' })).toEqual(pyright)
  // TOML is a person's to write.
  expect(place({ 'pyproject.toml': 'a = 1\n[tool.pyright]\n' }, 'pyright')).toEqual({
    do: 'by-hand',
    file: 'pyproject.toml',
  })
})
