import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Checkout, eventually, succeeded } from '../../../tools/scenarios/checkout.js'
import { inside, processesOf } from '../../../tools/scenarios/engine.js'
import { freshCheckout } from './checkout.js'

describe('an interrupted first start', () => {
  const reached = {
    'before there is a container': (hello: Checkout) =>
      eventually(() => expect(existsSync(join(hello.path, '.dev/devenv'))).toBe(true)),
    'while the database starts': (hello: Checkout) =>
      eventually(async () => expect((await hello.container('mysql')).running).toBe(true)),
    'while it is provisioned': (hello: Checkout) =>
      eventually(() => expect(existsSync(join(hello.path, '.dev/devenv/logs/provision.log'))).toBe(true)),
  }
  const cases = [
    { signal: 'SIGINT', when: 'before there is a container' },
    { signal: 'SIGINT', when: 'while the database starts' },
    { signal: 'SIGKILL', when: 'while the database starts' },
    { signal: 'SIGTERM', when: 'while it is provisioned' },
  ] as const

  test.each(cases)('by $signal $when is gone on with by the next', async ({ signal, when }) => {
    const hello = freshCheckout()
    const first = hello.beginDevenv(['watch'])
    await reached[when](hello)
    first.signalAll(signal)
    const { exitCode } = await first.ended
    expect(exitCode).toBe({ SIGINT: 130, SIGTERM: 143, SIGKILL: 137 }[signal])
    await hello.start()
    expect((await hello.get('/')).status).toBe(200)
    succeeded(await hello.devenv('exec', '--', 'id', '-u'))
    succeeded(await hello.make('dev.greet'))
  })

  // The command in the container outlives the client that began it. MySQL takes back no change of a table, so what the
  // step had changed is there when it is run again.
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s in the middle of a step leaves none of it at work beside the next start, which goes on behind what it changed',
    async (signal) => {
      const hello = freshCheckout()
      const slow = 'hello/migrations/0099_slow.sql'
      await hello.write(slow, 'ALTER TABLE greetings ADD COLUMN slow INT;\nSELECT SLEEP(600);\n')
      const migrating = async () =>
        (await processesOf(await hello.container('hello'))).some((words) => words.includes('hello.migrate'))
      const sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'greetings'"
      const columns = async () =>
        await inside(await hello.container('mysql'), 'mysql', '-uhello', '-phello', '--batch', 'hello', '-e', sql)
      const first = hello.beginDevenv(['start'])
      await eventually(async () => expect(await columns()).toContain('slow'))
      first.signalAll(signal)
      await first.ended
      expect(await migrating()).toBe(signal === 'SIGKILL')
      await hello.write(slow, 'ALTER TABLE greetings ADD COLUMN slow INT;\n')
      await hello.start()
      expect(await migrating()).toBe(false)
      expect(await columns()).toContain('slow')
      expect((await hello.get('/')).status).toBe(200)
    },
  )

  test('and two that are begun at once bring up one', async () => {
    const hello = freshCheckout()
    const outcomes = await Promise.all([hello.devenv('start'), hello.make('dev.greet'), hello.devenv('start')])
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    expect((await hello.containers()).map(({ service }) => service).sort()).toEqual(['hello', 'mysql', 'redis'])
    expect((await hello.get('/')).status).toBe(200)
  })
})
