import { expect, test } from 'vitest'
import { explainSupplied, parseDebug } from './run-target.js'

test.each([
  [['DEBUG=1', 'test'], { port: undefined, waits: true }],
  [['test', 'DEBUG=5679'], { port: 5679, waits: true }],
  [['test', 'DEBUG=0'], undefined],
  [['test', 'DEBUG=*'], undefined],
  [['test', 'NODEBUG=1'], undefined],
] as const)('%j: whether an editor debugs the target, and at which port', (words, debugged) => {
  expect(parseDebug(words)).toEqual(debugged)
})

test('a target that the package supplies says why, and names the checkout’s own only where there is one', () => {
  const none = 'the environment package supplies test: the checkout has no such target'
  expect(explainSupplied('test', 'the checkout has no such target', 'none')).toBe(none)
  expect(explainSupplied('test', 'its own runs tox.', 'there')).toBe(
    'the environment package supplies test: its own runs tox. To run the checkout’s own: devenv exec -- make test',
  )
})
