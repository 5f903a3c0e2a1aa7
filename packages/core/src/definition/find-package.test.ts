import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, temporaryFolder, writeFiles } from '../../test/samples.js'
import { findCheckout, findPackage, readPackage, serviceOf } from './find-package.js'

const MANIFEST = JSON.stringify({ name: '@devenv/hello', version: '1.2.3' })

describe('an environment package', () => {
  test('is a folder with a package.json and a compose.yaml', () => {
    const root = writeFiles(temporaryFolder(), { 'package.json': MANIFEST, 'compose.yaml': '' })
    expect(readPackage(root)).toEqual({
      name: '@devenv/hello',
      version: '1.2.3',
      service: 'hello',
      directory: root,
    })
  })

  test('without a scope is called after its service as well', () => {
    const root = writeFiles(temporaryFolder(), { 'package.json': '{"name":"hello","version":"1"}', 'compose.yaml': '' })
    expect(readPackage(root).service).toBe('hello')
  })

  test('for many services tells which a checkout is of by a line of it, or else is called like itself', () => {
    const service = { file: 'package.json', matches: '"name": *"@edx/(frontend-app-.+)"' }
    const manifest = JSON.stringify({ name: '@devenv/frontend-app', version: '1', devenv: { service } })
    const root = writeFiles(temporaryFolder(), { 'package.json': manifest, 'compose.yaml': '' })
    const of = (text: string) =>
      serviceOf(readPackage(root), writeFiles(temporaryFolder(), text === '' ? {} : { 'package.json': text }))
    expect(of('{\n  "name": "@edx/frontend-app-learner-dashboard"\n}')).toBe('frontend-app-learner-dashboard')
    expect(of('{ "name": "something-else" }')).toBe('frontend-app')
    expect(of('')).toBe('frontend-app')
    // It becomes part of paths and of names.
    expect(of('{ "name": "@edx/frontend-app-../../etc" }')).toBe('frontend-app')
  })

  test('for many services may name several lines, of which the first counts that a checkout has', () => {
    const service = ['one', 'two'].map((file) => ({ file, matches: 'name=([a-z]+)' }))
    const manifest = JSON.stringify({ name: 'library', version: '1', devenv: { service } })
    const root = writeFiles(temporaryFolder(), { 'package.json': manifest, 'compose.yaml': '' })
    const of = (files: { [path: string]: string }) => serviceOf(readPackage(root), writeFiles(temporaryFolder(), files))
    expect(of({ one: 'name=poll', two: 'name=quiz' })).toBe('poll')
    expect(of({ one: '', two: 'name=quiz' })).toBe('quiz')
    expect(of({})).toBe('library')
  })

  test.each(
    [
      [],
      [{ file: 'a' }],
      { file: 'a' },
      { file: 'a', matches: 'no group' },
      { file: 'a', matches: '(' },
      null,
      'a',
    ].map((service) => ({ service })),
  )('that tells it by $service is refused', async ({ service }) => {
    const manifest = JSON.stringify({ name: 'a', version: '1', devenv: { service } })
    const root = writeFiles(temporaryFolder(), { 'package.json': manifest, 'compose.yaml': '' })
    expect(await problemsOf(() => readPackage(root))).toMatchObject([{ code: 'definition-unreadable' }])
  })

  test('has its real path, also through a link', () => {
    const root = writeFiles(temporaryFolder(), {
      'real/package.json': MANIFEST,
      'real/compose.yaml': '',
      link: { link: 'real' },
    })
    expect(readPackage(join(root, 'link')).directory).toBe(realpathSync(join(root, 'real')))
  })

  test.each([
    ['no compose.yaml', { 'package.json': MANIFEST }],
    ['no package.json', { 'compose.yaml': '' }],
    ['nothing', { other: '' }],
  ])('that has %s is missing', async (_what, files) => {
    const root = writeFiles(temporaryFolder(), files as { [path: string]: string })
    expect(await problemsOf(() => readPackage(root))).toEqual([{ code: 'package-missing', looked: root }])
  })

  test.each([
    ['damaged', '{'],
    ['null', 'null'],
    ['without a name', '{"version":"1.0.0"}'],
    ['without a version', '{"name":"hello"}'],
  ])('whose package.json is %s cannot be read, and is named', async (_what, text) => {
    const root = writeFiles(temporaryFolder(), { 'package.json': text, 'compose.yaml': '' })
    expect(await problemsOf(() => readPackage(root))).toMatchObject([
      { code: 'definition-unreadable', place: { file: join(root, 'package.json') } },
    ])
  })
})

describe('the package of a checkout', () => {
  const dependencies = { '@devenv/core': '0.1.0', '@devenv/hello': '1.2.3' }
  const manifest = { 'devenv/package.json': JSON.stringify({ dependencies }) }
  const core = { 'devenv/node_modules/@devenv/core/package.json': '{"name":"@devenv/core","version":"0.1.0"}' }

  test('is the dependency that is an environment package', () => {
    const root = writeFiles(temporaryFolder(), {
      ...manifest,
      ...core,
      'devenv/node_modules/@devenv/hello/package.json': MANIFEST,
      'devenv/node_modules/@devenv/hello/compose.yaml': '',
    })
    expect(findPackage(root).name).toBe('@devenv/hello')
  })

  test('is unknown while it is not installed; what is named is told', async () => {
    const root = writeFiles(temporaryFolder(), { ...manifest, ...core })
    expect(await problemsOf(() => findPackage(root))).toEqual([
      { code: 'package-unknown', checkout: root, dependencies: Object.keys(dependencies) },
    ])
  })

  test('is unknown where nothing was prepared', async () => {
    const root = temporaryFolder()
    expect(await problemsOf(() => findPackage(root))).toEqual([
      { code: 'package-unknown', checkout: root, dependencies: [] },
    ])
  })
})

describe('the checkout around a folder', () => {
  const MANIFEST = JSON.stringify({ dependencies: { '@devenv/hello': '1.2.3' } })
  const PREPARED = { 'hello/devenv/package.json': MANIFEST, 'hello/src/deep/file': '' }

  test.each(['hello', 'hello/src', 'hello/src/deep', 'hello/devenv'])('is found from %s', (from) => {
    const root = writeFiles(temporaryFolder(), PREPARED)
    expect(findCheckout(join(root, from))).toBe(join(root, 'hello'))
  })

  test('is the nearest one', () => {
    const root = writeFiles(temporaryFolder(), { ...PREPARED, 'hello/vendor/other/devenv/package.json': MANIFEST })
    expect(findCheckout(join(root, 'hello/vendor/other'))).toBe(join(root, 'hello/vendor/other'))
  })

  test('is the folder itself where none was prepared', () => {
    const root = temporaryFolder()
    expect(findCheckout(root)).toBe(root)
  })

  test.each([
    [
      'devenv itself',
      { 'devenv/package.json': '{"name":"devenv-repository","private":true,"workspaces":["packages/*"]}' },
    ],
    ['anything else', { 'devenv/package.json': MANIFEST, 'devenv/.git/HEAD': 'ref: refs/heads/main\n' }],
  ])('is not the folder in which a clone of %s, called devenv, stands beside it', (_what, clone) => {
    const root = writeFiles(temporaryFolder(), { ...clone, 'repository/.git/HEAD': '', 'without-git/setup.py': '' })
    for (const name of ['repository', 'without-git']) expect(findCheckout(join(root, name))).toBe(join(root, name))
  })
})
