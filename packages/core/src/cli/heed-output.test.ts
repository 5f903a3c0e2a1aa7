import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { problemsOf } from '../../test/samples.js'
import { heedOutput } from './heed-output.js'

const failing = (code: string) => Object.assign(new Error(`${code}: write`), { code })

test('output that a full disk does not take has words', async () => {
  const stream = new PassThrough()
  heedOutput(stream)
  expect(await problemsOf(() => stream.emit('error', failing('ENOSPC')))).toEqual([
    { code: 'output-unwritable', detail: 'ENOSPC: write' },
  ])
})

test('a reader that has gone is no problem where a command has its own answer', () => {
  const stream = new PassThrough()
  heedOutput(stream)
  stream.on('error', () => {})
  expect(stream.emit('error', failing('EPIPE'))).toBe(true)
})
