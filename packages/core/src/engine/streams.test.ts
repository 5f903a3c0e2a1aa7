import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import { type Chunk, Demultiplexer, linesOf } from './streams.js'

const frame = (channel: 'out' | 'err', text: string): Buffer => {
  const data = Buffer.from(text)
  const header = Buffer.alloc(8)
  header[0] = channel === 'out' ? 1 : 2
  header.writeUInt32BE(data.length, 4)
  return Buffer.concat([header, data])
}

async function takenApart(pieces: readonly Buffer[]): Promise<{ out: string; err: string }> {
  const texts = { out: [] as Buffer[], err: [] as Buffer[] }
  for await (const { channel, data } of Readable.from(pieces).pipe(new Demultiplexer()) as AsyncIterable<Chunk>)
    texts[channel].push(data)
  return { out: Buffer.concat(texts.out).toString(), err: Buffer.concat(texts.err).toString() }
}

async function lines(chunks: readonly [channel: 'out' | 'err', data: string | Buffer][]): Promise<string[]> {
  const found: string[] = []
  const given = Readable.from(chunks.map(([channel, data]): Chunk => ({ channel, data: Buffer.from(data) })))
  for await (const { channel, line } of linesOf(given)) found.push(`${channel} ${line}`)
  return found
}

describe('the engine’s multiplexed stream', () => {
  const whole = Buffer.concat([frame('out', 'one\n'), frame('err', 'wörse\n'), frame('out', ''), frame('out', 'two')])
  const expected = { out: 'one\ntwo', err: 'wörse\n' }

  test('comes apart into its two channels', async () => {
    expect(await takenApart([whole])).toEqual(expected)
  })

  test('comes apart wherever the network cuts it', async () => {
    for (let at = 1; at < whole.length; at++)
      expect(await takenApart([whole.subarray(0, at), whole.subarray(at)]), `cut at ${at}`).toEqual(expected)
  })

  test('comes apart byte by byte', async () => {
    expect(await takenApart([...whole].map((byte) => Buffer.of(byte)))).toEqual(expected)
  })

  test('may hold a payload of more than 65535 bytes', async () => {
    const large = 'x'.repeat(200_000)
    expect((await takenApart([frame('err', large)])).err).toBe(large)
  })

  test('keeps the order in which the channels took turns', async () => {
    const chunks = Readable.from([Buffer.concat([frame('err', 'a\n'), frame('out', 'b\n'), frame('err', 'c\n')])])
    const order: string[] = []
    for await (const { channel } of chunks.pipe(new Demultiplexer()) as AsyncIterable<Chunk>) order.push(channel)
    expect(order).toEqual(['err', 'out', 'err'])
  })
})

describe('lines', () => {
  const [euro0, euro1] = [Buffer.from('€').subarray(0, 1), Buffer.from('€').subarray(1)]
  testEach<{ title: string; chunks: [channel: 'out' | 'err', data: string | Buffer][]; found: string[] }>([
    { title: 'are cut at their ends', chunks: [['out', 'a\nb\n']], found: ['out a', 'out b'] },
    { title: 'may be empty', chunks: [['out', '\n\na\n']], found: ['out ', 'out ', 'out a'] },
    { title: 'may lack the last end', chunks: [['out', 'a\nb']], found: ['out a', 'out b'] },
    { title: 'may end as on Windows and terminals', chunks: [['out', 'a\r\nb\r\n']], found: ['out a', 'out b'] },
    { title: 'keep a \\r within them', chunks: [['out', '1%\r2%\n']], found: ['out 1%\r2%'] },
    {
      title: 'are put together from several chunks, also where \\r\\n is cut',
      chunks: [
        ['out', 'a'],
        ['out', 'b\r'],
        ['out', '\nc'],
      ],
      found: ['out ab', 'out c'],
    },
    {
      title: 'keep a character whose bytes come apart',
      chunks: [
        ['out', euro0],
        ['out', euro1],
        ['out', '\n'],
      ],
      found: ['out €'],
    },
    {
      title: 'of one channel never get into those of the other',
      chunks: [
        ['out', 'a'],
        ['err', 'b\n'],
        ['out', 'c\n'],
        ['err', 'd'],
      ],
      found: ['err b', 'out ac', 'err d'],
    },
    { title: 'are none where nothing was written', chunks: [], found: [] },
  ])('$title', async ({ chunks, found }) => {
    expect(await lines(chunks)).toEqual(found)
  })

  test('of a burst all come through', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('')
    const pieces = text.match(/[\s\S]{1,4097}/g) ?? []
    const found = await lines(pieces.map((piece) => ['out', piece]))
    expect(found).toHaveLength(20_000)
    expect(found.at(-1)).toBe('out line 19999')
  })
})
