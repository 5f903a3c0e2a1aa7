import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { openBrowser, planOpeners } from './open-browser.js'

testEach<{ where: string; platform: NodeJS.Platform; env: NodeJS.ProcessEnv; programs: string[] }>([
  { where: 'on a Mac', platform: 'darwin', env: {}, programs: ['open'] },
  { where: 'on a desktop', platform: 'linux', env: { DISPLAY: ':0' }, programs: ['xdg-open'] },
  { where: 'on Wayland', platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, programs: ['xdg-open'] },
  { where: 'in WSL', platform: 'linux', env: { WSL_DISTRO_NAME: 'Debian' }, programs: ['wslview', 'cmd.exe'] },
  { where: 'on a server', platform: 'linux', env: { DISPLAY: '' }, programs: [] },
  { where: 'in an editor far away', platform: 'linux', env: { BROWSER: '/x/browser.sh' }, programs: ['/x/browser.sh'] },
])('$where a browser is opened by: $programs', ({ platform, env, programs }) => {
  expect(planOpeners(env, platform).map(([program]) => program)).toEqual(programs)
})

const URL = 'http://localhost:23000'

test('the address goes to the first program that takes it', async () => {
  const folder = writeFiles(temporaryFolder(), {
    refuses: { text: '#!/bin/sh\nexit 3\n', mode: 0o755 },
    takes: { text: '#!/bin/sh\necho "$@" > "$0.took"\n', mode: 0o755 },
    spare: { text: '#!/bin/sh\necho "$@" > "$0.took"\n', mode: 0o755 },
  })
  const [missing, refuses, takes, spare] = ['missing', 'refuses', 'takes', 'spare'].map((name) => join(folder, name))
  expect(await openBrowser(URL, [[`${missing}`], [`${refuses}`], [`${takes}`, 'start'], [`${spare}`]])).toBe(true)
  expect(readFileSync(`${takes}.took`, 'utf8')).toBe(`start ${URL}\n`)
  expect(existsSync(`${spare}.took`)).toBe(false)
  expect(await openBrowser(URL, [[`${missing}`], [`${refuses}`]])).toBe(false)
})
