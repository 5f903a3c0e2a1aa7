import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import { parseSource } from './source.js'
import { validateExtension } from './validate-extension.js'

const VALID = `services: {}
x-devenv:
  primary: hello
  repository: https://example.com/hello
  recognised-by: [Makefile]
  targets:
    test: { needs: [mysql], because: there is none }
  provision:
    - name: migrations
      run: [migrate]
      when: { files: ["*.sql"], stores: [mysql], image: true, address: false }
  accounts:
    - { what: admin, user: a, password: b, path: /admin/ }
`
const validate = async (text: string) =>
  (await validateExtension(parseSource('compose.yaml', text))).map((problem) => {
    if (problem.code !== 'definition-invalid') throw new Error(problem.code)
    return problem
  })
const replacing = (before: string, after: string) => {
  if (!VALID.includes(before)) throw new Error(`the sample has no ${before}`)
  return VALID.replace(before, after)
}

describe('the extension of a Compose file', () => {
  test('that says everything is valid', async () => {
    expect(await validate(VALID)).toEqual([])
  })

  test('that says only what it must is valid', async () => {
    expect(await validate('services: {}\nx-devenv: { primary: hello, recognised-by: [Makefile] }\n')).toEqual([])
  })

  testEach<{ what: string; text: string; at: string; line: number; detail: RegExp }>([
    { what: 'a missing word', text: replacing('  primary: hello\n', ''), at: 'x-devenv', line: 2, detail: /primary/ },
    {
      what: 'an unknown word',
      text: replacing('  provision:', '  provisions: []\n  provision:'),
      at: 'x-devenv',
      line: 8,
      detail: /provisions/,
    },
    {
      what: 'an unknown word further in',
      text: replacing('      run: [migrate]', '      run: [migrate]\n      runs: [migrate]'),
      at: 'x-devenv.provision.0',
      line: 11,
      detail: /runs/,
    },
    {
      what: 'a text where a list belongs',
      text: replacing('[migrate]', 'migrate'),
      at: 'x-devenv.provision.0.run',
      line: 10,
      detail: /array/,
    },
    {
      what: 'a list with something that is no text',
      text: replacing('needs: [mysql]', 'needs: [{ mysql: 8 }]'),
      at: 'x-devenv.targets.test.needs.0',
      line: 7,
      detail: /string/,
    },
    {
      what: 'an empty command',
      text: replacing('run: [migrate]', 'run: []'),
      at: 'x-devenv.provision.0.run',
      line: 10,
      detail: /fewer than 1/,
    },
    {
      what: 'a target without a reason',
      text: replacing(', because: there is none', ''),
      at: 'x-devenv.targets.test',
      line: 7,
      detail: /because/,
    },
    {
      what: 'an account without a password',
      text: replacing(', password: b', ''),
      at: 'x-devenv.accounts.0',
      line: 13,
      detail: /password/,
    },
    { what: 'no extension', text: 'services: {}\n', at: 'the file', line: 1, detail: /x-devenv/ },
    { what: 'no services', text: VALID.replace('services: {}\n', ''), at: 'the file', line: 1, detail: /services/ },
    { what: 'an empty file', text: '', at: 'the file', line: 1, detail: /object/ },
  ])('with $what is told so, with file and line', async ({ text, at, line, detail }) => {
    expect(await validate(text)).toEqual([
      { code: 'definition-invalid', place: { file: 'compose.yaml', line }, at, detail: expect.stringMatching(detail) },
    ])
  })

  test('is told of everything at once', async () => {
    const text = 'services: {}\nx-devenv:\n  primary: [hello]\n  colour: red\n  provision: [{ run: [a] }]\n'
    expect(await validate(text)).toHaveLength(4)
  })
})
