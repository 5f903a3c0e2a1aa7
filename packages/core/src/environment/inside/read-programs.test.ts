import { expect, test } from 'vitest'
import { parseProgram } from './read-programs.js'

test.each([
  ['web RUNNING 104857600', [{ name: 'web', state: 'RUNNING', memoryBytes: 104857600 }]],
  ['worker FATAL -', [{ name: 'worker', state: 'FATAL', memoryBytes: undefined }]],
  [
    'web WAITING 4096 2026-01-31T10:00:00.000Z hello/web.py:3: SyntaxError: invalid syntax',
    [
      {
        name: 'web',
        state: 'WAITING',
        memoryBytes: 4096,
        since: '2026-01-31T10:00:00.000Z',
        fault: 'hello/web.py:3: SyntaxError: invalid syntax',
      },
    ],
  ],
  [
    'web WAITING 4096 2026-01-31T10:00:00.000Z',
    [{ name: 'web', state: 'WAITING', memoryBytes: 4096, since: '2026-01-31T10:00:00.000Z' }],
  ],
  ['beat LEFT_OUT -', [{ name: 'beat', state: 'LEFT_OUT', memoryBytes: undefined }]],
  ['programs: supervisord does not answer: refused', []],
  ['', []],
])('a line %j of the programs is %j', (line, programs) => {
  expect(parseProgram(line)).toEqual(programs)
})
