import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { withPid } from './tools.js'

test('what a command leaves in a third-party container goes with the next command', () => {
  const noteOf = (id: string) => `/tmp/.devenv-${id}`
  const run = ([program, ...words]: readonly [string, ...string[]]) => execFileSync(program, words).toString()
  const [first, second] = [`${process.pid}-first`, `${process.pid}-second`]
  onTestFinished(() => void execFileSync('rm', ['-f', noteOf(first), noteOf(second)]))
  const pid = run(withPid(['sh', '-c', 'echo $$'], first)).trim()
  expect(run(['cat', noteOf(first)]).trim()).toBe(pid)
  expect(run(withPid(['cat', noteOf(second)], second))).toMatch(/^\d+$/m)
  expect([first, second].map((id) => existsSync(noteOf(id)))).toEqual([false, true])
})

test('what a command that still runs has left there stays', () => {
  const [running, next] = [`${process.pid}-running`, `${process.pid}-next`]
  onTestFinished(() => void execFileSync('rm', ['-f', `/tmp/.devenv-${running}`, `/tmp/.devenv-${next}`]))
  const [program, ...words] = withPid(withPid(['ls', `/tmp/.devenv-${running}`], next), running)
  expect(execFileSync(program, words).toString().trim()).toBe(`/tmp/.devenv-${running}`)
})
