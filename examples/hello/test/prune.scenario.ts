import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { networksOf } from '../../../tools/scenarios/engine.js'
import { freshCheckout, startedCheckout } from './checkout.js'

const hello = startedCheckout()

type Known = { service: string; checkout: string; project: string; state: string; presence: string }
/** Asked from anywhere: it is about the machine. */
const listed = async (): Promise<Known[]> =>
  JSON.parse((await hello.run(['node', ...hello.words('list', '--json')], { cwd: '/' })).stdout)

test('list names every environment, and prune removes those whose checkout is gone', async ({ skip }) => {
  const [{ project } = { project: '' }] = await hello.containers()
  expect(await listed()).toContainEqual({
    service: 'hello',
    checkout: hello.path,
    project,
    state: 'running',
    urls: [await hello.url()],
    beside: [],
    libraries: [],
    presence: 'there',
  })
  // Other people's are theirs to prune.
  skip(
    (await listed()).some(({ presence }) => presence === 'gone'),
    'an environment on this machine has lost its checkout',
  )

  const other = freshCheckout()
  await other.start()
  const others = await other.containers()
  await hello.devenv('stop')
  rmSync(hello.path, { recursive: true })
  expect(await listed()).toContainEqual(expect.objectContaining({ checkout: hello.path, presence: 'gone' }))
  // From anywhere: there is no checkout to be in. Nobody can be asked here.
  const unasked = await hello.run(['node', ...hello.words('prune')], { cwd: '/' })
  expect(unasked.exitCode).toBe(1)
  expect(unasked.stderr).toContain('prune --yes')
  expect(await hello.containers()).not.toEqual([])
  const { exitCode, stdout } = await hello.run(['node', ...hello.words('prune', '--yes')], { cwd: '/' })
  expect(exitCode).toBe(0)
  expect(stdout).toContain(hello.path)
  expect(await hello.containers()).toEqual([])
  expect(await networksOf(project)).toEqual([])
  expect(await listed()).not.toContainEqual(expect.objectContaining({ checkout: hello.path }))
  expect(await other.containers()).toEqual(others)
})
