// @ts-check
// What the Makefile of this repository says before anything is set up, and whether a shell can read what it would run.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))

/** @param {string[]} words */
const make = (...words) =>
  execFileSync('make', ['--no-print-directory', ...words], { cwd: REPOSITORY, encoding: 'utf8', stdio: 'pipe' })

/** @param {string[]} words */
function refusalOf(...words) {
  try {
    make(...words)
  } catch (error) {
    return /** @type {{ stderr: string }} */ (error).stderr
  }
  throw new Error('make did not refuse it')
}

test.each(['start', 'watch', 'accept'])('make %s answers an unknown service with those that there are', (target) => {
  const [, listed = ''] =
    /There is no service edx\. There are: (.*)\. {2}Stop\./.exec(refusalOf(target, 'SERVICE=edx')) ?? []
  const services = listed.split(' ')
  expect(services).toEqual(expect.arrayContaining(['discovery', 'edx-platform', 'hello', 'guestbook']))
  for (const name of services)
    expect(
      ['packages', 'examples'].some((folder) => existsSync(`${REPOSITORY}/${folder}/${name}`)),
      name,
    ).toBe(true)
})

const TARGETS = readFileSync(`${REPOSITORY}/Makefile`, 'utf8').match(/^[a-z.-]+(?=:.*## )/gm) ?? []
const ALONE = TARGETS.filter((target) => target !== 'accept').map((target) => [target])
const ASKED = TARGETS.map((target) => [
  target,
  'SERVICE=discovery',
  "CHECKOUT=/tmp/Ada's clone",
  "WITH=/tmp/Ada's other",
])

test.each([...ALONE, ...ASKED].map((words) => [words]))(
  'a shell can read all that `make` would run for %j',
  (words) => {
    const recipe = make('--dry-run', ...words)
    expect(recipe).not.toBe('')
    execFileSync('sh', ['-n'], { input: recipe })
  },
)

test('`make start` alone tells where the code of hello is, and leaves that out for another service or a checkout of one’s own', () => {
  const told = (/** @type {string[]} */ ...words) => make('--dry-run', 'start', ...words).includes('echo')
  expect([told(), told('SERVICE=discovery'), told('CHECKOUT=/tmp/hello')]).toEqual([true, false, false])
})
