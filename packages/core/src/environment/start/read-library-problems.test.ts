import { expect, test } from 'vitest'
import { problemsOf } from './read-library-problems.js'

const POLL = { name: 'xblock-poll', checkout: '/home/dev/xblock-poll' }
const told = (change: object) => ({
  path: '/edx/libraries/xblock-poll',
  broken: null,
  missing: [],
  install: null,
  ...change,
})

test('a library that is installed with all that it needs is no problem', () => {
  expect(problemsOf([told({})], 'edx-platform', [POLL])).toEqual([])
})

test('one that could not be installed is one, and one that the container does not tell of', () => {
  const broken = { code: 'library-broken', ...POLL, service: 'edx-platform' }
  const missing = ['bleach>=6']
  expect(problemsOf([told({ broken: 'setup.py:3: SyntaxError', missing })], 'edx-platform', [POLL])).toEqual([
    { ...broken, detail: 'setup.py:3: SyntaxError' },
  ])
  for (const answer of [undefined, [], [told({ path: '/edx/libraries/other' })]])
    expect(problemsOf(answer, 'edx-platform', [POLL])).toMatchObject([broken])
})

test('what it needs and the container lacks is named with what installs it', () => {
  const install = "uv pip install 'bleach>=6'"
  expect(problemsOf([told({ missing: ['bleach>=6'], install })], 'edx-platform', [POLL])).toEqual([
    { code: 'library-lacks', name: 'xblock-poll', service: 'edx-platform', missing: ['bleach>=6'], install },
  ])
})
