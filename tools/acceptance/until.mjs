// @ts-check
// Waits for what somebody waits for.

import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks again and again, until it does not throw.
 * @template T
 * @param {() => T | Promise<T>} ask
 * @param {{ seconds: number, every?: number }} options `every`: ms
 * @returns {Promise<T>}
 * @throws what the last asking threw, when the time is over
 */
export async function until(ask, { seconds, every = 250 }) {
  const end = performance.now() + seconds * 1000
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (performance.now() > end) {
        const message = error instanceof Error ? error.message : String(error)
        throw new Error(`after ${seconds} s: ${message}`, { cause: error })
      }
    }
    await pause(every)
  }
}
