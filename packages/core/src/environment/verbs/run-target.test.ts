import { expect, test } from 'vitest'
import { parseDebug } from './run-target.js'

test.each([
  [['DEBUG=1', 'test'], { port: undefined, waits: true }],
  [['test', 'DEBUG=5679'], { port: 5679, waits: true }],
  [['test', 'DEBUG=0'], undefined],
  [['test', 'DEBUG=*'], undefined],
  [['test', 'NODEBUG=1'], undefined],
] as const)('%j: whether an editor debugs the target, and at which port', (words, debugged) => {
  expect(parseDebug(words)).toEqual(debugged)
})
