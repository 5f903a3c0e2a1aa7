import { parse } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'
import { mergeParts, type Part, UnmergeableText } from './merge-entries.js'

const isOurs = (entry: unknown) => String((entry as { label?: string } | null)?.label).startsWith('devenv: ')
const tasks = (...labels: string[]): Part[] => [
  { at: ['version'], value: '2.0.0' },
  { at: ['tasks'], entries: labels.map((label) => ({ label: `devenv: ${label}`, command: label })), isOurs },
]

const MINE = `{
    // what I use
    "version": "2.0.0",
    "tasks": [
        { "label": "mine", "command": "x" }, // my own
        { "label": "devenv: gone", "command": "gone" },
        { "label": "devenv: test", "command": "of an earlier version" },
        { "label": "last" }, // mine, too
        { "label": "devenv: old", "command": "old" } // and this
    ],
}
`

describe('a settings file', () => {
  test('gets what it lacks, after what is there', () => {
    expect(mergeParts('// first\n{}\n', tasks('test'))).toBe(
      '// first\n{\n  "version": "2.0.0",\n  "tasks": [\n    {\n      "label": "devenv: test",\n      "command": "test"\n    }\n  ]\n}\n',
    )
  })

  test('keeps comments, indentation and the entries of a person; only ours are replaced, added, removed', () => {
    const merged = mergeParts(MINE, tasks('test', 'watch'))
    expect(merged).toContain('    // what I use\n    "version": "2.0.0"')
    expect(merged).toContain('        { "label": "mine", "command": "x" }, // my own\n')
    expect(merged).toContain('        { "label": "last" }, // mine, too')
    expect(merged).toContain('// and this')
    for (const gone of ['gone', 'old']) expect(merged).not.toContain(gone)
    expect(merged).not.toContain('earlier')
    expect(merged).toContain('            "label": "devenv: watch"')
  })

  test.each([MINE, '{}', '{"tasks": []}', '{\r\n\t"tasks": [1, null, "a"]\r\n}'])(
    'has nothing to change the second time: %j',
    (text) => {
      const once = mergeParts(text, tasks('test', 'watch'))
      expect(once).not.toBe(text)
      expect(mergeParts(once, tasks('test', 'watch'))).toBe(once)
    },
  )

  test('keeps its line ends and its tabs', () => {
    const merged = mergeParts('{\r\n\t"version": "2.0.0"\r\n}\r\n', tasks('test'))
    expect(merged).toContain('\r\n\t\t\t"label": "devenv: test"')
    expect(merged.replaceAll('\r\n', '')).not.toContain('\n')
  })

  test('has texts added to a list once, and another one replaced', () => {
    const paths = (...entries: string[]): Part[] => [
      { at: ['extraPaths'], entries, isOurs: (entry) => String(entry).startsWith('.dev/') },
    ]
    const once = mergeParts('{"extraPaths": ["lib", ".dev/old"]}', paths('.dev/a', '.dev/b'))
    expect(JSON.parse(once)).toEqual({ extraPaths: ['lib', '.dev/a', '.dev/b'] })
    expect(mergeParts(once, paths('.dev/a', '.dev/b'))).toBe(once)
  })

  test.each([
    '["devenv: a"]',
    '["devenv: a",]',
    '["devenv: a", "b"]',
    '["b", "devenv: a"]',
    '[\n  "b", // b\n  "devenv: a"\n]',
  ])('is JSON still without ours: %s', (list) => {
    const merged = mergeParts(`{"list": ${list}}`, [
      { at: ['list'], entries: [], isOurs: (entry) => String(entry).startsWith('devenv: ') },
    ])
    expect(parse(merged)).toEqual({ list: list.includes('"b"') ? ['b'] : [] })
    expect(merged.includes('// b')).toBe(list.includes('// b'))
  })

  test.each([
    ['{\n  "a": 1,\n  "b": }', 3],
    ['[]', undefined],
    ['{"tasks": {}}', undefined],
    ['{"tasks": "x"}', undefined],
    ['', 1],
  ])('that cannot be merged into is refused: %j', (text, line) => {
    const caught = (() => {
      try {
        return mergeParts(text, tasks('test'))
      } catch (error) {
        return error
      }
    })()
    expect(caught).toBeInstanceOf(UnmergeableText)
    expect((caught as UnmergeableText).line).toBe(line)
  })
})
