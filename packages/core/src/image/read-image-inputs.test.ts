import { chmodSync, mkdirSync, renameSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cloneWithUmask, commitAll, git, repositoryWith } from '../../test/git.js'
import { problemsOf, sampleDefinition, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { openObjects } from '../git/object-reader.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import { commitTree } from '../tree/commit-tree.js'
import { folderTree } from '../tree/folder-tree.js'
import { type BuildSpec, digestOf } from './image-inputs.js'
import { buildSpecOf, listFiles, type PackageFiles, readImageInputs } from './read-image-inputs.js'

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

function sample(ignore?: string): {
  root: string
  spec: BuildSpec
  digest: () => Promise<string>
  paths: () => Promise<string[]>
} {
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
    digest: async () => digestOf(await readImageInputs(spec)),
    paths: async () =>
      (await readImageInputs(spec)).files.filter(({ context }) => context === 'checkout').map(({ path }) => path),
  }
}

/** Makes a repository of a folder, with all that is in it. */
function gitInit(root: string): void {
  git(root, 'init', '--quiet', '--template=')
  commitAll(root)
}

describe('image inputs', () => {
  test('are what the allowlist lets through of the checkout, and all of the other contexts', async () => {
    const { files } = await readImageInputs(sample().spec)
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
  ])('change with $what', async ({ change }) => {
    const { root, digest } = sample()
    const before = await digest()
    change(root)
    expect(await digest()).not.toBe(before)
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
  ])('do not change with $what', async ({ change }) => {
    const { root, digest } = sample()
    const before = await digest()
    change(root)
    expect(await digest()).toBe(before)
  })

  test.each([
    [0o755, '100755'],
    [0o700, '100755'],
    [0o644, '100644'],
    [0o655, '100644'],
    [0o600, '100644'],
  ])('of mode %i are executable when git would say so: by their owner', async (mode, expected) => {
    const { root, spec } = sample()
    chmodSync(join(root, 'checkout/manage.py'), mode)
    expect((await readImageInputs(spec)).files.find(({ path }) => path === 'manage.py')?.mode).toBe(expected)
  })

  test('never follow a link to a folder', async () => {
    const { root, spec, digest } = sample()
    symlinkSync(join(root, 'checkout/src'), join(root, 'package/image/sources'))
    const before = await digest()
    writeFileSync(join(root, 'checkout/src/app.py'), 'app = 2\n')
    expect(await digest()).toBe(before)
    expect((await readImageInputs(spec)).files.map(({ path }) => path)).toContain('sources')
  })

  test('hold a link whose target is missing', async () => {
    const { root, spec } = sample()
    symlinkSync('nowhere', join(root, 'package/image/dangling'))
    expect((await readImageInputs(spec)).files).toContainEqual(
      expect.objectContaining({ path: 'dangling', mode: '120000' }),
    )
  })

  test('respect the .dockerignore of another context', async () => {
    const { root, spec } = sample()
    writeFiles(root, {
      'package/image/.dockerignore': '**/*.pyc\n',
      'package/image/lib/a.pyc': '',
      'package/image/lib/a.py': '',
    })
    const paths = (await readImageInputs(spec)).files.map(({ path }) => path)
    expect(paths).toContain('lib/a.py')
    expect(paths).not.toContain('lib/a.pyc')
  })

  test('are of each context its own, also where two contexts are one folder', async () => {
    const { spec } = sample()
    const { files } = await readImageInputs({
      ...spec,
      contexts: { ...spec.contexts, again: spec.contexts.package as string },
    })
    const of = (context: string) => files.filter((file) => file.context === context).map(({ path }) => path)
    expect(of('package')).toEqual(['latest', 'supervisor/web.conf'])
    expect(of('again')).toEqual(of('package'))
  })

  test('are refused where a context is missing, which is named', async () => {
    const { root, spec } = sample()
    const missing = { ...spec, contexts: { ...spec.contexts, core: join(root, 'core') } }
    expect(await problemsOf(() => readImageInputs(missing))).toMatchObject([
      { code: 'input-missing', file: join(root, 'core'), needed: expect.stringContaining('core') },
    ])
  })
})

