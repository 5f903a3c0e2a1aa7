import { beforeAll, expect, test } from 'vitest'
import { REPOSITORY } from '../scenarios/checkout.js'
import { type Outcome, run } from '../scenarios/run.js'

/** Some of each class; `make faults` does all. */
const SAMPLES = { interruptions: 2, engine: 1, silence: 1, states: 2, links: 1, disk: 1 }

let outcome: Outcome
beforeAll(async () => {
  outcome = await run(['node', 'tools/faults/faults.mjs'], {
    cwd: REPOSITORY,
    env: { CLASS: Object.keys(SAMPLES).join(), SAMPLE: Object.values(SAMPLES).join() },
  })
})

test.each(Object.entries(SAMPLES))('after each of the %s, one start mends it and nothing is lost', (name, count) => {
  const { exitCode, stdout, stderr } = outcome
  expect(stdout).toMatch(new RegExp(`^\\| ${name} \\| \\d+ \\| ${count} \\| 0 \\| 0 \\|$`, 'm'))
  expect(exitCode, stdout + stderr).toBe(0)
})
