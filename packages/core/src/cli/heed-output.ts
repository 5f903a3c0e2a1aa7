import type { Writable } from 'node:stream'
import { DevenvError } from '../problem/problem.js'

/** As a shell tells that SIGPIPE has ended a program. */
export const BROKEN_PIPE = 128 + 13

/**
 * Who reads has gone (`devenv status | head`): there is nobody left to tell, and devenv ends, unless a command has its own
 * answer. What cannot be written otherwise (a full disk) is thrown: `output-unwritable`.
 * @param channel with `results` gone, somebody has read as much as he wanted; with `progress` gone, a command is not at its end
 */
export function heedOutput(stream: Writable, channel: 'results' | 'progress'): void {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE' && code !== 'EIO') throw new DevenvError({ code: 'output-unwritable', detail: message })
    if (stream.listenerCount('error') === 1) process.exit(channel === 'results' ? 0 : BROKEN_PIPE)
  })
}
