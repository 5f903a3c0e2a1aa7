import { defineConfig } from 'vitest/config'

const SCENARIOS = ['examples/*/test/**/*.scenario.ts', 'packages/*/test/**/*.scenario.ts', 'tools/**/*.scenario.ts']
/** Those that need the engine, or the machine, to themselves: one looks at all environments, the other measures. */
const ALONE = ['examples/hello/test/prune.scenario.ts', 'tools/bench/bench.scenario.ts']

/** Milliseconds, for a hang alone: how long something takes depends on the machine. */
const MINUTE = 60_000
const limits = { testTimeout: 10 * MINUTE, hookTimeout: 15 * MINUTE }
/** A test that asserts nothing cannot fail. */
const expect = { requireAssertions: true, poll: { timeout: 2 * MINUTE } }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'tools/**/*.test.mjs'],
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
          testTimeout: 3 * MINUTE,
          expect,
        },
      },
      {
        test: {
          name: 'scenarios',
          include: SCENARIOS,
          exclude: ALONE,
          // Each test has a checkout of its own. More at once than these want more memory than a small machine has.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
          ...limits,
          expect,
        },
      },
      {
        test: {
          name: 'scenarios-alone',
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          ...limits,
          expect,
        },
      },
    ],
  },
})
