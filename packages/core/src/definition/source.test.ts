import { describe, expect, test } from 'vitest'
import { problemsOf, temporaryFolder } from '../../test/samples.js'
import { parseSource, placeIn, readSource } from './source.js'

const TEXT = `# a comment
name: hello

services:
  web:
    image: devenv/hello
    ports: ["8000", "8001"]
    labels: { a: "1",
      b: "2" }
  mysql:
x-devenv:
  provision:
    - name: first
      run: [a]

    - name: second
      run: [b]
`

describe('the place of a part of a file', () => {
  const source = parseSource('compose.yaml', TEXT)
  test.each<[path: (string | number)[], line: number]>([
    [['name'], 2],
    [['services'], 4],
    [['services', 'web'], 5],
    [['services', 'web', 'image'], 6],
    [['services', 'web', 'ports'], 7],
    [['services', 'web', 'ports', 1], 7],
    [['services', 'web', 'labels', 'b'], 9],
    [['services', 'mysql'], 10],
    [['x-devenv', 'provision', 0], 13],
    [['x-devenv', 'provision', 1], 16],
    [['x-devenv', 'provision', 1, 'run'], 17],
    [['x-devenv', 'provision', 1, 'run', 0], 17],
  ])('%j is line %i', (path, line) => {
    expect(source.placeOf(path)).toEqual({ file: 'compose.yaml', line })
  })

  test.each<[path: (string | number)[], line: number]>([
    [['services', 'web', 'volumes'], 5],
    [['services', 'web', 'healthcheck', 'test'], 5],
    [['services', 'mysql', 'image'], 10],
    [['x-devenv', 'provision', 7], 12],
    [['x-devenv', 'targets', 'test'], 11],
    [['volumes'], 1],
    [[], 1],
  ])('%j is missing, and belongs to line %i', (path, line) => {
    expect(source.placeOf(path)).toEqual({ file: 'compose.yaml', line })
  })

  test('of an empty file is its first line', () => {
    expect(parseSource('compose.yaml', '').placeOf(['services'])).toEqual({ file: 'compose.yaml', line: 1 })
  })
})

test('a file is read with anchors and merged keys, as Compose reads it', () => {
  const { value } = parseSource('compose.yaml', 'x-a: &a { image: b }\nservices:\n  web: { <<: *a, ports: ["1"] }\n')
  expect(value).toMatchObject({ services: { web: { image: 'b', ports: ['1'] } } })
})

test('every error of a text is told, each with its line', async () => {
  const problems = await problemsOf(() => parseSource('compose.yaml', 'a: 1\na: 2\nb:\n  - "x\n'))
  expect(problems.length).toBeGreaterThan(1)
  expect(problems[0]).toMatchObject({ code: 'definition-unreadable', place: { file: 'compose.yaml', line: 2 } })
  for (const problem of problems) {
    if (problem.code !== 'definition-unreadable') throw new Error(problem.code)
    expect(problem.detail).not.toMatch(/\n|^$/)
  }
})

test.each([
  ['a: 1\nb: &b\n  c: *b\n', 3, /circle/],
  ['a: 1\nb: &b\n  <<: *b\n  c: 1\n', 3, /circle/],
  ['a: &a\n  - b: [1, *a]\n', 2, /circle/],
  ['a: 1\nb: *none\n', 2, /&none/],
  ['a: &a [1]\nb: { <<: *a }\n', undefined, /Merge/],
])('an alias that cannot be replaced is told: %j', async (text, line, detail) => {
  expect(await problemsOf(() => parseSource('compose.yaml', text))).toEqual([
    {
      code: 'definition-unreadable',
      place: { file: 'compose.yaml', ...(line && { line }) },
      detail: expect.stringMatching(detail),
    },
  ])
})

test('an anchor may be used again and again', () => {
  expect(parseSource('compose.yaml', 'a: &a { b: &b [1], c: *b }\nd: [*a, *a, *b]\n').value).toMatchObject({
    d: [{ c: [1] }, {}, [1]],
  })
})

test('a part of files that lie over one another is in the last that has it', () => {
  const own = parseSource('own.yaml', 'name: hello\nservices:\n  web:\n    image: a\n    ports: ["1"]\n')
  const over = parseSource('over.yaml', 'services:\n  web: { image: b }\n\n  lms:\n    image: c\n')
  const placeOf = placeIn([own, over, parseSource('empty.yaml', '')])
  expect(placeOf(['services', 'web', 'image'])).toEqual({ file: 'over.yaml', line: 2 })
  expect(placeOf(['services', 'web', 'ports', 0])).toEqual({ file: 'own.yaml', line: 5 })
  expect(placeOf(['services', 'lms', 'image'])).toEqual({ file: 'over.yaml', line: 5 })
  expect(placeOf(['services', 'web', 'healthcheck']), 'what no file has').toEqual({ file: 'own.yaml', line: 3 })
  expect(placeOf(['services', 'lms', 'healthcheck'])).toEqual({ file: 'over.yaml', line: 4 })
  expect(placeOf(['volumes'])).toEqual({ file: 'own.yaml', line: 1 })
})

test('a folder in the place of a file is named', async () => {
  const file = temporaryFolder()
  expect(await problemsOf(() => readSource(file))).toMatchObject([{ code: 'definition-unreadable', place: { file } }])
})
