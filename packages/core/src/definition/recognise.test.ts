import { describe, expect, onTestFinished, test } from 'vitest'
import { repositoryWith } from '../../test/git.js'
import { problemsOf, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { openObjects } from '../git/object-reader.js'
import { commitTree } from '../tree/commit-tree.js'
import { folderTree } from '../tree/folder-tree.js'
import type { Tree } from '../tree/tree.js'
import type { Mark } from './definition.js'
import type { Extension } from './extension.js'
import { recognise } from './recognise.js'

const FILES = {
  Makefile: 'test:\n\ttrue\n',
  'hello/web.py': '',
  'requirements/base.txt': 'django==4.2\npsycopg\n',
  'pyproject.toml': '[project]\r\nrequires-python = ">=3.12"\r\n',
  empty: '',
}
const sample = () => folderTree(writeFiles(temporaryFolder(), FILES))
/** The variant of a checkout that holds `FILES`. */
const recognised = (extension: Partial<Extension>, tree: Tree = sample()) =>
  recognise({ service: 'hello' }, extension, tree)
const variants = (marks: { [variant: string]: Mark[] }): Partial<Extension> => ({
  'recognised-by': ['Makefile'],
  variants: Object.fromEntries(Object.entries(marks).map(([name, by]) => [name, { 'recognised-by': by }])),
})

describe('a checkout', () => {
  test('is one where it holds all that it is recognised by: files and folders', async () => {
    expect(await recognised({ 'recognised-by': ['Makefile', 'hello', 'hello/web.py'] })).toBeUndefined()
  })

  test('is none where it lacks some; all of that is told', async () => {
    const tree = sample()
    const extension = { 'recognised-by': ['manage.py', 'Makefile', 'hello/wsgi.py', 'hell'] }
    expect(await problemsOf(() => recognised(extension, tree))).toEqual([
      {
        code: 'checkout-unrecognised',
        service: 'hello',
        checkout: tree.name,
        missing: ['manage.py', 'hello/wsgi.py', 'hell'],
      },
    ])
  })

  test('is refused before its shape is looked at', async () => {
    const extension = { ...variants({ any: ['nowhere'] }), 'recognised-by': ['nowhere'] }
    expect(await problemsOf(() => recognised(extension))).toMatchObject([{ code: 'checkout-unrecognised' }])
  })

  test('may be a commit, which is named as such', async () => {
    const { root, commit } = repositoryWith({ 'uv.lock': '', Makefile: '' })
    const objects = openObjects(root)
    onTestFinished(() => objects.close())
    const tree = commitTree({ objects, hashes: new Map() }, commit)
    expect(await recognised(variants({ pip: ['requirements'], uv: ['uv.lock'] }), tree)).toBe('uv')
    expect(await problemsOf(() => recognised({ 'recognised-by': ['manage.py'] }, tree))).toMatchObject([
      { checkout: `commit ${commit.slice(0, 12)}` },
    ])
  })
})

describe('the variant of a checkout', () => {
  testEach<{ title: string; marks: { [variant: string]: Mark[] }; variant: string }>([
    { title: 'the only one', marks: { pip: ['requirements/base.txt'] }, variant: 'pip' },
    { title: 'the one that fits', marks: { uv: ['uv.lock'], pip: ['requirements'] }, variant: 'pip' },
    { title: 'the first that fits', marks: { new: ['Makefile'], old: ['Makefile'] }, variant: 'new' },
    { title: 'the first that fits, in its own order', marks: { old: ['Makefile'], new: ['Makefile'] }, variant: 'old' },
    {
      title: 'only one of which it holds everything',
      marks: { new: ['requirements', 'uv.lock'], old: ['requirements', 'Makefile'] },
      variant: 'old',
    },
    {
      title: 'told by a line of a file',
      marks: {
        django5: [{ file: 'requirements/base.txt', matches: '^django==5' }],
        django4: [{ file: 'requirements/base.txt', matches: '^django==4' }],
      },
      variant: 'django4',
    },
    {
      title: 'told by a line that is not the first',
      marks: { postgres: [{ file: 'requirements/base.txt', matches: '^psycopg$' }] },
      variant: 'postgres',
    },
    {
      title: 'told by a whole line of a file from Windows',
      marks: { python312: [{ file: 'pyproject.toml', matches: '^requires-python = ">=3\\.12"$' }] },
      variant: 'python312',
    },
    {
      title: 'told by a part of a line',
      marks: { python312: [{ file: 'pyproject.toml', matches: '3\\.12' }, 'Makefile'] },
      variant: 'python312',
    },
    { title: 'told by a file that matches anything', marks: { any: [{ file: 'empty', matches: '' }] }, variant: 'any' },
  ])('is $title', async ({ marks, variant }) => {
    expect(await recognised(variants(marks))).toBe(variant)
  })

  test('is enough, where variants have nothing in common', async () => {
    const { 'recognised-by': _, ...extension } = variants({ uv: ['uv.lock'], pip: ['requirements'] })
    expect(await recognised(extension)).toBe('pip')
  })

  test('is none where the package knows none', async () => {
    expect(await recognised({ 'recognised-by': ['Makefile'], variants: {} })).toBeUndefined()
  })

  test('is refused where none fits; each is told with all that it lacks', async () => {
    const tree = sample()
    const marks: { [variant: string]: Mark[] } = {
      uv: ['uv.lock', 'Makefile', 'src'],
      old: [{ file: 'requirements/base.txt', matches: '^django==3' }],
      // A file that is not there has no line, not even an empty one.
      gone: [
        { file: 'setup.cfg', matches: '^$' },
        { file: 'hello', matches: '' },
      ],
    }
    expect(await problemsOf(() => recognised(variants(marks), tree))).toEqual([
      {
        code: 'variant-unknown',
        service: 'hello',
        checkout: tree.name,
        variants: [
          { variant: 'uv', missing: ['uv.lock', 'src'] },
          { variant: 'old', missing: ['line /^django==3/ in requirements/base.txt'] },
          { variant: 'gone', missing: ['line /^$/ in setup.cfg', 'line // in hello'] },
        ],
      },
    ])
  })
})
