// @ts-check
// What both parts of `make bench` measure with. A figure counts only where what was timed is seen to have happened.

/** @param {() => unknown} work */
export async function secondsOf(work) {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** @param {number[]} values */
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** @param {number} seconds */
export const ms = (seconds) => `${Math.round(seconds * 1000)} ms`

/**
 * Ends the run where what was timed did not happen.
 * @param {boolean} happened
 * @param {string} what
 * @param {unknown} [seen]
 */
export function requireHappened(happened, what, seen = '') {
  if (!happened) throw new Error(`nothing was measured: ${what} ${seen}`)
}
