import { expect, test } from 'vitest'
import { repositoryWith } from '../../test/git.js'
import { temporaryFolder, writeFiles } from '../../test/samples.js'
import { explainClones, readPackedFiles } from './packed-files.js'

const LOCK = JSON.stringify({
  packages: {
    '': {},
    'node_modules/@devenv/core': { resolved: 'file:core.tgz' },
    'node_modules/@devenv/hello': { resolved: 'file:../../packed/hello.tgz' },
    'node_modules/@devenv/ignored': { resolved: 'file:../ignored.tgz' },
    'node_modules/@devenv/linked': { resolved: '../../linked', link: true },
    'node_modules/yaml': { resolved: 'https://registry.npmjs.org/yaml/-/yaml-2.9.1.tgz' },
  },
})

test('each file that npm installs from is found, and whether a clone has it', async () => {
  const { root } = repositoryWith({ 'devenv/package-lock.json': LOCK, '.gitignore': 'ignored.tgz\n' })
  expect(await readPackedFiles(root)).toEqual([
    { path: '../linked', clones: 'lack it' },
    { path: '../packed/hello.tgz', clones: 'lack it' },
    { path: 'devenv/core.tgz', clones: 'have it' },
    { path: 'ignored.tgz', clones: 'ignore it' },
  ])
})

test('without a repository, and without a lock, there is nothing to tell', async () => {
  expect(await readPackedFiles(writeFiles(temporaryFolder(), { 'devenv/package.json': '{}' }))).toEqual([])
})

test('from a registry all works in a fresh clone', () => {
  expect(explainClones([], '@devenv/hello@1.0.0', '../hello').join('')).toContain('make -C ../hello dev.watch')
  expect(explainClones([], '@devenv/hello@1.0.0')).toEqual([
    'Commit these files. From now on, in a fresh clone too: make dev.watch',
  ])
})

test('packed files in the checkout have to be committed too', () => {
  expect(explainClones([{ path: 'devenv/core.tgz', clones: 'have it' }], '@devenv/hello@1.0.0')).toEqual([
    'Commit these files, and devenv/core.tgz. From now on, in a fresh clone too: make dev.watch',
  ])
})

test('packed files elsewhere serve here alone', () => {
  const files = [
    { path: '../core.tgz', clones: 'lack it' },
    { path: '../hello.tgz', clones: 'lack it' },
    { path: 'a.tgz', clones: 'ignore it' },
  ] as const
  expect(explainClones(files, '@devenv/hello@1.0.0')).toEqual([
    'Here this works: make dev.watch',
    'In a fresh clone it does not, nor in CI: npm installs from files that a clone does not have.',
    '  outside the checkout: ../core.tgz, ../hello.tgz',
    '  ignored by git: a.tgz',
    'Once the package is published: devenv init @devenv/hello@1.0.0',
    'Until then: copy the files into devenv/, give the copies to the same command, and commit them too. Or commit nothing.',
  ])
  expect(explainClones(files, '@devenv/hello@1.0.0', '../hello')).toEqual(
    expect.arrayContaining([
      'Here this works: make -C ../hello dev.watch',
      'Once the package is published: devenv init @devenv/hello@1.0.0 --checkout ../hello',
    ]),
  )
})
