import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PACKAGE } from '../../../examples/hello/test/checkout.js'
import { CORE, REPOSITORY } from '../checkout.js'
import { containersOf, removeBelow } from '../engine.js'
import { ask, run } from '../run.js'

/** Runs a scenario that fails. */
async function failed(name: string, env: Readonly<Record<string, string>> = {}) {
  const config = ['--config', 'tools/scenarios/test/vitest.config.ts', '--testNamePattern', name]
  const reporters = ['--reporter', 'tools/scenarios/show-evidence.ts', '--reporter', 'default']
  const vitest = ['node_modules/.bin/vitest', 'run', ...config, ...reporters]
  const { exitCode, stdout, stderr } = await run(vitest, { cwd: REPOSITORY, env })
  const said = `${stdout}${stderr}`
  const folder = /The evidence of this failure is in (\S+)/.exec(said)?.[1] ?? ''
  if (folder !== '') onTestFinished(() => rmSync(folder, { recursive: true }))
  expect(exitCode, said).toBe(1)
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  const { checkout } = JSON.parse(read('status.json'))
  return { said, folder, read, checkout }
}

test('what a failed scenario saw is kept, the end of its logs is shown before its failure, and its environment is removed', async () => {
  const { said, folder, read, checkout } = await failed('an environment for one test')
  expect(said).toMatch(/==> \.failed\/\S+\/hello\.log <==[\s\S]*FAIL[\s\S]*words that no page has/)
  expect(read('typed.txt')).toMatch(/^\$ make dev\.greet NAME=Ada\nHello, Ada!$/m)
  const project = readdirSync(join(folder, 'data')).find((name) => name.endsWith('.compose.json')) ?? ''
  expect(Object.keys(JSON.parse(read(`data/${project}`)).services)).toEqual(['hello', 'mysql', 'redis'])
  expect(read('data/logs/web.log')).toContain('GET / ')
  expect(existsSync(join(folder, 'data/stores'))).toBe(false)
  expect(JSON.parse(read('status.json'))).toMatchObject({ service: 'hello', state: 'running' })
  expect(read('hello.log')).toContain('GET / ')
  expect(read('mysql.log')).not.toBe('')
  expect(JSON.parse(read('inspect.json'))).toHaveLength(3)
  expect(read('events.txt')).toMatch(/container start .*com\.docker\.compose\.service=mysql/)

  expect(existsSync(checkout)).toBe(false)
  expect(await containersOf(checkout)).toEqual([])
})

test('with DEVENV_KEEP_FAILED its checkout and its containers are left as they are', async () => {
  const { said, checkout } = await failed('an environment for all tests', { DEVENV_KEEP_FAILED: '1' })
  onTestFinished(async () => {
    await removeBelow(dirname(checkout))
    rmSync(dirname(checkout), { recursive: true })
  })
  expect(said).toContain(checkout)
  expect((await containersOf(checkout)).map(({ running }) => running)).toEqual([true, true, true])
  expect(
    await ask('node', join(CORE, 'bin/devenv.js'), '--package', PACKAGE, '--checkout', checkout, 'status'),
  ).toContain('running')
})
