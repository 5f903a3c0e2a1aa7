import { expect } from 'vitest'
import { testEach } from '../../test/samples.js'
import { nearest } from './nearest.js'

testEach([
  { name: 'wbe', meant: 'web' },
  { name: 'web-worker', meant: 'webworker' },
  { name: 'lsm', meant: 'lms' },
  { name: 'workers', meant: 'worker' },
  { name: 'Web', meant: 'web' },
  { name: 'database', meant: undefined },
  { name: '', meant: undefined },
])('of several names, $name was meant to be $meant', ({ name, meant }) => {
  expect(nearest(name, ['lms', 'web', 'webworker', 'worker'])).toBe(meant)
})
