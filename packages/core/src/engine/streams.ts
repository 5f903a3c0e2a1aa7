import { Transform, type TransformCallback, type Writable } from 'node:stream'

export type Chunk = { channel: 'out' | 'err'; data: Buffer }

/**
 * Takes the engine's multiplexed stream apart: frames of an 8-byte header (channel, 3 zeros, length as a
 * big-endian 32-bit number) and a payload
 * (https://docs.docker.com/reference/api/engine/, "Attach to a container", stream format).
 */
export class Demultiplexer extends Transform {
  #pending: Buffer = Buffer.alloc(0)

  constructor() {
    super({ readableObjectMode: true })
  }

  override _transform(data: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data])
    while (rest.length >= 8) {
      const end = 8 + rest.readUInt32BE(4)
      if (rest.length < end) break
      const chunk: Chunk = { channel: rest[0] === 2 ? 'err' : 'out', data: rest.subarray(8, end) }
      this.push(chunk)
      rest = rest.subarray(end)
    }
    this.#pending = rest
    done()
  }
}

/** Cuts a stream of chunks into lines, each channel for itself; a last line without its end counts too. */
export async function* linesOf(chunks: AsyncIterable<Chunk>): AsyncGenerator<{ channel: 'out' | 'err'; line: string }> {
  const open = { out: [] as Buffer[], err: [] as Buffer[] }
  const take = (channel: 'out' | 'err'): string => {
    const line = Buffer.concat(open[channel]).toString('utf8')
    open[channel] = []
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }
  for await (const { channel, data } of chunks) {
    let from = 0
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, from)) {
      open[channel].push(data.subarray(from, at))
      from = at + 1
      yield { channel, line: take(channel) }
    }
    if (from < data.length) open[channel].push(data.subarray(from))
  }
  for (const channel of ['out', 'err'] as const) if (open[channel].length > 0) yield { channel, line: take(channel) }
}

/** Until a stream takes more, or nothing any more. */
export const drained = (target: Writable): Promise<void> =>
  new Promise((resolve) => {
    const events = ['drain', 'close', 'error']
    const done = () => {
      for (const event of events) target.off(event, done)
      resolve()
    }
    for (const event of events) target.on(event, done)
  })
