import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { composes, samplePackage } from '../../test/package.js'
import { problemsOf, SAMPLE_PACKAGE, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { CORE_DIRECTORY } from './core-directory.js'
import { isSupplied, primaryOf, thirdPartyOf } from './definition.js'
import { mapStrings } from './map-strings.js'
import { parseDefinition, readDefinition, readImageNames, readVariableNames } from './read-definition.js'

const RESOLVED = {
  name: 'hello',
  services: { web: { environment: { PRICE: '$$5', RUN: '$${HOME}' } }, mysql: {} },
  'x-devenv': { primary: 'web', 'recognised-by': ['Makefile'] },
}
const parse = (extension: object, variant?: string) =>
  parseDefinition(SAMPLE_PACKAGE, variant, { ...RESOLVED, 'x-devenv': { ...RESOLVED['x-devenv'], ...extension } })

describe('a definition', () => {
  test('has the resolved model, with $ as itself and without the extension', () => {
    const definition = parse({})
    expect(primaryOf(definition).environment).toEqual({ PRICE: '$5', RUN: `\${HOME}` })
    expect(definition.project).not.toHaveProperty('x-devenv')
    expect(thirdPartyOf(definition)).toEqual(['mysql'])
  })

  test('that says little has nothing else', () => {
    expect(parse({})).toMatchObject({
      repository: undefined,
      recognisedBy: ['Makefile'],
      variant: undefined,
      releases: {},
      targets: {},
      provision: [],
      accounts: [],
      hosts: [],
    })
  })

  test('knows of which variant it is, and the releases that are published', () => {
    expect(parse({ releases: { 'ulmo.4': 'release/ulmo.4', main: 'master' } }, 'uv')).toMatchObject({
      variant: 'uv',
      releases: { 'ulmo.4': 'release/ulmo.4', main: 'master' },
    })
  })

  test('has steps that depend on nothing where they say nothing', () => {
    expect(parse({ provision: [{ name: 'a', run: ['b', '$$c'] }] }).provision).toEqual([
      {
        name: 'a',
        service: 'web',
        run: ['b', '$c'],
        when: { files: [], installed: [], stores: [], libraries: [], image: false, address: false },
      },
    ])
  })

  test('has steps whose commands are a line, with quotes and without a shell, or a list', () => {
    const provision = [
      { name: 'a', run: 'python manage.py "two words" $$HOME | cat' },
      { name: 'b', run: ['python', 'manage.py', 'two words'] },
    ]
    expect(parse({ provision }).provision.map(({ run }) => run)).toEqual([
      ['python', 'manage.py', 'two words', '$HOME', '|', 'cat'],
      ['python', 'manage.py', 'two words'],
    ])
  })

  test('that does not name its primary service means the one that is called like the package', () => {
    const services = { hello: {}, web: { image: 'devenv/shop' } }
    const definition = (extension: object) =>
      parseDefinition(SAMPLE_PACKAGE, undefined, { name: 'x', services, 'x-devenv': extension })
    expect(definition({}).primary).toBe('hello')
    expect(primaryOf(definition({})).image).toBe('devenv/hello')
    expect(primaryOf(definition({ primary: 'web' })).image).toBe('devenv/shop')
  })

  test('has targets of the package, which say what they do and why, and the checkout’s own, with what they need', () => {
    const targets = {
      test: { needs: ['mysql'], environment: { DJANGO_SETTINGS_MODULE: 'a.test', CI: 1 } },
      static: { about: 'collect', because: 'x' },
    }
    const parsed = parse({ targets }).targets
    expect(parsed).toEqual({
      test: {
        needs: ['mysql'],
        environment: { DJANGO_SETTINGS_MODULE: 'a.test', CI: '1' },
        about: undefined,
        because: undefined,
      },
      static: { needs: undefined, environment: {}, about: 'collect', because: 'x' },
    })
    expect([isSupplied(parsed.test), isSupplied(parsed.static), isSupplied(parsed.other)]).toEqual([false, true, false])
  })

  test('has hosts that its build always needs where it says nothing else', () => {
    const hosts = {
      'rubygems.org': { because: 'gems' },
      'github.com': { because: 'x', where: ['uv.lock'], unless: { GITHUB: 'skip' }, instead: 'X=skip' },
    }
    expect(parse({ hosts }).hosts).toEqual([
      { host: 'rubygems.org', because: 'gems', where: [], unless: {}, instead: undefined },
      { host: 'github.com', because: 'x', where: ['uv.lock'], unless: { GITHUB: 'skip' }, instead: 'X=skip' },
    ])
  })

  test('has targets that need everything where they say nothing, which is not the same as nothing', () => {
    const { targets } = parse({ targets: { all: { because: 'x' }, none: { needs: [], because: 'x' } } })
    expect(targets.all?.needs).toBeUndefined()
    expect(targets.none?.needs).toEqual([])
  })
})

test.each(['compose.yml', 'docker-compose.yaml', 'docker-compose.yml', 'compose.override.yaml'])(
  'a checkout’s devenv/%s, which nobody reads, is refused by its name',
  async (name) => {
    const root = writeFiles(temporaryFolder(), { [`checkout/devenv/${name}`]: 'services: {}\n' })
    const where = { package: SAMPLE_PACKAGE, checkout: join(root, 'checkout'), variant: undefined }
    const request = { ...where, project: 'p', mirror: undefined, registry: undefined, variables: {}, stores: root }
    expect(await problemsOf(() => readDefinition(request))).toMatchObject([
      { code: 'overlay-misnamed', files: [join(root, 'checkout/devenv', name)] },
    ])
  },
)

describe.skipIf(!composes)('a checkout’s own Compose file', () => {
  testEach<{ title: string; text: string; problem: object; line: number }>([
    {
      title: 'with a profile for the primary service',
      text: 'services:\n  hello:\n    profiles: [mine]\n',
      problem: { code: 'rule-broken', rule: 'services-run-once' },
      line: 3,
    },
    {
      title: 'with no container for it',
      text: 'services:\n  hello:\n    deploy:\n      replicas: 0\n',
      problem: { code: 'rule-broken', rule: 'services-run-once' },
      line: 4,
    },
    {
      title: 'that removes it',
      text: 'services:\n  other: { image: "a:1" }\n  hello: !reset null\n',
      problem: {
        code: 'definition-invalid',
        at: 'x-devenv.primary',
        detail: expect.stringMatching(/devenv\/compose\.yaml are: other$/),
      },
      line: 3,
    },
    {
      title: 'that names another',
      text: 'x-devenv:\n  primary: helo\n',
      problem: { code: 'definition-invalid', at: 'x-devenv.primary' },
      line: 2,
    },
    {
      title: 'whose extension is no map',
      text: '\nx-devenv: 3\n',
      problem: { code: 'definition-invalid', at: 'x-devenv' },
      line: 2,
    },
    {
      title: 'with an alias circle',
      text: 'x-a: &a\n  b: *a\n',
      problem: { code: 'definition-unreadable' },
      line: 2,
    },
  ])('$title is refused, with its line', async ({ text, problem, line }) => {
    const checkout = writeFiles(temporaryFolder(), { 'devenv/compose.yaml': text })
    const where = { package: samplePackage(), checkout, variant: 'uv' }
    const request = { ...where, project: 'p', mirror: undefined, registry: undefined, variables: {}, stores: checkout }
    expect(await problemsOf(() => readDefinition(request))).toContainEqual(
      expect.objectContaining({ ...problem, place: expect.objectContaining({ line }) }),
    )
  })

  test('over a variant’s leaves what that says', async () => {
    const checkout = writeFiles(temporaryFolder(), { 'devenv/compose.yaml': 'x-devenv: { needs: [] }\n' })
    const over = { 'compose.uv.yaml': 'x-devenv: { accounts: [{ what: a, user: b, password: c }] }\n' }
    const where = { package: samplePackage('', over), checkout, variant: 'uv' }
    const request = { ...where, project: 'p', mirror: undefined, registry: undefined, variables: {}, stores: checkout }
    const { needs, accounts } = await readDefinition(request)
    expect({ needs, accounts }).toMatchObject({ needs: [], accounts: [{ user: 'b' }] })
  })
})

describe.skipIf(!composes)('while another service runs beside', () => {
  const readBeside = async (own: string, ofCheckout = '') => {
    const checkout = writeFiles(
      temporaryFolder(),
      ofCheckout === '' ? {} : { 'devenv/compose.with.lms.yaml': ofCheckout },
    )
    const where = { package: samplePackage('', { 'compose.with.lms.yaml': own }), checkout, variant: undefined }
    const request = { ...where, project: 'p', mirror: undefined, registry: undefined, variables: {}, stores: checkout }
    return { alone: await readDefinition(request), beside: await readDefinition({ ...request, beside: ['lms'] }) }
  }

  test('its file adds steps, accounts, what is asked for, and lies over the Compose file', async () => {
    const { alone, beside } = await readBeside(`
x-devenv-with:
  provision: [{ name: partner, run: "partner \${DEVENV_LMS_SERVER}" }]
  accounts: [{ what: staff, user: a, password: b }]
  asks: [{ name: clients, target: oauth, with: { URL: "\${DEVENV_URL}", N: 1 } }]
services:
  hello: { environment: { LMS: "\${DEVENV_LMS_URL}" } }
`)
    expect(beside.provision.slice(0, -1)).toEqual(alone.provision)
    expect(beside.provision.at(-1)).toMatchObject({ name: 'partner', service: 'hello' })
    expect(beside.accounts.at(-1)).toMatchObject({ user: 'a' })
    const file = join(beside.package.directory, 'compose.with.lms.yaml')
    expect(beside.asks).toEqual([
      {
        of: 'lms',
        name: 'clients',
        target: 'oauth',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as it is written
        variables: { URL: '${DEVENV_URL}', N: '1' },
        place: { file, line: 5 },
      },
    ])
    expect(alone.asks).toEqual([])
    expect(beside.toldLater).toEqual({
      DEVENV_LMS_SERVER: { file, line: 3 },
      DEVENV_URL: { file, line: 5 },
      DEVENV_LMS_URL: { file, line: 7 },
    })
    // Told once all ports are known.
    expect(beside.project.services.hello?.environment?.LMS).toBe('{DEVENV_LMS_URL}')
    expect(alone.project.services.hello?.environment?.LMS).toBeUndefined()
  })

  test('a step can depend on who runs there', async () => {
    const package_ = samplePackage(`  provision: [{ name: pages, run: [pages, "\${DEVENV_BESIDE:-}"] }]\n`)
    const checkout = temporaryFolder()
    const where = { package: package_, checkout, variant: undefined, project: 'p', stores: checkout }
    const request = { ...where, mirror: undefined, registry: undefined, variables: {} }
    const runOf = async (beside: string[]) => (await readDefinition({ ...request, beside })).provision[0]?.run
    expect(await runOf(['web', 'discovery'])).toEqual(['pages', 'discovery web'])
    expect(await runOf([])).toEqual(['pages', ''])
  })

  test('the checkout’s own file lies over that of the package', async () => {
    const { beside } = await readBeside(
      'services: { hello: { environment: { A: own, B: own } } }\n',
      'services: { hello: { environment: { B: mine } } }\n',
    )
    expect(beside.project.services.hello?.environment).toMatchObject({ A: 'own', B: 'mine' })
  })

  test('what is wrong in its file is named with its line', async () => {
    expect(await problemsOf(() => readBeside('x-devenv-with:\n  aks: []\n'))).toMatchObject([
      {
        code: 'definition-invalid',
        at: 'x-devenv-with',
        detail: expect.stringContaining('"asks"'),
        place: { line: 2 },
      },
    ])
  })
})

describe('the variables that a Compose file reads', () => {
  const namesIn = (own: string, others: { [path: string]: string } = {}, variant?: string) => {
    const root = writeFiles(temporaryFolder(), { 'package/compose.yaml': own, ...others })
    return readVariableNames({
      package: { ...SAMPLE_PACKAGE, directory: join(root, 'package') },
      checkout: join(root, 'checkout'),
      variant,
    })
  }
  test.each([
    [`a: \${FOO}`, ['FOO']],
    ['a: $FOO', ['FOO']],
    [`a: \${FOO:-bar} \${BAR?needed}`, ['BAR', 'FOO']],
    [`a: \${FOO:-\${BAR}}`, ['BAR', 'FOO']],
    ['a: $FOO-$FOO', ['FOO']],
    [`a: $$FOO $\${BAR}`, []],
    [`a: \${DEVENV_CHECKOUT:-.}`, []],
    ['a: 5$', []],
    ['# a: $FOO\na: x # $FOO', []],
    ['$FOO: x', []],
    [`a: [{ b: "$FOO" }, $BAR]`, ['BAR', 'FOO']],
  ])('%j', (text, names) => {
    expect(namesIn(text)).toEqual(names)
  })

  test('are also those of the checkout’s own', () => {
    expect(namesIn('a: $FOO', { 'checkout/devenv/compose.yaml': 'b: $BAR' })).toEqual(['BAR', 'FOO'])
  })

  test('are also those of the variant, and of no other variant', () => {
    const files = { 'package/compose.pip.yaml': 'b: $PIP', 'package/compose.uv.yaml': 'b: $UV' }
    expect(namesIn('a: $FOO', files, 'uv')).toEqual(['FOO', 'UV'])
    expect(namesIn('a: $FOO', files)).toEqual(['FOO'])
  })
})

test('the images that Compose files name are those of the checkout’s own too', () => {
  const checkout = writeFiles(temporaryFolder(), {
    'devenv/compose.yaml': 'services: { search: { image: "a/elasticsearch:8" }, hello: { scale: 1 }, none: }\n',
  })
  const images = ['devenv/hello', 'a/elasticsearch:8']
  expect(readImageNames({ package: samplePackage(), checkout, variant: undefined })).toEqual(images)
})

test('mapStrings changes every string and nothing else', () => {
  const value = { a: 'x', b: ['x', 1, null, { c: 'x' }], d: true, x: undefined }
  expect(mapStrings(value, (text) => `${text}!`)).toEqual({
    a: 'x!',
    b: ['x!', 1, null, { c: 'x!' }],
    d: true,
    x: undefined,
  })
})

test.each(['container', 'compose', 'make', 'schema'])('the folder of core holds %s', (folder) => {
  expect(existsSync(join(CORE_DIRECTORY, folder))).toBe(true)
})
