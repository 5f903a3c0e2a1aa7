import { PassThrough } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { problemsOf } from '../../test/samples.js'
import { heedOutput } from './heed-output.js'

const failing = (code: string) => Object.assign(new Error(`${code}: write`), { code })

test('output that a full disk does not take has words', async () => {
  const stream = new PassThrough()
  heedOutput(stream, 'results')
  expect(await problemsOf(() => stream.emit('error', failing('ENOSPC')))).toEqual([
    { code: 'output-unwritable', detail: 'ENOSPC: write' },
  ])
})

test('a reader that has gone is no problem where a command has its own answer', () => {
  const stream = new PassThrough()
  heedOutput(stream, 'results')
  stream.on('error', () => {})
  expect(stream.emit('error', failing('EPIPE'))).toBe(true)
})

test.each([
  ['results', 0],
  ['progress', 141],
] as const)('a reader of %s that has gone ends devenv with %i', (channel, code) => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never)
  const stream = new PassThrough()
  heedOutput(stream, channel)
  stream.emit('error', failing('EPIPE'))
  expect(exit.mock.calls).toEqual([[code]])
  exit.mockRestore()
})
