import { describe, expect, test } from 'vitest'
import { eventually } from '../../../tools/scenarios/checkout.js'
import { inside, processesOf } from '../../../tools/scenarios/engine.js'
import { ask } from '../../../tools/scenarios/run.js'
import { startedCheckout } from './checkout.js'

const hello = startedCheckout()

const programs = async (): Promise<Record<string, string>> => {
  const { containers } = JSON.parse((await hello.devenv('status', '--json')).stdout) as {
    containers: { service: string; programs?: { name: string; state: string }[] }[]
  }
  const found = containers.find(({ service }) => service === 'hello')?.programs ?? []
  return Object.fromEntries(found.map(({ name, state }) => [name, state]))
}
const idOf = async () => (await hello.container('hello')).id
/** Which of hello's programs have a process. */
const running = async () => {
  const processes = (await processesOf(await hello.container('hello'))).join('\n')
  return [
    ...(/gunicorn/.test(processes) ? ['web'] : []),
    ...(/python3 -m hello\.worker/.test(processes) ? ['worker'] : []),
  ]
}

describe('the programs that run', () => {
  test('are all, where nobody chooses', async () => {
    await eventually(async () => expect(await running()).toEqual(['web', 'worker']))
  })

  test('are those that were chosen, in the container that is there', async () => {
    const before = await idOf()
    expect((await hello.devenv('start', '--programs', 'web')).exitCode).toBe(0)
    expect(await running()).toEqual(['web'])
    expect(await programs()).toMatchObject({ web: 'RUNNING', worker: 'LEFT_OUT' })
    expect(await idOf()).toBe(before)
    expect((await hello.get('/health/')).status).toBe(200)
  })

  test('stay so for the next start, and when the container starts again', async () => {
    await hello.start()
    expect(await running()).toEqual(['web'])
    await ask('docker', 'restart', await idOf())
    await eventually(async () => expect(await running()).toEqual(['web']))
    await hello.devenv('stop')
    await hello.start()
    expect(await running()).toEqual(['web'])
  })

  test('do not include one that is debugged before it is chosen', async () => {
    const refused = await hello.beginDevenv(['debug', 'worker'], { terminal: true }).ended
    expect(refused.exitCode).toBe(1)
    expect(refused.stdout).toContain('program-left-out')
  })

  test('are refused where one of them is unknown, and stay what they were', async () => {
    hello.env.DEVENV_PROGRAMS = 'web,wroker'
    const refused = await hello.devenv('start')
    hello.env.DEVENV_PROGRAMS = undefined
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('programs-unknown')
    expect(refused.stderr).toContain('web, worker')
    expect(await running()).toEqual(['web'])
  })

  test('can be such that none answers: the container is healthy all the same', async () => {
    const view = hello.begin(['make', 'dev.watch', 'PROGRAMS=worker'], { terminal: true })
    await view.said(/only worker/)
    expect(view.written(), 'nobody answers there').not.toContain(await hello.url())
    view.type('\u0003')
    await view.ended
    expect(await running()).toEqual(['worker'])
    const answers = ['/opt/devenv/bin/answers', 'web=http://localhost:8000/health/']
    await inside(await hello.container('hello'), ...answers)
    expect((await hello.container('hello')).health).toBe('healthy')
    expect(JSON.parse((await hello.devenv('status', '--json')).stdout)).toMatchObject({ urls: [] })
  })

  test('are chosen for a new container too', async () => {
    await hello.devenv('clean')
    expect((await hello.devenv('start', '--programs', 'worker')).exitCode).toBe(0)
    expect(await running()).toEqual(['worker'])
  })

  test('all run again, and each answers when start has ended', async () => {
    expect((await hello.devenv('start', '--programs=all')).exitCode).toBe(0)
    expect((await hello.get('/health/')).status).toBe(200)
    await eventually(async () => expect(await programs()).toEqual({ web: 'RUNNING', worker: 'RUNNING' }))
  })
})
