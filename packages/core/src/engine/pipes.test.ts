import { PassThrough, Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { engineRunning } from '../../test/engine.js'
import { pipeFrom, pipeInto } from './pipes.js'

const COMMAND = { container: 'id-of-mysql', argv: ['sh', '-c', 'dump'] as const }
const engineThat = (said: { lines: string[]; exitCode: number }) =>
  engineRunning(
    () => [],
    () => said,
  )

test('what a command prints goes into a stream that takes little at a time, all of it, and the stream stays open', async () => {
  const lines = Array.from({ length: 200 }, (_, at) => `line ${at}`)
  const taken: Buffer[] = []
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      taken.push(chunk)
      setImmediate(done)
    },
  })
  const warnings: string[] = []
  const onWarning = ({ message }: Error) => void warnings.push(message)
  process.on('warning', onWarning)
  const ended = await pipeFrom(await engineThat({ lines, exitCode: 0 }), COMMAND, slow)
  await new Promise(setImmediate)
  process.off('warning', onWarning)
  expect(ended).toEqual({ exitCode: 0, said: '' })
  expect(Buffer.concat(taken).toString()).toBe(`${lines.join('\n')}\n`)
  expect(slow.writable).toBe(true)
  expect(warnings).toEqual([])
})

test('a command that fails says why', async () => {
  const engine = await engineThat({ lines: ['ERROR 1064'], exitCode: 1 })
  expect(await pipeInto(engine, COMMAND, Readable.from(['SELECT']))).toEqual({ exitCode: 1, said: 'ERROR 1064' })
  expect((await pipeFrom(engine, COMMAND, new PassThrough())).exitCode).toBe(1)
})
