import { expect, test } from 'vitest'
import { problemsOf, temporaryFolder, writeFiles } from '../../test/samples.js'
import { readExtension, wholeExtensionOf } from './extension.js'

const extensionIn = (text: string) =>
  readExtension({ directory: writeFiles(temporaryFolder(), { 'compose.yaml': text }) })

test('what a package says of checkouts is known without Compose, variants in their order', () => {
  const { variants, ...rest } = extensionIn(`
x-devenv:
  primary: hello
  recognised-by: [Makefile]
  repository: https://example.com/hello
  releases: { ulmo.4: release/ulmo.4 }
  variants:
    uv: { recognised-by: [uv.lock] }
    pip: { recognised-by: [{ file: setup.py, matches: ^x }] }
services: { hello: { image: "\${DEVENV_UNSET:?needed}" } }
`)
  expect(rest).toEqual({
    primary: 'hello',
    'recognised-by': ['Makefile'],
    repository: 'https://example.com/hello',
    releases: { 'ulmo.4': 'release/ulmo.4' },
  })
  expect(Object.entries(variants ?? {})).toEqual([
    ['uv', { 'recognised-by': ['uv.lock'] }],
    ['pip', { 'recognised-by': [{ file: 'setup.py', matches: '^x' }] }],
  ])
})

test.each(['', 'services: {}\n', 'x-devenv:\n'])('a file that says nothing of it says nothing: %j', (text) => {
  expect(extensionIn(text)).toEqual({})
})

test('what is empty is as if it were not there', () => {
  expect(extensionIn('x-devenv: { primary: hello, releases: , variants: }\n')).toEqual({ primary: 'hello' })
})

test('a file that is no YAML is refused, with its line', async () => {
  expect(await problemsOf(() => extensionIn('x-devenv:\n  a: 1\n  a: 2\n'))).toMatchObject([
    { code: 'definition-unreadable', place: { line: 3 } },
  ])
})

test('of files that lie over one another each word is as the last of them says it', () => {
  const own = { 'x-devenv': { primary: 'web', targets: { test: {} }, needs: ['mysql'] } }
  const variant = { 'x-devenv': { targets: { quality: {} }, needs: [] } }
  expect(wholeExtensionOf([own, variant, null, {}, { 'x-devenv': { needs: ['redis'] } }])).toEqual({
    primary: 'web',
    targets: { quality: {} },
    needs: ['redis'],
  })
})