describe('image inputs of a package', () => {
  test('have nothing that git ignores; of the checkout they have it', async () => {
    const { root, spec, digest } = sample('*\n!requirements\n')
    writeFiles(root, { '.gitignore': '*.pyc\n__pycache__/\nprivate.txt\n' })
    const before = await digest()
    writeFiles(root, { 'package/image/lib/__pycache__/a.pyc': '', 'package/image/b.pyc': '' })
    expect(await digest()).not.toBe(before)
    gitInit(root)
    expect(await digest()).toBe(before)
    expect((await readImageInputs(spec)).files.map(({ path }) => path)).toContain('requirements/private.txt')
  })

  test('have what git does not know yet, and what is tracked although it would be ignored', async () => {
    const { root, spec } = sample()
    writeFiles(root, { 'package/image/tracked.pyc': '' })
    gitInit(root)
    writeFiles(root, { '.gitignore': '*.pyc\n', 'package/image/new.conf': '', 'package/image/new.pyc': '' })
    const paths = (await readImageInputs(spec)).files.map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['tracked.pyc', 'new.conf']))
    expect(paths).not.toContain('new.pyc')
  })

  test('are all that npm installed, which git ignores', async () => {
    const { root, digest } = sample()
    const before = await digest()
    writeFiles(root, { '.gitignore': 'package/\n' })
    gitInit(root)
    expect(await digest()).toBe(before)
  })

  test('are read once for many checkouts', async () => {
    const { root, spec } = sample()
    const shared: PackageFiles = new Map()
    const first = await readImageInputs(spec, { shared })
    writeFiles(root, { 'package/image/new': '', 'checkout/requirements/base.txt': 'django==5\n' })
    const second = await readImageInputs(spec, { shared })
    const of = (context: string, { files }: typeof first) => files.filter((file) => file.context === context)
    expect(of('package', second)).toEqual(of('package', first))
    expect(of('checkout', second)).not.toEqual(of('checkout', first))
  })
})

describe('image inputs with locked base images', () => {
  const [debian, node] = ['docker.io/library/debian:12', 'docker.io/library/node:20']
  const locked = (...names: string[]) =>
    Object.fromEntries(names.map((name, at) => [name, `sha256:${String(at + 1).repeat(64)}`]))
  const basesFor = async (mirror: string, lock: { [name: string]: string }) => {
    const { root, spec } = sample()
    writeFileSync(
      join(root, 'package/Dockerfile'),
      `ARG DEVENV_MIRROR=docker.io\nFROM \${DEVENV_MIRROR}/library/debian:12\nCOPY --from=package a b\n`,
    )
    return (await readImageInputs({ ...spec, args: { DEVENV_MIRROR: mirror } }, { locked: lock })).bases
  }

  test('name those that the Dockerfile uses, and no other', async () => {
    expect(await basesFor('docker.io', locked(debian, node))).toEqual(locked(debian))
    expect(await basesFor('docker.io', locked(node))).toEqual({})
    expect(await basesFor('docker.io', {})).toEqual({})
  })

  test('are the same through a mirror', async () => {
    expect(await basesFor('localhost:5000', locked(debian, node))).toEqual(locked(debian))
  })
})

