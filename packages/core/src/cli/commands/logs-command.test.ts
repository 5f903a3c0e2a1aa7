import { expect, onTestFinished, test, vi } from 'vitest'
import { engineWith } from '../../../test/engine.js'
import { samplePackage } from '../../../test/package.js'
import { temporaryFolder, writeFiles } from '../../../test/samples.js'
import { createProgram } from '../program.js'
import { parseShown } from './watch-command.js'

/** What `devenv logs` prints in an environment with three programs, each with one line. */
async function logs(...names: string[]): Promise<string[]> {
  const { directory } = samplePackage()
  const checkout = writeFiles(temporaryFolder(), {
    '.dev/devenv/logs/beat.log': '2026-11-23T08:00:00.000Z out a\n',
    '.dev/devenv/logs/web.log': '2026-11-23T08:00:01.000Z out b\n',
    '.dev/devenv/logs/worker.log': '2026-11-23T08:00:02.000Z out c\n',
  })
  vi.stubEnv('DOCKER_HOST', (await engineWith([])).engine.endpoint)
  const printed: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
  onTestFinished(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })
  await createProgram().parseAsync(['logs', '--package', directory, '--checkout', checkout, ...names], { from: 'user' })
  return printed.map((line) => line.split(' ')[1] ?? '')
}

test.each([
  [
    ['web', 'worker'],
    ['web', 'worker'],
  ],
  [['web,worker'], ['web', 'worker']],
  [
    ['web,', 'worker'],
    ['web', 'worker'],
  ],
  [['all'], ['beat', 'web', 'worker']],
  [[], ['beat', 'web', 'worker']],
])('devenv logs takes names as watch does: %j', async (names, printed) => {
  expect(await logs(...names)).toEqual(printed)
})

test.each([
  ['', 'programs'],
  ['web,mysql', ['web', 'mysql']],
  ['web mysql', ['web', 'mysql']],
  ['web,all', 'all'],
])('watch --logs %j shows %j', (list, shown) => {
  expect(parseShown(list)).toEqual(shown)
})
