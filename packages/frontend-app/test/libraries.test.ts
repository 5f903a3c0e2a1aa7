import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const { resolveLibraries } = createRequire(import.meta.url)('../image/libraries.cjs')

function folderWith(files: Readonly<Record<string, object | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'devenv-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

test('a library is taken from its source, and what it shares with the application from that', () => {
  const folder = folderWith({
    'footer/package.json': {
      name: '@edx/footer',
      peerDependencies: { react: '^18', '@edx/header': '^2', absent: '1' },
    },
    'header/package.json': { name: '@edx/header', peerDependencies: { react: '^18' } },
    'modules/react/package.json': {},
    'modules/@edx/header/package.json': {},
  })
  const [footer, header, modules] = ['footer', 'header', 'modules'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const { alias, modules: looked } = resolveLibraries([footer, header], modules)
  // The first that fits counts.
  expect(Object.entries(alias)).toEqual([
    ['@edx/footer/dist', [join(footer, 'src'), join(footer, 'dist')]],
    ['@edx/footer', [join(footer, 'src'), footer]],
    ['@edx/header/dist', [join(header, 'src'), join(header, 'dist')]],
    ['@edx/header', [join(header, 'src'), header]],
    ['react', join(modules, 'react')],
  ])
  expect(looked).toEqual([modules])
})

test('without libraries, and for one that is broken, nothing is resolved otherwise', () => {
  const broken = ['{', 'null', '[]'].map((text) => folderWith({ 'package.json': text }))
  for (const libraries of [[], broken, [join(tmpdir(), 'gone')]])
    expect(resolveLibraries(libraries, '/modules')).toEqual({ alias: {}, modules: [] })
})

test('a library without peers, in whatever way it says so, is taken as well', () => {
  const folder = folderWith({ 'package.json': { name: 'plain', peerDependencies: null } })
  expect(Object.keys(resolveLibraries([folder], '/modules').alias)).toEqual(['plain/dist', 'plain'])
})