describe('image inputs of a commit', () => {
  const FILES = {
    'requirements/base.txt': 'django\n',
    'requirements/edx/größe 1.txt': 'ünïcödé\n',
    'bin/run': { text: '#!/bin/sh\n', mode: 0o755 },
    latest: { link: 'requirements' },
    'src/app.py': 'app = 1\n',
  }
  const IGNORE = '*\n!requirements\n!bin\n!latest\n'

  /** A checkout that is a repository, its package elsewhere, and the digest of what a commit or a folder asks for. */
  function committed() {
    const { spec } = sample(IGNORE)
    const { root: checkout, commit } = repositoryWith(FILES)
    const objects = openObjects(checkout)
    onTestFinished(() => objects.close())
    const reader = { objects, hashes: new Map() }
    return {
      checkout,
      commit,
      ofCommit: async (name: string) => digestOf(await readImageInputs(spec, { checkout: commitTree(reader, name) })),
      ofFolder: async (folder: string) => digestOf(await readImageInputs(spec, { checkout: folderTree(folder) })),
      ofCheckout: async () => digestOf(await readImageInputs({ ...spec, contexts: { ...spec.contexts, checkout } })),
      pathsOf: async (name: string) =>
        (await readImageInputs(spec, { checkout: commitTree(reader, name) })).files
          .filter(({ context }) => context === 'checkout')
          .map(({ path, mode }) => `${mode} ${path}`),
    }
  }

  test('are what the same Dockerfile.dockerignore lets through of it', async () => {
    const { commit, pathsOf } = committed()
    expect(await pathsOf(commit)).toEqual([
      '100755 bin/run',
      '120000 latest',
      '100644 requirements/base.txt',
      '100644 requirements/edx/größe 1.txt',
    ])
  })

  test('have the digest of the checkout, and of a clone with another umask', async () => {
    const { checkout, commit, ofCommit, ofFolder } = committed()
    const clone = join(temporaryFolder(), 'clone')
    cloneWithUmask('077', checkout, clone)
    expect(await ofFolder(checkout)).toBe(await ofCommit(commit))
    expect(await ofFolder(clone)).toBe(await ofCommit(commit))
  })

  test('have the digest of the checkout also where its file system cannot tell what is executable', async () => {
    const { checkout, commit, ofCommit, ofCheckout } = committed()
    git(checkout, 'config', 'core.fileMode', 'false')
    chmodSync(join(checkout, 'bin/run'), 0o644)
    chmodSync(join(checkout, 'requirements/base.txt'), 0o755)
    expect(await ofCheckout()).toBe(await ofCommit(commit))
  })

  test('are refused where they are in a submodule, or have a name that is no UTF-8; others may be', async () => {
    const { checkout, ofCommit } = committed()
    const { root: inner } = repositoryWith({ file: '' })
    const add = (at: string) =>
      git(checkout, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, at)
    const odd = (folder: string) => writeFileSync(Buffer.from(`${checkout}/${folder}/\xe9`, 'latin1'), '')
    add('src/module')
    odd('src')
    await ofCommit(commitAll(checkout))
    add('requirements/module')
    odd('requirements')
    expect(await problemsOf(async () => await ofCommit(commitAll(checkout)))).toMatchObject([
      { code: 'input-unreadable', file: 'requirements/module', detail: expect.stringContaining('submodule') },
      { code: 'input-unreadable', file: 'requirements/\uFFFD', detail: expect.stringContaining('UTF-8') },
    ])
  })

  test('are refused where one cannot be read: it can also be left out', async () => {
    const { spec } = sample()
    const unreadable: Problem = {
      code: 'file-unusable',
      path: '/manage.py',
      doing: 'open',
      errno: 'EACCES',
      detail: 'EACCES',
    }
    const checkout = { ...folderTree(temporaryFolder()), entries: () => Promise.reject(new DevenvError(unreadable)) }
    expect(await problemsOf(() => readImageInputs(spec, { checkout }))).toEqual([
      { code: 'input-unreadable', file: '/manage.py', detail: 'EACCES' },
    ])
  })

  test('do not change with what is not committed, nor with a commit of other files', async () => {
    const { checkout, commit, ofCommit } = committed()
    const before = await ofCommit(commit)
    writeFiles(checkout, { 'src/app.py': 'app = 2\n' })
    expect(await ofCommit(commitAll(checkout))).toBe(before)
    writeFiles(checkout, { 'requirements/base.txt': 'django==5\n' })
    expect(await ofCommit(commit)).toBe(before)
  })

  testEach<{ what: string; change: (root: string) => void }>([
    { what: 'content', change: (root) => writeFileSync(join(root, 'requirements/base.txt'), 'django==5\n') },
    { what: 'the executable bit', change: (root) => chmodSync(join(root, 'bin/run'), 0o644) },
    {
      what: 'another target of a link',
      change: (root) => {
        unlinkSync(join(root, 'latest'))
        symlinkSync('src', join(root, 'latest'))
      },
    },
    { what: 'a file that is gone', change: (root) => unlinkSync(join(root, 'bin/run')) },
  ])('change with $what, and back with a revert', async ({ change }) => {
    const { checkout, commit, ofCommit, ofFolder } = committed()
    change(checkout)
    const changed = commitAll(checkout)
    expect(await ofCommit(changed)).not.toBe(await ofCommit(commit))
    expect(await ofCommit(changed)).toBe(await ofFolder(checkout))
    expect(await ofCommit(`${changed}~1`)).toBe(await ofCommit(commit))
  })
})

