import { rmSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { createNetwork, networksOf } from '../../../tools/scenarios/engine.js'
import { run } from '../../../tools/scenarios/run.js'
import { freshCheckout, startedCheckout } from './checkout.js'

const hello = startedCheckout()

type Known = { service: string; checkout: string; project: string; state: string; presence: string }
/** Asked from anywhere: it is about the machine. */
const listed = async (): Promise<Known[]> =>
  JSON.parse((await hello.run(['node', ...hello.words('list', '--json')], { cwd: '/' })).stdout)

/** As a start leaves it that was killed before it made containers. */
const leaveNetwork = (project: string, checkout: string) => {
  onTestFinished(async () => void (await run(['docker', 'network', 'rm', project])))
  return createNetwork(project, { checkout, service: 'hello', 'mount-point': '/' })
}

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
  const network = { project: 'devenv-hello-network', checkout: '/nowhere/devenv-hello-network' }
  await leaveNetwork(network.project, network.checkout)
  expect(await listed()).toContainEqual(expect.objectContaining({ checkout: hello.path, presence: 'gone' }))
  expect(await listed()).toContainEqual(expect.objectContaining({ ...network, state: 'not created', presence: 'gone' }))
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
  expect(await networksOf(network.project)).toEqual([])
  expect(await listed()).not.toContainEqual(expect.objectContaining({ checkout: hello.path }))
  expect(await other.containers()).toEqual(others)
})

test('a start makes room where the engine has no addresses left for one more network', async ({ skip }) => {
  const checkout = '/nowhere/devenv-of-many-networks'
  const left: string[] = []
  const fill = async (): Promise<string> => {
    const project = `devenv-hello-filler-${left.length}`
    left.push(project)
    return await leaveNetwork(project, checkout)
  }
  let said = await fill()
  while (said === '' && left.length < 100) said = await fill()
  skip(said === '', 'this engine has addresses for more than 100 networks')
  expect(said).toMatch(/address pool/)
  const other = freshCheckout()
  const { exitCode, stderr } = await other.start()
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/no addresses left; devenv removed the networks of \d+ environments without containers/)
  expect((await Promise.all(left.map(networksOf))).flat()).toEqual([])
})
