import { expect, test } from 'vitest'
import { rememberVariables } from './start.js'

test('a variable keeps the value of the last start until it is set again; of others nothing is kept', () => {
  const given = { A: 'now', EMPTY: '', HOME: '/home/dev' }
  const before = { A: 'before', B: 'before', EMPTY: 'before', GONE: 'before', NEVER: null }
  expect(rememberVariables(['A', 'B', 'EMPTY', 'NEVER', 'NEW'], given, before)).toEqual({
    A: 'now',
    B: 'before',
    EMPTY: '',
    NEVER: null,
    NEW: null,
  })
})
