import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readExtension } from '../../core/src/definition/extension.js'
import { bears, recognise } from '../../core/src/definition/recognise.js'
import { DevenvError } from '../../core/src/problem/problem.js'
import { folderTree } from '../../core/src/tree/folder-tree.js'
import { temporaryFolder, writeFiles } from '../../core/test/samples.js'

const directory = fileURLToPath(new URL('..', import.meta.url))
const extension = readExtension({ directory })
const shapeOf = (files: { [path: string]: string }) =>
  recognise({ service: 'forums' }, extension, folderTree(writeFiles(temporaryFolder(), files)))

const FORUM = {
  'forum/apps.py': 'from django.apps import AppConfig\n\n\nclass ForumConfig(AppConfig):\n',
  'tests/a.py': '',
}
const SERVICE = { 'config.ru': '', 'config/unicorn_tcp.rb': '' }
const lock = (ruby: string) => ({ 'Gemfile.lock': `DEPENDENCIES\n  rake\n\nRUBY VERSION\n   ruby ${ruby}\n` })

describe('a checkout of the forums', () => {
  test.each([
    { what: 'cs_comments_service since Redwood', files: { ...SERVICE, ...lock('3.1.4p223') }, shape: 'ruby' },
    { what: 'forum with setup.py', files: { ...FORUM, 'setup.py': '' }, shape: 'python' },
    { what: 'forum with pyproject.toml', files: { ...FORUM, 'pyproject.toml': '', 'uv.lock': '' }, shape: 'python' },
  ])('is known: $what', async ({ files, shape }) => {
    expect(await shapeOf(files)).toBe(shape)
  })

  test.each([
    { what: 'cs_comments_service before Redwood', files: { ...SERVICE, ...lock('2.5.7p206') } },
    { what: 'a checkout of something else', files: { 'setup.py': 'setup(name="hello")' } },
  ])('is none: $what, and both shapes are told', async ({ files }) => {
    const error = await shapeOf(files).catch((refused: unknown) => refused)
    expect(error).toBeInstanceOf(DevenvError)
    expect((error as DevenvError).problems).toMatchObject([
      { code: 'variant-unknown', variants: [{ variant: 'ruby' }, { variant: 'python' }] },
    ])
  })
})

describe('the gems of cs_comments_service come', () => {
  const GEMS = 'GEM\n  remote: https://rubygems.org/\n'
  test.each([
    { what: 'from RubyGems', lock: GEMS, hosts: ['rubygems.org'] },
    {
      what: 'some from GitHub',
      lock: `GIT\n  remote: https://github.com/a/b.git\n\n${GEMS}`,
      hosts: ['rubygems.org', 'github.com'],
    },
    { what: 'from a mirror', lock: 'GEM\n  remote: https://gems.example.com/\n', hosts: [] },
  ])('$what, as the lock says', async ({ lock, hosts }) => {
    const tree = folderTree(writeFiles(temporaryFolder(), { 'Gemfile.lock': lock }))
    const declared = Object.entries(readExtension({ directory }, 'ruby').hosts ?? {})
    const needed = declared.map(async ([host, { where = [] }]) =>
      (await Promise.all(where.map((mark) => bears(tree, mark)))).includes(true) ? [host] : [],
    )
    expect((await Promise.all(needed)).flat()).toEqual(hosts)
  })
})
