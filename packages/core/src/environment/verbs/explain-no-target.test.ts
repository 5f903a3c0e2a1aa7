import { expect, test } from 'vitest'
import { explainNoTarget } from './explain-no-target.js'

test('a mistyped target is answered with the nearest, and with each that there is once', () => {
  const known = ['assets', 'migrate', 'assets', 'migrate', 'test']
  expect(explainNoTarget('tset', known, ['stop'])).toBe(
    'there is no target tset; did you mean test? There are: assets, migrate, test. `devenv make --list` says what they do',
  )
  expect(explainNoTarget('stop', known, ['stop'])).toContain(
    'no target stop; `devenv stop` is a command of devenv. There',
  )
})
