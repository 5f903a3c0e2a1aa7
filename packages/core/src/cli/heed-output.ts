import type { Writable } from 'node:stream'
import { DevenvError } from '../problem/problem.js'

/**
 * Who reads has gone (`devenv status | head`): there is nobody left to tell, and devenv ends, unless a command has its own
 * answer. What cannot be written otherwise (a full disk) is thrown: `output-unwritable`.
 */
export function heedOutput(stream: Writable): void {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE' && code !== 'EIO') throw new DevenvError({ code: 'output-unwritable', detail: message })
    if (stream.listenerCount('error') === 1) process.exit(0)
  })
}
