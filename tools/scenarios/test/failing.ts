import { describe, expect, test } from 'vitest'
import { freshCheckout, type Hello, startedCheckout } from '../../../examples/hello/test/checkout.js'

// Not among the scenarios: failed-scenario.scenario.ts runs it.
const lookFor = async (words: string, hello: Hello) => {
  await hello.make('dev.greet', 'NAME=Ada')
  expect((await hello.get('/')).body).toContain(words)
}

test('an environment for one test', async () => {
  const hello = freshCheckout()
  await hello.start()
  await lookFor('words that no page has', hello)
})

describe('an environment for all tests', () => {
  const hello = startedCheckout()

  test('of which one is content', () => lookFor('Greetings', hello))
  test('and another is not', () => lookFor('words that no page has', hello))
})