test('every file of a tree is listed with its mode, what docker would ignore included', async () => {
  const root = writeFiles(temporaryFolder(), {
    '.dockerignore': '*\n',
    'a/run': { text: '', mode: 0o755 },
    'a/b/c': '',
    link: { link: 'a' },
  })
  const { files } = await listFiles(folderTree(root))
  expect(files.map(({ path, mode }) => `${mode} ${path}`).sort()).toEqual([
    '100644 .dockerignore',
    '100644 a/b/c',
    '100755 a/run',
    '120000 link',
  ])
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
  ])('%j', async (ignore, paths) => {
    expect(await sample(ignore).paths()).toEqual(paths)
  })

  test('and nothing is let through where a parent of a name merely begins like it', async () => {
    const { root, paths } = sample('*\n!src/app.py\n')
    writeFiles(root, { 'checkout/src2/app.py': '' })
    expect(await paths()).toEqual(['src/app.py'])
  })
})

describe('buildSpecOf', () => {
  test('tells every build of the mirror, whether or not the Compose file does', () => {
    const { args } = buildSpecOf(sampleDefinition(), { registry: undefined, mirror: 'localhost:5000' })
    expect(args).toMatchObject({ DEVENV_MIRROR: 'localhost:5000' })
  })

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
    expect(buildSpecOf(definition, { registry: undefined, mirror: undefined })).toEqual({
      name: 'devenv/hello',
      dockerfile: '/packages/hello/Dockerfile',
      target: 'dev',
      args: { PYTHON: '3.12' },
      contexts: { checkout: '/home/dev/hello', core: '/core/image' },
    })
  })

  test('takes what the build is shown and no image keeps, which is no input', async () => {
    const build = { context: '/home/dev/hello' }
    const secrets = [{ source: 'netrc' }, { source: 'token', target: 'pypi' }, { source: 'NAMED' }]
    const definition = sampleDefinition({}, { hello: { build: { ...build, ssh: ['default'], secrets } } })
    definition.project.secrets = { netrc: { file: '/home/me/.netrc' }, token: { environment: 'TOKEN' }, NAMED: {} }
    const spec = buildSpecOf(definition, { registry: undefined, mirror: undefined })
    expect(spec.ssh).toEqual(['default'])
    expect(spec.secrets).toEqual(['id=netrc,src=/home/me/.netrc', 'id=pypi,env=TOKEN', 'id=NAMED,env=NAMED'])
    const { ssh, secrets: shown, ...kept } = spec
    const digestWith = (spec: BuildSpec) => digestOf({ spec, dockerfile: '', files: [], bases: {} })
    expect(digestWith(spec)).toBe(digestWith(kept))
  })

  test.each([
    [undefined, 'devenv/hello'],
    ['ghcr.io', 'ghcr.io/devenv/hello'],
    ['ghcr.io/openedx/dev', 'ghcr.io/openedx/dev/devenv/hello'],
  ])('names the image after its registry: %s', (registry, name) => {
    expect(buildSpecOf(sampleDefinition(), { registry, mirror: undefined }).name).toBe(name)
  })

  test('looks for the Dockerfile in the package', () => {
    const definition = sampleDefinition({}, { hello: { build: { context: '/home/dev/hello' } } })
    expect(buildSpecOf(definition, { registry: undefined, mirror: undefined }).dockerfile).toBe(
      '/packages/hello/Dockerfile',
    )
  })
})
