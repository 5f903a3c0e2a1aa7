// @ts-check
// What the Makefile of this repository says before anything is set up.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))

/** @param {string[]} words */
function refusalOf(...words) {
  try {
    execFileSync('make', ['--no-print-directory', ...words], { cwd: REPOSITORY, encoding: 'utf8', stdio: 'pipe' })
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
