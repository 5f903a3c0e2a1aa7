import { expect, test } from 'vitest'
import { explainUpdate, releasesBetween } from './explain-update.js'

const CHANGELOG = `# 2.0.0 (2026-11-01)

### 🚀 Features

- ⚠️  **discovery:** the index is Elasticsearch 8 ([abc1234](https://github.com/openedx/devenv/commit/abc1234))

### ⚠️  Breaking Changes

- **discovery:** the index is Elasticsearch 8 ([abc1234](https://github.com/openedx/devenv/commit/abc1234))
  \`devenv clean elasticsearch\` makes way for it.

### 🧱 Updated Dependencies

- Updated @devenv/core to 0.4.0

## 1.10.0 (2026-10-01)

### 🚀 Features

- **discovery:** a worker for mails ([#12](https://github.com/openedx/devenv/pull/12), [#3](https://github.com/openedx/devenv/issues/3))

## 1.9.1 (2026-09-01)

### 🩹 Fixes

- **discovery:** \`make test\` finds its settings
`
const WORDS = { file: '/packages/discovery/CHANGELOG.md', text: CHANGELOG }
const NOTHING = { image: [], servers: [], steps: [] }
const BEFORE = {
  '@devenv/discovery': { version: '1.9.1', content: 'a' },
  '@devenv/core': { version: '0.3.0', content: 'c' },
}
const CORE = { name: '@devenv/core', version: '0.3.0', content: 'c', changelog: undefined }
const discovery = (version: string, content = 'b') => ({
  name: '@devenv/discovery',
  version,
  content,
  changelog: WORDS,
})

test('an update is one note: image, data, and what the changelog says of the versions between', () => {
  const effects = {
    image: ['Dockerfile changed', 'package:web.conf is new'],
    servers: [{ service: 'mysql', from: 'docker.io/library/mysql:8.0', to: 'docker.io/library/mysql:8.4' }],
    steps: ['migrations', 'accounts'],
  }
  expect(explainUpdate(BEFORE, [discovery('2.0.0'), { ...CORE, version: '0.4.0' }], effects)?.split('\n')).toEqual([
    '@devenv/discovery is 2.0.0 now, after 1.9.1; @devenv/core is 0.4.0 now, after 0.3.0',
    '  image: another, for Dockerfile changed, package:web.conf is new',
    '  image of mysql: docker.io/library/mysql:8.4, before docker.io/library/mysql:8.0',
    '  data: these steps are due: migrations, accounts',
    '  @devenv/discovery 2.0.0: ⚠️ discovery: the index is Elasticsearch 8 `devenv clean elasticsearch` makes way for it.',
    '  @devenv/discovery 1.10.0: discovery: a worker for mails',
  ])
})

test('an update that changes nothing but words says so', () => {
  expect(explainUpdate(BEFORE, [discovery('1.10.0'), CORE], NOTHING)).toBe(
    [
      '@devenv/discovery is 1.10.0 now, after 1.9.1',
      '  image: the same',
      '  data: no step is due',
      '  @devenv/discovery 1.10.0: discovery: a worker for mails',
    ].join('\n'),
  )
})

test('the way back to an older version has no words', () => {
  const before = { '@devenv/discovery': { version: '2.0.0', content: 'a' } }
  expect(explainUpdate(before, [discovery('1.9.1')], NOTHING)).toBe(
    '@devenv/discovery is 1.9.1 now, after 2.0.0\n  image: the same\n  data: no step is due',
  )
})

test('other files of the same version are told where something follows', () => {
  expect(explainUpdate(BEFORE, [discovery('1.9.1'), CORE], NOTHING)).toBeUndefined()
  const told = explainUpdate(BEFORE, [{ ...discovery('1.9.1'), changelog: undefined }, CORE], {
    ...NOTHING,
    image: ['package:web.conf changed'],
  })
  expect(told).toBe(
    [
      '@devenv/discovery 1.9.1 has other files than at the last start',
      '  image: another, for package:web.conf changed',
      '  data: no step is due',
    ].join('\n'),
  )
})

test('while only the image tells which steps are due, the note says that', () => {
  expect(explainUpdate(BEFORE, [discovery('1.10.0')], { ...NOTHING, steps: undefined })).toContain(
    '\n  data: only the image tells which steps are due\n',
  )
})

test.each([
  ['there was no start yet', undefined, [discovery('2.0.0')]],
  ['all is as it was', BEFORE, [discovery('1.9.1', 'a'), CORE]],
  ['the last start was of a version that noted no packages', {}, [discovery('2.0.0'), CORE]],
])('nothing is told where %s', (_where, before, now) => {
  expect(explainUpdate(before, now, { ...NOTHING, steps: ['migrations'] })).toBeUndefined()
})

test('a long list ends with where the rest stands', () => {
  const text = `## 1.10.0\n${Array.from({ length: 40 }, (_, index) => `- change ${index}\n`).join('')}`
  const lines = explainUpdate(BEFORE, [{ ...discovery('1.10.0'), changelog: { ...WORDS, text } }], NOTHING)?.split('\n')
  expect(lines).toHaveLength(3 + 30 + 1)
  expect(lines?.at(-1)).toBe('  and 10 more in /packages/discovery/CHANGELOG.md')
})

test('a changelog that nobody can read says nothing', () => {
  expect(releasesBetween('# Changelog\n\nAll changes.\n## Unreleased\n- x\n', { from: '1.0.0', to: '2.0.0' })).toEqual(
    [],
  )
  expect(releasesBetween(CHANGELOG, { from: 'x', to: '2.0.0' })).toEqual([])
})
