import { expect, test } from 'vitest'
import { freshCheckout } from '../examples/hello/test/checkout.js'
import { get, REPOSITORY, succeeded } from './scenarios/checkout.js'

test('`make start` in this repository has a service answer at the address that it prints; `stop` and `clean` are for the same', async () => {
  const hello = freshCheckout()
  hello.env = { ...hello.env, DEVENV_PACKAGE: undefined, DEVENV_MK: undefined }
  const make = async (target: string) =>
    succeeded(await hello.make('-C', REPOSITORY, target, 'SERVICE=hello', `CHECKOUT=${hello.path}`)).stdout
  const [, address = 'none'] = /^hello answers at (http:\S+)$/m.exec(await make('start')) ?? []
  expect((await get(address)).status).toBe(200)
  await make('stop')
  expect((await hello.container('hello')).running).toBe(false)
  await make('clean')
  expect(await hello.containers()).toEqual([])
})
