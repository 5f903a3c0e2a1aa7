import { expect, test } from 'vitest'
import { nearest } from './nearest.js'

test.each([
  ['wrok', ['web', 'worker', 'redis'], 'worker'],
  ['mysql', ['hello', 'mysql-8.4', 'redis-7'], 'mysql-8.4'],
  ['tset', ['fail', 'greet', 'test'], 'test'],
  ['tset', ['assets', 'test'], 'test'],
  ['abc', ['cba', 'acb'], 'acb'],
  ['elasticsearch', ['web', 'worker'], undefined],
  ['', [''], ''],
  ['web', [], undefined],
])('the name nearest to %j among %j is %j', (name, known, expected) => {
  expect(nearest(name, known)).toBe(expected)
})
