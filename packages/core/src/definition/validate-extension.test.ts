import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import { parseSource } from './source.js'
import { validateExtension } from './validate-extension.js'

const VALID = `services: {}
x-devenv:
  primary: hello
  repository: https://example.com/hello
  recognised-by: [Makefile]
  variants: { uv: { recognised-by: [uv.lock] }, pip-3: { recognised-by: [{ file: setup.py, matches: ^a }] } }
  releases: { ulmo.4: release/ulmo.4, main: master }
  targets:
    test: { needs: [mysql], about: run all, because: there is none }
  provision:
    - name: migrations
      run: [migrate]
      when: { files: ["*.sql"], stores: [mysql], image: true, address: false }
  hosts:
    github.com: { because: x, where: [uv.lock, { file: a, matches: ^b }], unless: { A: skip }, instead: A=skip }
  accounts:
    - { what: admin, user: a, password: b, path: /admin/ }
`
const validate = async (text: string, ...over: string[]) =>
  (
    await validateExtension([parseSource('compose.yaml', text), ...over.map((each) => parseSource('over.yaml', each))])
  ).map((problem) => {
    if (problem.code !== 'definition-invalid') throw new Error(problem.code)
    return problem
  })
const replacing = (before: string | RegExp, after: string) => {
  const text = VALID.replace(before, after)
  if (text === VALID) throw new Error(`the sample has no ${before}`)
  return text
}

