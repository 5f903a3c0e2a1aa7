import { expect, test } from 'vitest'
import { parsePatterns } from './ignore-patterns.js'

test('parsePatterns leaves out comments and empty lines', () => {
  expect(parsePatterns('# all\r\n*\r\n\r\n  !a.txt  \n#!b.txt\n')).toEqual(['*', '!a.txt'])
})
