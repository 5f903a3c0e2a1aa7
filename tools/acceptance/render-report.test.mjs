// @ts-check
import { expect, test } from 'vitest'
import { renderReport, renderSeconds } from './render-report.mjs'

const CIRCUMSTANCES = {
  service: 'hello',
  date: '2026-01-02',
  checkout: 'main at 0123abc',
  devenv: '4567def',
  machine: '2 cores, 4 GiB, Debian 12',
  engine: 'Docker 26.1.5',
  images: 'the official images',
  settings: [],
  excused: new Map(),
}

test('the report is a table that a README can hold', () => {
  expect(
    renderReport(
      [
        { title: 'start', outcome: 'passed', seconds: 83.4, seen: 'a | b' },
        { title: 'sign in', outcome: 'failed', seconds: 1.26, problem: 'status 500\nseen in a picture' },
        { title: 'edit', outcome: 'not reached', because: 'sign in' },
      ],
      { ...CIRCUMSTANCES, settings: ['HELLO=1'], excused: new Map([['upstream asks for a font', 2]]) },
    ),
  ).toBe(`\`make accept SERVICE=hello\`, 2026-01-02: 1 of 3 steps passed.

- checkout: main at 0123abc
- devenv: 4567def
- machine: 2 cores, 4 GiB, Debian 12
- engine: Docker 26.1.5
- images: the official images
- settings: \`HELLO=1\`

| Step | Outcome | Time | Seen |
|---|---|---|---|
| start | passed | 1 min 23 s | a \\| b |
| sign in | failed | 1.3 s | status 500 |
| edit | not reached |  | needs “sign in” |

Known errors of pages:

- upstream asks for a font (2)
`)
})

test.each([
  [0.04, '0.0 s'],
  [9.96, '10.0 s'],
  [59.7, '1 min 0 s'],
  [125, '2 min 5 s'],
])('%d seconds are written %s', (seconds, text) => {
  expect(renderSeconds(seconds)).toBe(text)
})