describe('the extension of a Compose file', () => {
  test('that says everything is valid', async () => {
    expect(await validate(VALID)).toEqual([])
  })

  test('that says only what it must is valid', async () => {
    expect(await validate('services: {}\nx-devenv: { recognised-by: [Makefile] }\n')).toEqual([])
  })

  test('is valid with a command as a line, and with a target that is the checkout’s own', async () => {
    expect(await validate(replacing('run: [migrate]', 'run: hello migrate'))).toEqual([])
    expect(await validate(replacing('because: there is none', 'environment: { CI: "1" }'))).toEqual([])
  })

  test('is valid where only its variants say what a checkout holds', async () => {
    expect(await validate(replacing('  recognised-by: [Makefile]\n', ''))).toEqual([])
  })

  testEach<{ what: string; text: string; at: string; line: number; detail: RegExp }>([
    {
      what: 'nothing that a checkout is recognised by',
      text: 'services: {}\nx-devenv: { primary: hello }\n',
      at: 'x-devenv',
      line: 2,
      detail: /recognised-by/,
    },
    {
      what: 'an unknown word',
      text: replacing('  provision:', '  provisions: []\n  provision:'),
      at: 'x-devenv',
      line: 10,
      detail: /unknown key "provisions"; did you mean "provision"\?$/,
    },
    {
      what: 'an unknown word further in',
      text: replacing('      run: [migrate]', '      run: [migrate]\n      runs: [migrate]'),
      at: 'x-devenv.provision.0',
      line: 13,
      detail: /unknown key "runs"; did you mean "run"\?$/,
    },
    {
      what: 'an unknown word that is like no other',
      text: replacing('  provision:', '  colour: red\n  provision:'),
      at: 'x-devenv',
      line: 10,
      detail: /unknown key "colour"$/,
    },
    {
      what: 'a number where a command belongs',
      text: replacing('[migrate]', '5'),
      at: 'x-devenv.provision.0.run',
      line: 12,
      detail: /a text or a list/,
    },
    {
      what: 'a list with something that is no text',
      text: replacing('needs: [mysql]', 'needs: [{ mysql: 8 }]'),
      at: 'x-devenv.targets.test.needs.0',
      line: 9,
      detail: /a text/,
    },
    {
      what: 'a step whose name would be two in a list',
      text: replacing('name: migrations', 'name: a, or b'),
      at: 'x-devenv.provision.0.name',
      line: 11,
      detail: /must match pattern/,
    },
    {
      what: 'a target of the package of which nobody learns what it does',
      text: replacing('about: run all, ', ''),
      at: 'x-devenv.targets.test',
      line: 9,
      detail: /must have property about/,
    },
    {
      what: 'an empty command',
      text: replacing('run: [migrate]', 'run: []'),
      at: 'x-devenv.provision.0.run',
      line: 12,
      detail: /fewer than 1/,
    },
    {
      what: 'a variable of a target that is a list',
      text: replacing('because: there is none', 'environment: { CI: [] }'),
      at: 'x-devenv.targets.test.environment.CI',
      line: 9,
      detail: /a text/,
    },
    {
      what: 'an account without a password',
      text: replacing(', password: b', ''),
      at: 'x-devenv.accounts.0',
      line: 17,
      detail: /password/,
    },
    {
      what: 'a host by its URL',
      text: replacing('github.com:', '"https://github.com":'),
      at: 'x-devenv.hosts',
      line: 15,
      detail: /^has a name that .*: https:\/\/github\.com$/,
    },
    {
      what: 'a host without a reason',
      text: replacing('github.com: { because: x, ', 'github.com: { '),
      at: 'x-devenv.hosts.github.com',
      line: 15,
      detail: /because/,
    },
    {
      what: 'no variant among variants',
      text: replacing(/variants: .*/, 'variants: {}'),
      at: 'x-devenv.variants',
      line: 6,
      detail: /fewer than 1/,
    },
    {
      what: 'a variant by nothing',
      text: replacing('recognised-by: [uv.lock]', 'recognised-by: []'),
      at: 'x-devenv.variants.uv.recognised-by',
      line: 6,
      detail: /fewer than 1/,
    },
    {
      what: 'a variant that could be no file name',
      text: replacing('uv: {', 'uv/../x: {'),
      at: 'x-devenv.variants',
      line: 6,
      detail: /^has a name that .*: uv\/\.\.\/x$/,
    },
    {
      what: 'a mark that is neither a file nor a line of one',
      text: replacing('[uv.lock]', '[3]'),
      at: 'x-devenv.variants.uv.recognised-by.0',
      line: 6,
      detail: /a text or keys with values/,
    },
    {
      what: 'a mark without a line',
      text: replacing(', matches: ^a', ''),
      at: 'x-devenv.variants.pip-3.recognised-by.0',
      line: 6,
      detail: /matches/,
    },
    {
      what: 'a mark that is no regular expression',
      text: replacing('matches: ^a', 'matches: "("'),
      at: 'x-devenv.variants.pip-3.recognised-by.0.matches',
      line: 6,
      detail: /regex/,
    },
    {
      what: 'a release without a number',
      text: replacing('ulmo.4:', 'ulmo:'),
      at: 'x-devenv.releases',
      line: 7,
      detail: /^has a name that .*: ulmo$/,
    },
    {
      what: 'a release without a ref',
      text: replacing('main: master', 'main: ""'),
      at: 'x-devenv.releases.main',
      line: 7,
      detail: /fewer than 1/,
    },
    {
      what: 'releases of no repository',
      text: replacing('  repository: https://example.com/hello\n', ''),
      at: 'x-devenv',
      line: 2,
      detail: /repository/,
    },
    { what: 'no extension', text: 'services: {}\n', at: 'the file', line: 1, detail: /x-devenv/ },
    { what: 'no services', text: VALID.replace('services: {}\n', ''), at: 'the file', line: 1, detail: /services/ },
    { what: 'an empty file', text: '', at: 'the file', line: 1, detail: /keys with values/ },
  ])('with $what is told so, with file and line', async ({ text, at, line, detail }) => {
    expect(await validate(text)).toEqual([
      expect.objectContaining({
        code: 'definition-invalid',
        place: { file: 'compose.yaml', line },
        at,
        detail: expect.stringMatching(detail),
      }),
    ])
  })

  test.each([
    [
      'when: 5',
      'must be keys with values',
      /^when: .*stores \(a list of services\).*Without `when`: once, until `devenv clean`/,
    ],
    [
      'when: { store: [mysql] }',
      'has an unknown key "store"; did you mean "stores"?',
      /^when: .*stores \(a list of services\)/,
    ],
    ['when: { stores: mysql }', 'must be a list', /^stores: Third-party services/],
    ['when: { image: yes please }', 'must be true or false', /^image: The image of the container/],
    ['run: 3', 'must be a text or a list', /^run: A command, as in Compose/],
  ])('is told what a key means whose value it cannot be: %s', async (line, detail, meaning) => {
    const text = `services: {}\nx-devenv:\n  recognised-by: [a]\n  provision: [{ name: a, run: a, ${line} }]\n`
    const [problem] = await validate(text.replace(line.startsWith('run') ? 'run: a, ' : /$/, ''))
    expect(problem).toMatchObject({ detail, meaning: expect.stringMatching(meaning) })
  })

  test('is told of everything at once', async () => {
    const text = 'services: {}\nx-devenv:\n  primary: [hello]\n  colour: red\n  provision: [{ run: [a] }]\n'
    expect(await validate(text)).toHaveLength(4)
  })

  test.each(['3', 'on', '[primary]'])('of a file over it that is %s is told so', async (extension) => {
    expect(await validate(VALID, 'services: {}\n', `name: x\nx-devenv: ${extension}\n`)).toEqual([
      {
        code: 'definition-invalid',
        place: { file: 'over.yaml', line: 2 },
        at: 'x-devenv',
        detail: 'must be keys with values',
      },
    ])
  })

  test('is valid with all that files over it say, or it is told where they do not', async () => {
    expect(await validate(VALID, '', 'x-devenv:\n', 'x-devenv: { needs: [mysql] }\n')).toEqual([])
    expect(await validate(VALID, 'services: {}\nx-devenv:\n  need: [mysql]\n')).toEqual([
      {
        code: 'definition-invalid',
        place: { file: 'over.yaml', line: 3 },
        at: 'x-devenv',
        detail: expect.stringContaining('"needs"'),
      },
    ])
  })
})
