import { describe, expect, test } from 'vitest'
import { problemsOf, testEach } from '../../test/samples.js'
import {
  abridge,
  type BuildSpec,
  basesOf,
  compareInputs,
  digestOf,
  type ImageInput,
  type ImageInputs,
  listInputs,
  officialBasesOf,
  tagOf,
  targetBasesOf,
} from './image-inputs.js'

const hex = (digit: string) => digit.repeat(64)
const file = (path: string, sha256: string, change: Partial<ImageInput> = {}): ImageInput => ({
  context: 'checkout',
  path,
  mode: '100644',
  sha256,
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
  bases: {},
}
const DEBIAN = 'docker.io/library/debian:12'
const withSpec = (change: Partial<BuildSpec>): ImageInputs => ({ ...INPUTS, spec: { ...INPUTS.spec, ...change } })
const withFiles = (...files: ImageInput[]): ImageInputs => ({ ...INPUTS, files })

describe('the input digest', () => {
  test('never changes by accident: every published image would have to be built again', () => {
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
    { what: 'a base image that is locked', inputs: { ...INPUTS, bases: { [DEBIAN]: `sha256:${hex('1')}` } } },
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
      inputs: withSpec({
        dockerfile: '/elsewhere/Dockerfile',
        contexts: { checkout: '/x', core: '/y', package: '/z' },
      }),
    },
    { what: 'the name of the image', inputs: withSpec({ name: 'registry.example.com/devenv/hello' }) },
  ])('does not change with $what', ({ inputs }) => {
    expect(digestOf(inputs)).toBe(digestOf(INPUTS))
  })

  test('changes with the digest of a base image, and with which image has it', () => {
    const digests = [
      { [DEBIAN]: `sha256:${hex('1')}` },
      { [DEBIAN]: `sha256:${hex('2')}` },
      { 'docker.io/library/debian:13': `sha256:${hex('1')}` },
      { [DEBIAN]: `sha256:${hex('1')}`, 'docker.io/library/node:20': `sha256:${hex('2')}` },
    ].map((bases) => digestOf({ ...INPUTS, bases }))
    expect(new Set(digests).size).toBe(4)
  })

  test.each(['Dockerfile', 'target', 'argument PYTHON', 'core:bin/run', `base image ${DEBIAN}`])(
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
      expect(digest(hex('1'))).not.toBe(digest(hex('1'), { bases: { [DEBIAN]: `sha256:${hex('3')}` } }))
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
      title: 'names a base image that is locked from now on',
      now: { ...INPUTS, bases: { [DEBIAN]: `sha256:${hex('1')}` } },
      words: [`base image ${DEBIAN} is new`],
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

describe('the base images of a Dockerfile', () => {
  const SPEC: BuildSpec = {
    name: 'devenv/hello',
    dockerfile: '/Dockerfile',
    target: 'dev',
    args: { DEVENV_MIRROR: 'docker.io', PYTHON: '3.12', EMPTY: '' },
    contexts: { checkout: '/x', core: '/y', package: '/z' },
  }
  const basesIn = (...lines: string[]) => basesOf({ spec: SPEC, dockerfile: `${lines.join('\n')}\n` })

  testEach<{ title: string; lines: string[]; bases: string[] }>([
    { title: 'what it starts from', lines: ['FROM debian:12'], bases: ['debian:12'] },
    { title: 'each once', lines: ['FROM debian:12', 'FROM debian:12 AS two'], bases: ['debian:12'] },
    { title: 'in small letters', lines: ['from debian:12 as base', 'FROM base'], bases: ['debian:12'] },
    { title: 'of a platform', lines: ['FROM --platform=$BUILDPLATFORM debian:12 AS a'], bases: ['debian:12'] },
    {
      title: 'by tag and digest',
      lines: [`FROM debian:12@sha256:${hex('1')}`],
      bases: [`debian:12@sha256:${hex('1')}`],
    },
    { title: 'not its own stages', lines: ['FROM debian:12 AS base', 'FROM base AS dev'], bases: ['debian:12'] },
    {
      title: 'not its own stages in other letters',
      lines: ['FROM debian:12 AS Base', 'FROM base', 'COPY --from=BASE a b'],
      bases: ['debian:12'],
    },
    { title: 'not nothing', lines: ['FROM scratch', 'COPY --from=0 a b'], bases: [] },
    { title: 'not the contexts', lines: ['FROM debian:12', 'COPY --from=core . /opt/'], bases: ['debian:12'] },
    {
      title: 'what it copies from',
      lines: ['FROM debian:12', 'COPY --link --from=node:20 --chmod=755 a b', 'COPY a b'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'what it mounts',
      lines: [
        'FROM debian:12',
        'RUN --mount=type=bind,from=ghcr.io/astral-sh/uv:0.9,source=/uv,target=/uv --mount=from=node:20,target=/n true',
        'RUN --mount=type=bind,from=package,target=/p --mount=type=cache,target=/c true',
      ],
      bases: ['debian:12', 'ghcr.io/astral-sh/uv:0.9', 'node:20'],
    },
    {
      title: 'what it mounts on a line that goes on',
      lines: [
        'FROM debian:12',
        'RUN --mount=type=secret,id=a \\',
        '    --mount=type=bind,from=node:20,target=/n \\',
        ' true',
      ],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'what it starts from on a line that goes on, comments between',
      lines: ['FROM \\', '  # which one', '  debian:12 \\', '# its name', '  AS base', 'FROM base'],
      bases: ['debian:12'],
    },
    {
      title: 'after a comment that ends like a line that goes on',
      lines: ['# docker build \\', '#   --target dev', 'FROM debian:12'],
      bases: ['debian:12'],
    },
    { title: 'after one such comment alone', lines: ['# see \\', 'FROM debian:12'], bases: ['debian:12'] },
    { title: 'of a file from Windows', lines: ['FROM debian:12 \\\r', ' AS a\r', 'FROM a\r'], bases: ['debian:12'] },
    {
      title: 'with blanks before',
      lines: ['  FROM debian:12', '\tCOPY --from=node:20 a b'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'not what a script says',
      lines: [
        'FROM debian:12',
        'RUN python3 - <<EOF',
        'from django.conf import settings',
        'EOF',
        'COPY --from=node:20 a b',
      ],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'not what an indented script with quoted end says',
      lines: ['FROM debian:12', 'RUN <<-"END" cat', '\tfrom a import b', '\tEND', 'FROM node:20'],
      bases: ['debian:12', 'node:20'],
    },
    { title: 'with an argument', lines: ['ARG PYTHON', 'FROM python:$PYTHON'], bases: ['python:3.12'] },
    {
      title: 'with an argument in braces',
      lines: ['ARG PYTHON=3.11', `FROM python:\${PYTHON}-slim`],
      bases: ['python:3.12-slim'],
    },
    { title: 'with the default of an argument', lines: ['ARG NODE=20', `FROM node:\${NODE}`], bases: ['node:20'] },
    {
      title: 'with a quoted default',
      lines: ['ARG NODE="20"', "ARG SUFFIX='-slim'", `FROM node:$NODE\${SUFFIX}`],
      bases: ['node:20-slim'],
    },
    { title: 'with a default in place', lines: ['ARG UNSET', `FROM node:\${UNSET:-20}`], bases: ['node:20'] },
    {
      title: 'with a default in place of what is empty',
      lines: ['ARG EMPTY', `FROM node:\${EMPTY:-20}`],
      bases: ['node:20'],
    },
    {
      title: 'with no default in place of what is set',
      lines: ['ARG PYTHON', `FROM python:\${PYTHON:-2.7}`],
      bases: ['python:3.12'],
    },
    {
      title: 'with an argument that is made of others',
      lines: ['ARG PYTHON', `ARG IMAGE=python:\${PYTHON}-slim`, 'FROM $IMAGE'],
      bases: ['python:3.12-slim'],
    },
    {
      title: 'with the last of several defaults',
      lines: ['ARG NODE=18', 'ARG NODE=20', 'FROM node:$NODE'],
      bases: ['node:20'],
    },
    {
      title: 'with a default and not what a stage says later',
      lines: ['ARG NODE=20', 'FROM debian:12', 'ARG NODE=18', 'FROM node:$NODE'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'with no argument of a stage',
      lines: ['FROM debian:12', 'ARG NODE=18', `FROM node:\${NODE:-20}`],
      bases: ['debian:12', 'node:20'],
    },
    { title: 'with two arguments on a line', lines: ['ARG A=node V="20"', 'FROM $A:$V'], bases: ['node:20'] },
    {
      title: 'with a default only of what is not there, or also of what is empty',
      lines: ['ARG EMPTY', `FROM a\${EMPTY-b}`, `FROM a\${EMPTY:-b}`, `FROM a\${UNSET-b}c`],
      bases: ['a', 'ab', 'abc'],
    },
    {
      title: 'with a word in place of what is set',
      lines: ['ARG PYTHON', `FROM python\${PYTHON:+:\${PYTHON}}\${UNSET:+-slim}`],
      bases: ['python:3.12'],
    },
    {
      title: 'with a default that is made of another',
      lines: ['ARG PYTHON', `FROM \${UNSET:-python:\${PYTHON}}-slim`],
      bases: ['python:3.12-slim'],
    },
    { title: 'in quotes', lines: ['FROM "debian:12" AS a', "FROM 'node:20'"], bases: ['debian:12', 'node:20'] },
    {
      title: 'by the architecture: for each that is published, stages left out',
      lines: [
        'FROM debian:12 AS base-amd64',
        'FROM a/b:1 AS base-arm64',
        'FROM base-$TARGETARCH',
        'FROM c/$TARGETARCH',
      ],
      bases: ['debian:12', 'a/b:1', 'c/amd64', 'c/arm64'],
    },
    {
      title: 'not a stage that comes later, where it is copied from',
      lines: ['FROM debian:12', 'COPY --from=later a b', 'FROM debian:12 AS later'],
      bases: ['debian:12'],
    },
    {
      title: 'what a stage is called after, too',
      lines: ['FROM node:20 AS a', 'FROM debian AS debian', 'FROM debian'],
      bases: ['node:20', 'debian'],
    },
    {
      title: 'one called as the checkout’s context: a build has no context of that name',
      lines: ['FROM debian:12', 'COPY --from=checkout a b'],
      bases: ['debian:12', 'checkout'],
    },
    {
      title: 'not what the commands of a RUN or a COPY look like',
      lines: ['FROM debian:12', 'RUN echo --mount=from=node:20', 'COPY a --from=node:20 b', 'ADD --from=node:20 a b'],
      bases: ['debian:12'],
    },
    {
      title: 'what it mounts in other words',
      lines: ['FROM debian:12', 'RUN --network=none --mount="type=bind,FROM=node:20,target=/n" true'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'not what it copies when another image is built on it',
      lines: ['FROM debian:12', 'ONBUILD COPY --from=node:20 a b'],
      bases: ['debian:12'],
    },
    {
      title: 'what a stage copies because of the one that it starts from, once',
      lines: [
        'FROM debian:12 AS base',
        'ONBUILD COPY --from=node:20 a b',
        'ONBUILD RUN --mount=from=python:3.12,target=/p true',
        'FROM base AS dev',
        'FROM dev',
      ],
      bases: ['debian:12', 'node:20', 'python:3.12'],
    },
    {
      title: 'not those of a stage that a context replaces',
      lines: ['FROM node:20 AS Core', 'COPY --from=python:3.12 a b', 'ONBUILD COPY --from=a/b:1 a b', 'FROM core'],
      bases: [],
    },
    {
      title: 'those of a stage that is called as the checkout’s context: a build has no context of that name',
      lines: ['FROM node:20 AS checkout', 'FROM checkout'],
      bases: ['node:20'],
    },
    {
      title: 'on a line that goes on within a word, and a blank line between',
      lines: ['FROM debian\\', '', ':12', 'RUN echo \\\\', 'FROM node:20'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'on a line that goes on by another sign',
      lines: ['# syntax=docker/dockerfile:1', '# escape=`', 'FROM `', 'debian:12', 'RUN dir C:\\', 'FROM node:20'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'not what scripts with a dash in their names say',
      lines: ['FROM debian:12', 'COPY <<one-1 <<"two-2" /a/', 'FROM x', 'one-1', 'FROM y', 'two-2', 'FROM node:20'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'not what a script says whose end stands behind a blank',
      lines: ['FROM debian:12', `RUN cat << 'EOF' > /a`, 'FROM x', 'EOF', 'COPY --from=node:20 a b'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'after a shell’s string that looks like a script, with a blank',
      lines: ['FROM debian:12', 'RUN cat <<< EOF', 'FROM node:20', 'EOF'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'after what only looks like a script',
      lines: ['FROM debian:12', 'RUN cat <<<EOF && echo "a <<EOF b"', 'FROM node:20', 'EOF'],
      bases: ['debian:12', 'node:20'],
    },
    {
      title: 'with the mirror',
      lines: ['ARG DEVENV_MIRROR', `FROM \${DEVENV_MIRROR}/library/debian:12`],
      bases: ['docker.io/library/debian:12'],
    },
  ])('are $title', ({ lines, bases }) => {
    expect(basesIn(...lines)).toEqual(bases)
  })

  test('are refused where it cannot be told which they are', async () => {
    expect(await problemsOf(() => basesIn('ARG V=1', `FROM debian:\${V#1}`))).toEqual([
      { code: 'base-unclear', place: { file: '/Dockerfile' }, word: `debian:\${V#1}` },
    ])
  })

  test('are those of the platform that is built for where none is named with them', () => {
    const lines = [
      'FROM --platform=$BUILDPLATFORM node:20 AS assets',
      'FROM --platform=linux/riscv64 node:22 AS more',
      'FROM --platform=$TARGETPLATFORM debian:12 AS dev',
      'COPY --from=assets a b',
      'COPY --from=python:3.12 a b',
    ]
    expect(targetBasesOf({ spec: SPEC, dockerfile: lines.join('\n') })).toEqual(['debian:12', 'python:3.12'])
  })

  test('are official under the name that any registry serves them under', () => {
    const official = (mirror: string) =>
      officialBasesOf({
        spec: { ...SPEC, args: { DEVENV_MIRROR: mirror } },
        dockerfile: `ARG DEVENV_MIRROR\nFROM \${DEVENV_MIRROR}/library/debian:12\nCOPY --from=ghcr.io/a/b:1 a b\n`,
      })
    expect(official('docker.io')).toEqual(
      new Map([
        ['docker.io/library/debian:12', 'docker.io/library/debian:12'],
        ['ghcr.io/a/b:1', 'ghcr.io/a/b:1'],
      ]),
    )
    expect(official('localhost:5000/hub')).toEqual(
      new Map([
        ['docker.io/library/debian:12', 'localhost:5000/hub/library/debian:12'],
        ['ghcr.io/a/b:1', 'ghcr.io/a/b:1'],
      ]),
    )
  })
})
