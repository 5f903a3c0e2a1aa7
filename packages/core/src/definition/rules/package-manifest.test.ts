import { join } from 'node:path'
import { expect, test } from 'vitest'
import { broken, COMPOSE, FILES, RECOGNISED, removing, replacing, testRules, writing } from '../../../test/rules.js'
import { SAMPLE_PACKAGE, sampleDefinition, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { commandsAreThere, coreIsThere, isPublished, lockKnowsPackage, namesAreItsOwn } from './package-manifest.js'

const MANIFEST = FILES['package.json']
const manifest = (before: string, after: string) => writing('package.json', replacing(before, after)(MANIFEST))
const REPOSITORY = replacing(RECOGNISED, `${RECOGNISED}  repository: https://github.com/openedx/hello\n`)
const PRIVATE = manifest('  "version"', '  "private": true,\n  "version"')
/** The sample lies in a folder of its own, so a case makes the workspace around it in the sample’s folder. */
const OTHER = '{ "name": "@devenv/other" }'

testRules([isPublished, commandsAreThere, coreIsThere], {
  breaks: [
    {
      title: 'private, of a public repository',
      change: PRIVATE,
      edit: REPOSITORY,
      breaks: { rule: 'is-published', file: 'package.json', at: 3 },
    },
    {
      title: 'a command whose file has another name',
      change: manifest('bin/devenv-hello.js', 'bin/devenv-shop.js'),
      breaks: { rule: 'commands-are-there', file: 'package.json', at: 7 },
    },
    {
      title: 'a version of core that is not here',
      change: manifest('"@devenv/core": "', '"@devenv/core": "9'),
      breaks: { rule: 'core-is-there', file: 'package.json', at: 5 },
    },
    {
      title: 'no dependency on core',
      change: manifest('@devenv/core', '@devenv/other'),
      breaks: { rule: 'core-is-there', file: 'package.json', at: 4 },
    },
  ],
  keeps: [
    { title: 'no repository, and be private', change: PRIVATE },
    { title: 'a public repository', edit: REPOSITORY },
    { title: 'a range of versions of core', change: manifest('"@devenv/core": "', '"@devenv/core": "^') },
    {
      title: 'any default path where no core is',
      change: writing('compose.pip.yaml', `services:\n  a: "\${DEVENV_CORE:-../../core}/container"\n`),
    },
    { title: 'no command', change: manifest('{ "devenv-hello": "bin/devenv-hello.js" }', '{}') },
  ],
})

/** The package `packages/shop` of a workspace, made of the sample. */
function shop({
  files = {},
  name = 'shop',
  repository,
}: {
  files?: Record<string, string>
  name?: string
  repository?: string
} = {}) {
  const root = writeFiles(temporaryFolder(), {
    'package.json': '{ "workspaces": ["packages/*"] }',
    'package-lock.json': '{ "packages": { "packages/shop": {} } }',
    'packages/other/package.json': OTHER,
    'packages/core/package.json': '{ "name": "@devenv/core", "version": "2.0.0" }',
    ...Object.fromEntries(
      Object.entries({ ...FILES, 'compose.yaml': COMPOSE }).map(([path, text]) => [
        `packages/shop/${path.replaceAll('hello', 'shop')}`,
        text.replaceAll('hello', 'shop'),
      ]),
    ),
    ...files,
  })
  const environmentPackage = { name: `@devenv/${name}`, service: name, directory: join(root, 'packages/shop') }
  const definition = {
    ...sampleDefinition({ package: { ...SAMPLE_PACKAGE, ...environmentPackage } }),
    ...(repository !== undefined && { repository }),
  }
  const source = { placeOf: () => ({ file: 'compose.yaml', line: 1 }) }
  return {
    check: (rule: typeof namesAreItsOwn) =>
      rule.check({ definition, source, checkout: '/', stores: '/' }).map(({ place: { file, line }, what }) => ({
        at: `${file.slice(root.length + 1)}${line === undefined ? '' : `:${line}`}`,
        what,
      })),
  }
}

test('a package keeps no name of the template', () => {
  expect(shop().check(namesAreItsOwn)).toEqual([])
  const files = {
    'packages/shop/Dockerfile': 'FROM a\nWORKDIR /edx/app/hello\n',
    'packages/shop/image/targets.mk': '# Hello\n',
    'packages/shop/bin/devenv-hello.js': '',
  }
  expect(shop({ files }).check(namesAreItsOwn)).toEqual([
    { at: 'packages/shop/Dockerfile:2', what: 'Dockerfile still has a name of the template.' },
    { at: 'packages/shop/bin/devenv-hello.js', what: 'bin/devenv-hello.js has the template’s name.' },
    { at: 'packages/shop/image/targets.mk:1', what: 'image/targets.mk still has a name of the template.' },
  ])
  const ofHello = shop({ files, name: 'hello' }).check(namesAreItsOwn)
  expect(ofHello.map(({ what }) => what).join('\n')).not.toContain('template')
})

test('no two packages of a workspace have one name for Nx', () => {
  const other = (text: string) => shop({ files: { 'packages/other/package.json': text } }).check(namesAreItsOwn)
  const found = [{ at: 'packages/shop/package.json:2', what: 'packages/other is called @devenv/shop for Nx as well.' }]
  expect(other('{ "name": "@devenv/shop" }')).toEqual(found)
  expect(other('{ "name": "other", "nx": { "name": "@devenv/shop" } }')).toEqual(found)
  expect(other('{ "name": "@devenv/shop", "nx": { "name": "other" } }')).toEqual([])
})

test('a package keeps neither clone nor repository of another', () => {
  const repository = 'https://github.com/openedx/course-other'
  const compose = (clone: string) => `x-devenv:\n  repository: ${repository}\nb: "\${DEVENV_CHECKOUT:-${clone}}:/x"\n`
  const beside = { 'packages/other/compose.yaml': compose('../../../course-other') }
  const copied = { ...beside, 'packages/shop/compose.yaml': compose('../../../course-other') }
  expect(shop({ files: copied, repository }).check(namesAreItsOwn)).toEqual([
    {
      at: 'packages/shop/compose.yaml:3',
      what: 'The usual clone of shop is ../../../course-other, which is that of packages/other.',
    },
    {
      at: 'packages/shop/compose.yaml:2',
      what: `The repository of shop is ${repository}, which is that of packages/other.`,
    },
  ])
  const own = { ...beside, 'packages/shop/compose.yaml': compose('../../../any-folder') }
  expect(shop({ files: own, repository: 'https://github.com/openedx/shop' }).check(namesAreItsOwn)).toEqual([])
})

test('package-lock.json holds each package of its workspace', () => {
  expect(shop().check(lockKnowsPackage)).toEqual([])
  const files = { 'package-lock.json': '{ "packages": {} }' }
  expect(shop({ files }).check(lockKnowsPackage)).toEqual([
    { at: 'package-lock.json', what: 'It does not hold packages/shop.' },
  ])
  expect(shop({ files: { ...files, 'package.json': '{}' } }).check(lockKnowsPackage)).toEqual([])
})

test('core is the one beside the package', () => {
  const dependency = (version: string) => ({
    'packages/shop/package.json': `{ "dependencies": { "@devenv/core": "${version}" } }`,
    'packages/shop/compose.yaml': `a: "\${DEVENV_CORE:-../core}/compose/mysql.yaml"\n`,
  })
  expect(shop({ files: dependency('2.0.0') }).check(coreIsThere)).toEqual([])
  expect(shop({ files: dependency('2.0.1') }).check(coreIsThere)).toEqual([
    {
      at: 'packages/shop/package.json:1',
      what: 'The package depends on @devenv/core 2.0.1, but 2.0.0 is here.',
    },
  ])
})

test('the default path leads to core', () => {
  const files = { 'packages/shop/compose.pip.yaml': `services:\n  a: "\${DEVENV_CORE:-../../core}/container"\n` }
  expect(shop({ files }).check(coreIsThere)).toEqual(
    expect.arrayContaining([
      {
        at: 'packages/shop/compose.pip.yaml:2',
        what: 'The default of DEVENV_CORE, ../../core, does not lead to core.',
      },
    ]),
  )
})

test('a start does not look for what is only said of packages', () => {
  expect(broken({ change: removing('bin') })).toEqual([])
})
