import { chmodSync, mkdirSync, renameSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, sampleDefinition, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { type BuildSpec, digestOf } from './image-inputs.js'
import { buildSpecOf, parsePatterns, readImageInputs } from './read-image-inputs.js'

const SAMPLE = {
  'checkout/requirements/base.txt': 'django\n',
  'checkout/requirements/private.txt': 'pdbpp\n',
  'checkout/manage.py': { text: '#!/usr/bin/env python\n', mode: 0o755 },
  'checkout/src/app.py': 'app = 1\n',
  'package/Dockerfile': 'FROM debian\n',
  'package/Dockerfile.dockerignore': '*\n!requirements/base.txt\n!manage.py\n',
  'package/image/supervisor/web.conf': '[program:web]\n',
  'package/image/latest': { link: 'supervisor/web.conf' },
}

function sample(ignore?: string): { root: string; spec: BuildSpec; digest: () => string; paths: () => string[] } {
  const root = writeFiles(temporaryFolder(), SAMPLE)
  if (ignore !== undefined) writeFileSync(join(root, 'package/Dockerfile.dockerignore'), ignore)
  const spec: BuildSpec = {
    name: 'devenv/hello',
    dockerfile: join(root, 'package/Dockerfile'),
    target: undefined,
    args: {},
    contexts: { checkout: join(root, 'checkout'), package: join(root, 'package/image') },
  }
  return {
    root,
    spec,
    digest: () => digestOf(readImageInputs(spec)),
    paths: () =>
      readImageInputs(spec)
        .files.filter(({ context }) => context === 'checkout')
        .map(({ path }) => path),
  }
}

describe('image inputs', () => {
  test('are what the allowlist lets through of the checkout, and all of the other contexts', () => {
    const { files } = readImageInputs(sample().spec)
    expect(files.map(({ context, path, mode }) => `${context} ${path} ${mode}`)).toEqual([
      'checkout manage.py 100755',
      'checkout requirements/base.txt 100644',
      'package latest 120000',
      'package supervisor/web.conf 100644',
    ])
  })

  testEach<{ what: string; change: (root: string) => void }>([
    { what: 'content', change: (root) => writeFileSync(join(root, 'checkout/requirements/base.txt'), 'django==5\n') },
    { what: 'the executable bit', change: (root) => chmodSync(join(root, 'checkout/manage.py'), 0o644) },
    { what: 'the Dockerfile', change: (root) => writeFileSync(join(root, 'package/Dockerfile'), 'FROM alpine\n') },
    { what: 'a file added to a copied folder', change: (root) => writeFileSync(join(root, 'package/image/new'), '') },
    {
      what: 'a file removed from a copied folder',
      change: (root) => unlinkSync(join(root, 'package/image/supervisor/web.conf')),
    },
    {
      what: 'a file renamed in a copied folder',
      change: (root) =>
        renameSync(join(root, 'package/image/supervisor/web.conf'), join(root, 'package/image/supervisor/www.conf')),
    },
    {
      what: 'another target of a link',
      change: (root) => {
        unlinkSync(join(root, 'package/image/latest'))
        symlinkSync('supervisor/worker.conf', join(root, 'package/image/latest'))
      },
    },
    {
      what: 'a link where a file was that holds its target',
      change: (root) => {
        unlinkSync(join(root, 'package/image/latest'))
        writeFileSync(join(root, 'package/image/latest'), 'supervisor/web.conf')
      },
    },
    {
      what: 'an input that is let through from now on',
      change: (root) => writeFileSync(join(root, 'package/Dockerfile.dockerignore'), '*\n!requirements\n!manage.py\n'),
    },
  ])('change with $what', ({ change }) => {
    const { root, digest } = sample()
    const before = digest()
    change(root)
    expect(digest()).not.toBe(before)
  })

  testEach<{ what: string; change: (root: string) => void }>([
    {
      what: 'a umask',
      change: (root) => {
        chmodSync(join(root, 'checkout/requirements/base.txt'), 0o600)
        chmodSync(join(root, 'checkout/manage.py'), 0o775)
        chmodSync(join(root, 'checkout/requirements'), 0o700)
      },
    },
    {
      what: 'dates',
      change: (root) => utimesSync(join(root, 'checkout/requirements/base.txt'), new Date(0), new Date(0)),
    },
    {
      what: 'an ignored file beside an input',
      change: (root) => writeFileSync(join(root, 'checkout/requirements/private.txt'), 'ipdb\n'),
    },
    { what: 'source code', change: (root) => writeFileSync(join(root, 'checkout/src/app.py'), 'app = 2\n') },
    { what: 'an empty folder', change: (root) => mkdirSync(join(root, 'package/image/empty')) },
  ])('do not change with $what', ({ change }) => {
    const { root, digest } = sample()
    const before = digest()
    change(root)
    expect(digest()).toBe(before)
  })

  test.each([
    [0o755, '100755'],
    [0o700, '100755'],
    [0o644, '100644'],
    [0o655, '100644'],
    [0o600, '100644'],
  ])('of mode %i are executable when git would say so: by their owner', (mode, expected) => {
    const { root, spec } = sample()
    chmodSync(join(root, 'checkout/manage.py'), mode)
    expect(readImageInputs(spec).files.find(({ path }) => path === 'manage.py')?.mode).toBe(expected)
  })

  test('never follow a link to a folder', () => {
    const { root, spec, digest } = sample()
    symlinkSync(join(root, 'checkout/src'), join(root, 'package/image/sources'))
    const before = digest()
    writeFileSync(join(root, 'checkout/src/app.py'), 'app = 2\n')
    expect(digest()).toBe(before)
    expect(readImageInputs(spec).files.map(({ path }) => path)).toContain('sources')
  })

  test('hold a link whose target is missing', () => {
    const { root, spec } = sample()
    symlinkSync('nowhere', join(root, 'package/image/dangling'))
    expect(readImageInputs(spec).files).toContainEqual(expect.objectContaining({ path: 'dangling', mode: '120000' }))
  })

  test('respect the .dockerignore of another context', () => {
    const { root, spec } = sample()
    writeFiles(root, {
      'package/image/.dockerignore': '**/*.pyc\n',
      'package/image/lib/a.pyc': '',
      'package/image/lib/a.py': '',
    })
    const paths = readImageInputs(spec).files.map(({ path }) => path)
    expect(paths).toContain('lib/a.py')
    expect(paths).not.toContain('lib/a.pyc')
  })

  test('are refused where a context is missing, which is named', async () => {
    const { root, spec } = sample()
    const missing = { ...spec, contexts: { ...spec.contexts, core: join(root, 'core') } }
    expect(await problemsOf(() => readImageInputs(missing))).toMatchObject([
      { code: 'input-missing', file: join(root, 'core'), needed: expect.stringContaining('core') },
    ])
  })
})

/** https://docs.docker.com/build/concepts/context/#dockerignore-files */
describe('an ignore file is read as Docker reads it', () => {
  const ALL = ['manage.py', 'requirements/base.txt', 'requirements/private.txt', 'src/app.py']
  const without = (...gone: string[]) => ALL.filter((path) => !gone.includes(path))
  test.each<[string, string[]]>([
    ['', ALL],
    ['*', []],
    ['# manage.py', ALL],
    ['requirements', without('requirements/base.txt', 'requirements/private.txt')],
    ['requirements/', without('requirements/base.txt', 'requirements/private.txt')],
    ['/requirements', without('requirements/base.txt', 'requirements/private.txt')],
    ['./requirements/', without('requirements/base.txt', 'requirements/private.txt')],
    ['base.txt', ALL],
    ['*/base.txt', without('requirements/base.txt')],
    ['**/base.txt', without('requirements/base.txt')],
    ['**/*.py', without('manage.py', 'src/app.py')],
    ['*.py', without('manage.py')],
    ['requirements/*\n!requirements/base.txt', without('requirements/private.txt')],
    ['!requirements/base.txt\nrequirements', without('requirements/base.txt', 'requirements/private.txt')],
    ['src/app.p?', without('src/app.py')],
    ['SRC', ALL],
    ['*\n!requirements/base.txt', ['requirements/base.txt']],
    ['*\n!requirements', ['requirements/base.txt', 'requirements/private.txt']],
    ['*\n!requirements/', ['requirements/base.txt', 'requirements/private.txt']],
    ['*\n!/requirements/base.txt', ['requirements/base.txt']],
    ['*\n!./requirements/base.txt', ['requirements/base.txt']],
    ['*\n! requirements/base.txt', ['requirements/base.txt']],
    ['*\r\n!requirements/base.txt\r\n', ['requirements/base.txt']],
    ['*\n!requirements\nrequirements/private.txt', ['requirements/base.txt']],
    ['*\n!requirements/*.txt', ['requirements/base.txt', 'requirements/private.txt']],
    ['*\n!requirements/p*', ['requirements/private.txt']],
    ['*\n!**/*.txt', ['requirements/base.txt', 'requirements/private.txt']],
    ['*\n!**/app.py', ['src/app.py']],
    ['*\n!r*/base.txt', ['requirements/base.txt']],
    ['*\n!src//app.py', ['src/app.py']],
    ['*\n!nowhere', []],
  ])('%j', (ignore, paths) => {
    expect(sample(ignore).paths()).toEqual(paths)
  })

  test('and nothing is let through where a parent of a name merely begins like it', () => {
    const { root, paths } = sample('*\n!src/app.py\n')
    writeFiles(root, { 'checkout/src2/app.py': '' })
    expect(paths()).toEqual(['src/app.py'])
  })
})

test('parsePatterns leaves out comments and empty lines', () => {
  expect(parsePatterns('# all\r\n*\r\n\r\n  !a.txt  \n#!b.txt\n')).toEqual(['*', '!a.txt'])
})

describe('buildSpecOf', () => {
  test('takes from the definition what the build is told', () => {
    const definition = sampleDefinition(
      {},
      {
        hello: {
          build: {
            context: '/home/dev/hello',
            dockerfile: '/packages/hello/Dockerfile',
            target: 'dev',
            args: { PYTHON: '3.12', UNSET: null },
            additional_contexts: { core: '/core/image' },
          },
        },
      },
    )
    expect(buildSpecOf(definition)).toEqual({
      name: 'devenv/hello',
      dockerfile: '/packages/hello/Dockerfile',
      target: 'dev',
      args: { PYTHON: '3.12' },
      contexts: { checkout: '/home/dev/hello', core: '/core/image' },
    })
  })

  test('looks for the Dockerfile in the package', () => {
    const definition = sampleDefinition({}, { hello: { build: { context: '/home/dev/hello' } } })
    expect(buildSpecOf(definition).dockerfile).toBe('/packages/hello/Dockerfile')
  })
})
