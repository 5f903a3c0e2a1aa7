import { expect, test } from 'vitest'
import { continuing, isShown, withProgram } from './follow-logs.js'
import type { LogEntry } from './search-logs.js'

const entry = (at: string, source: string, line: string): LogEntry => ({
  at: `2026-11-23T10:00:${at}Z`,
  source,
  channel: 'out',
  line,
})

test('a line of one of our containers belongs to the program that it names', () => {
  expect(withProgram(entry('00.000', 'hello', 'web | GET / | 200'))).toMatchObject({
    source: 'web',
    line: 'GET / | 200',
  })
  expect(withProgram(entry('00.000', 'hello', 'entrypoint: no such user'))).toMatchObject({ source: 'hello' })
})

test.each([
  ['programs', 'web', 'of a program', true],
  ['programs', 'mysql', 'of a server', false],
  ['all', 'mysql', 'of a server', true],
  [['web', 'mysql'], 'mysql', 'of a server', true],
  [['web', 'mysql'], 'worker', 'of a program', false],
] as const)('of %j, %s (%s) is shown: %j', (shown, source, whose, expected) => {
  expect(isShown(shown, source, whose)).toBe(expected)
})

test('what follows begins a second before the last entry that was read, and repeats none', () => {
  const read = [entry('01.000', 'web', 'a'), entry('04.500', 'worker', 'b'), entry('04.900', 'web', 'a')]
  const { from, isNew } = continuing(read)
  expect(from).toEqual({ since: new Date('2026-11-23T10:00:03.900Z').getTime() / 1000 })
  const live = [
    entry('04.501', 'worker', 'b'),
    entry('04.700', 'worker', 'missed'),
    entry('04.902', 'web', 'a'),
    entry('06.000', 'web', 'a'),
  ]
  expect(live.filter(isNew).map(({ at }) => at.slice(17, 23))).toEqual(['04.700', '06.000'])
  expect(continuing([]).from).toEqual({ tail: 0 })
})
