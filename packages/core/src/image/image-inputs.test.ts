import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import {
  abridge,
  type BuildSpec,
  compareInputs,
  digestOf,
  type ImageInput,
  type ImageInputs,
  listInputs,
  tagOf,
} from './image-inputs.js'

const hex = (digit: string) => digit.repeat(64)
const file = (path: string, sha256: string, change: Partial<ImageInput> = {}): ImageInput => ({
  context: 'checkout',
  path,
  mode: '100644',
  sha256,
  source: `/somewhere/${path}`,
  ...change,
})
const INPUTS: ImageInputs = {
  spec: {
    name: 'devenv/hello',
    dockerfile: '/packages/hello/Dockerfile',
    target: 'dev',
    args: { PYTHON: '3.12', DEVENV_MIRROR: 'docker.io' },
    contexts: { checkout: '/home/dev/hello', core: '/core/image', package: '/packages/hello/image' },
  },
  dockerfile: 'FROM debian\n',
  files: [
    file('requirements/base.txt', hex('a')),
    file('bin/run', hex('b'), { context: 'core', mode: '100755' }),
    file('link', hex('c'), { context: 'package', mode: '120000' }),
  ],
}
const withSpec = (change: Partial<BuildSpec>): ImageInputs => ({ ...INPUTS, spec: { ...INPUTS.spec, ...change } })
const withFiles = (...files: ImageInput[]): ImageInputs => ({ ...INPUTS, files })

describe('the input digest', () => {
  test('never changes by accident: every published image would be built anew', () => {
    expect(digestOf(INPUTS)).toBe('50422d143e1add3752cb2c69526d92df2daca0a11394f1e46cdf2110a49c2caa')
  })

  const [first, second, third] = INPUTS.files as [ImageInput, ImageInput, ImageInput]
  testEach<{ what: string; inputs: ImageInputs }>([
    { what: 'the Dockerfile', inputs: { ...INPUTS, dockerfile: 'FROM debian:12\n' } },
    { what: 'the target', inputs: withSpec({ target: 'prod' }) },
    { what: 'no target', inputs: withSpec({ target: undefined }) },
    { what: 'an argument', inputs: withSpec({ args: { ...INPUTS.spec.args, PYTHON: '3.11' } }) },
    { what: 'one more argument', inputs: withSpec({ args: { ...INPUTS.spec.args, NODE: '20' } }) },
    { what: 'content', inputs: withFiles({ ...first, sha256: hex('d') }, second, third) },
    { what: 'the executable bit', inputs: withFiles({ ...first, mode: '100755' }, second, third) },
    { what: 'a link where a file was', inputs: withFiles(first, second, { ...third, mode: '100644' }) },
    { what: 'a path', inputs: withFiles({ ...first, path: 'requirements/dev.txt' }, second, third) },
    { what: 'a file less', inputs: withFiles(first, second) },
    { what: 'a file more', inputs: withFiles(first, second, third, file('setup.py', hex('a'))) },
    { what: 'the context of a file', inputs: withFiles({ ...first, context: 'core' }, second, third) },
    {
      what: 'what two files hold, swapped',
      inputs: withFiles({ ...first, sha256: hex('b') }, { ...second, sha256: hex('a') }, third),
    },
  ])('changes with $what', ({ inputs }) => {
    expect(digestOf(inputs)).not.toBe(digestOf(INPUTS))
  })

  testEach<{ what: string; inputs: ImageInputs }>([
    { what: 'the mirror', inputs: withSpec({ args: { ...INPUTS.spec.args, DEVENV_MIRROR: 'mirror.example.com' } }) },
    { what: 'no mirror', inputs: withSpec({ args: { PYTHON: '3.12' } }) },
    { what: 'the order of arguments', inputs: withSpec({ args: { DEVENV_MIRROR: 'x', PYTHON: '3.12' } }) },
    { what: 'the order of files', inputs: withFiles(third, first, second) },
    {
      what: 'where things lie on this machine',
      inputs: {
        ...withSpec({ dockerfile: '/elsewhere/Dockerfile', contexts: { checkout: '/x', core: '/y', package: '/z' } }),
        files: INPUTS.files.map((one) => ({ ...one, source: `/elsewhere/${one.path}` })),
      },
    },
    { what: 'the name of the image', inputs: withSpec({ name: 'registry.example.com/devenv/hello' }) },
  ])('does not change with $what', ({ inputs }) => {
    expect(digestOf(inputs)).toBe(digestOf(INPUTS))
  })

  test.each(['Dockerfile', 'target', 'argument PYTHON', 'core:bin/run'])(
    'counts a file of the checkout that is called %s, and what else has that name',
    (path) => {
      const digest = (sha256: string, change: Partial<ImageInputs> = {}) =>
        digestOf({ ...withFiles(...INPUTS.files, file(path, sha256)), ...change })
      const other = { ...withFiles(first, { ...second, sha256: hex('e') }, third, file(path, hex('1'))) }
      expect(digest(hex('1'))).not.toBe(digest(hex('2')))
      expect(digest(hex('1'))).not.toBe(digest(hex('1'), { dockerfile: 'FROM scratch\n' }))
      expect(digest(hex('1'))).not.toBe(digest(hex('1'), { spec: { ...INPUTS.spec, target: 'prod' } }))
      expect(digest(hex('1'))).not.toBe(digest(hex('1'), { spec: { ...INPUTS.spec, args: { PYTHON: '3.11' } } }))
      expect(digest(hex('1'))).not.toBe(digestOf(other))
    },
  )

  test('names the image by a tag that Docker takes', () => {
    expect(tagOf(digestOf(INPUTS))).toMatch(/^inputs-[0-9a-f]{20}$/)
    expect(digestOf(INPUTS).startsWith(tagOf(digestOf(INPUTS)).slice('inputs-'.length))).toBe(true)
  })
})

