// @ts-check
// Runs steps in their order. One that fails ends only those that need it.

/**
 * `needs`: the titles of the steps without which this one makes no sense. What `run` gives is what was seen, for the
 * table: numbers, names.
 * @template Person
 * @typedef {{ title: string, needs?: readonly string[], run: (person: Person) => Promise<string | void> }} Step
 */

/**
 * @typedef {{ title: string, outcome: 'passed', seconds: number, seen: string }
 *   | { title: string, outcome: 'failed', seconds: number, problem: string }
 *   | { title: string, outcome: 'not reached', because: string }} Result
 */

/**
 * @template Person
 * @param {readonly Step<Person>[]} steps
 * @param {Person} person
 * @param {{ began?: (title: string) => void, ended?: (result: Result) => unknown, now?: () => number }} [options] `now`: ms
 * @returns {Promise<Result[]>}
 * @throws Error, before the first step, where one needs a step that does not stand before it
 */
export async function runSteps(steps, person, { began, ended, now = () => performance.now() } = {}) {
  checkNeeds(steps)
  /** @type {Map<string, Result>} */
  const results = new Map()
  for (const { title, needs = [], run } of steps) {
    const without = needs.find((need) => results.get(need)?.outcome !== 'passed')
    /** @type {Result} */
    let result
    if (without !== undefined) result = { title, outcome: 'not reached', because: without }
    else {
      began?.(title)
      const since = now()
      const seconds = () => (now() - since) / 1000
      try {
        const seen = (await run(person)) ?? ''
        result = { title, outcome: 'passed', seconds: seconds(), seen }
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error)
        result = { title, outcome: 'failed', seconds: seconds(), problem }
      }
    }
    results.set(title, result)
    await ended?.(result)
  }
  return [...results.values()]
}

/** @param {readonly { title: string, needs?: readonly string[] }[]} steps */
function checkNeeds(steps) {
  const before = new Set()
  for (const { title, needs = [] } of steps) {
    const unknown = needs.find((need) => !before.has(need))
    if (unknown !== undefined) throw new Error(`“${title}” needs “${unknown}”, but there is no such step before it.`)
    if (before.has(title)) throw new Error(`Two steps are called “${title}”.`)
    before.add(title)
  }
}
