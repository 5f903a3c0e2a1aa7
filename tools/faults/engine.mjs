// @ts-check
// The engine goes away, or falls silent, at each request that devenv makes of it.

import { traceIn, wrong } from './hello.mjs'
import { casesAtMoments } from './interruptions.mjs'

/** @param {import('./hello.mjs').Hello} hello */
export const engine = (hello) =>
  casesAtMoments(
    hello,
    (what) =>
      /^(GET|POST|DELETE) /.test(what)
        ? [
            { by: 'a broken connection', env: { MOMENT_DO: 'reset' } },
            { by: 'silence', env: { MOMENT_DO: 'silence' } },
          ]
        : [],
    (ended) => [
      ...traceIn('the command', ended),
      ...(/ECONNRESET|EPIPE|socket hang up/.test(ended.stderr.replaceAll(/^ *why .*$/gm, ''))
        ? [wrong(`raw words: ${ended.stderr}`)]
        : []),
    ],
  )
