import { expect, test } from 'vitest'
import { renderAge, renderDoomed } from './render-doomed.js'

const NOW = new Date('2026-03-31T12:00:00Z')
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1000)

test('databases that clean would remove are named with size and age, the largest first', () => {
  const doomed = [
    { store: 'redis-7', bytes: 4 * 1024 ** 2, since: before(120) },
    { store: 'mysql-8.4', bytes: 3 * 1024 ** 3, since: before(22 * 86_400) },
    { store: 'mongo-7', bytes: undefined, since: before(5) },
  ]
  expect(renderDoomed(doomed, NOW).split('\n')).toEqual([
    'clean removes the containers, and these databases for good:',
    '  mysql-8.4  3.0 GiB       made 3 weeks ago',
    '  redis-7    4.0 MiB       made 2 minutes ago',
    '  mongo-7    size unknown  made just now',
  ])
})

test.each([
  [-5, 'just now'],
  [60, '1 minute ago'],
  [3 * 3600, '3 hours ago'],
  [47 * 3600, '1 day ago'],
  [400 * 86_400, '1 year ago'],
])('an age of %d seconds is %s', (seconds, words) => {
  expect(renderAge(before(seconds), NOW)).toBe(words)
})
