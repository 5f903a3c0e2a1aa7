// @ts-check
// The engine goes away, or falls silent, at each request that devenv makes of it.
import { traceIn, wrong } from './hello.mjs'
import { casesAtMoments } from './interruptions.mjs'

/** @param {import('./hello.mjs').Hello} hello */
export const engine = (hello) => atRequests(hello, 'a broken connection', 'reset')

/** Each takes as long as devenv waits for an answer. @param {import('./hello.mjs').Hello} hello */
export const silence = (hello) => atRequests(hello, 'silence', 'silence')

/** @param {import('./hello.mjs').Hello} hello @param {string} by @param {string} does */
const atRequests = (hello, by, does) =>
  casesAtMoments(
    hello,
    (what) => (/^(GET|POST|DELETE) /.test(what) ? [{ by, env: { MOMENT_DO: does } }] : []),
    (ended) => [
      ...traceIn('the command', ended),
      ...(/ECONNRESET|EPIPE|socket hang up/.test(ended.stderr.replaceAll(/^ *why .*$/gm, ''))
        ? [wrong(`raw words: ${ended.stderr}`)]
        : []),
    ],
  )