describe('compareInputs', () => {
  const before = listInputs(INPUTS)
  testEach<{ title: string; now: ImageInputs; words: string[] }>([
    { title: 'says nothing of equal lists', now: INPUTS, words: [] },
    {
      title: 'says what changed',
      now: withFiles(file('requirements/base.txt', hex('d')), ...INPUTS.files.slice(1)),
      words: ['requirements/base.txt changed'],
    },
    {
      title: 'says what is new and what is gone',
      now: withFiles(file('requirements/dev.txt', hex('a')), ...INPUTS.files.slice(1)),
      words: ['requirements/base.txt is gone', 'requirements/dev.txt is new'],
    },
    { title: 'names the Dockerfile', now: { ...INPUTS, dockerfile: '' }, words: ['Dockerfile changed'] },
    {
      title: 'names an argument',
      now: withSpec({ args: { PYTHON: '3.11' } }),
      words: ['argument PYTHON changed'],
    },
    {
      title: 'names the context of what is no file of the checkout',
      now: withFiles(...INPUTS.files.slice(0, 1), ...INPUTS.files.slice(2)),
      words: ['core:bin/run is gone'],
    },
    {
      title: 'says that an executable bit changed',
      now: withFiles(file('requirements/base.txt', hex('a'), { mode: '100755' }), ...INPUTS.files.slice(1)),
      words: ['requirements/base.txt changed'],
    },
  ])('$title', ({ now, words }) => {
    expect(compareInputs(before, listInputs(now))).toEqual(words)
  })

  test('takes a list from a label as the same list', () => {
    expect(compareInputs(JSON.parse(JSON.stringify(abridge(before))), before)).toEqual([])
  })
})

test('an abridged list keeps what is no hash, and little of what is one', () => {
  expect(abridge({ target: 'dev', 'bin/run': `100755 ${hex('a')}`, 'argument COMMIT': 'abcdef' })).toEqual({
    target: 'dev',
    'bin/run': `100755 ${'a'.repeat(12)}`,
    'argument COMMIT': 'abcdef',
  })
})
