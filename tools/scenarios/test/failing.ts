import { expect, test } from 'vitest'
import { freshCheckout } from '../../../examples/hello/test/checkout.js'

// Not among the scenarios: failed-scenario.scenario.ts runs it.
test('an environment that a test was not content with', async () => {
  const hello = freshCheckout()
  await hello.start()
  await hello.make('dev.greet', 'NAME=Ada')
  expect((await hello.get('/')).body).toContain('words that no page has')
})
