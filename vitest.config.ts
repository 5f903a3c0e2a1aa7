import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const SCENARIOS = ['examples/*/test/**/*.scenario.ts', 'packages/*/test/**/*.scenario.ts', 'tools/**/*.scenario.ts']
/** Those that need the engine to themselves: it looks at all environments. */
const ALONE = ['examples/hello/test/prune.scenario.ts']

const UNIT = ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'tools/**/*.test.mjs']
/** What runs in containers: for Linux alone. */
const PYTHON = 'tools/python.test.mjs'
/** Those that replace a module (`vi.mock`): each in a process of its own. The others share one, which loads what they have in common once. */
const MOCKING = ['environment/data/full-disk', 'environment/start/read-stamped-inputs'].map(
  (name) => `packages/core/src/${name}.test.ts`,
)

/** Those that take longest begin first: none of them is left alone at the end. vitest itself knows that from its second run on. */
const LONGEST = [
  'python.test.mjs',
  ...[
    'saves',
    'faults',
    'edx-platform',
    'publish',
    'beside',
    'trouble',
    'frontends',
    'library',
    'without-checkout',
  ].map((name) => `${name}.scenario.ts`),
]
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (LONGEST.some((end) => moduleId.endsWith(`/${end}`)) ? 0 : 1)
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}

/** Milliseconds, for a hang alone: how long something takes depends on the machine. */
const MINUTE = 60_000
const limits = { testTimeout: 10 * MINUTE, hookTimeout: 15 * MINUTE }
/** A test that asserts nothing cannot fail. */
const expect = { requireAssertions: true, poll: { timeout: 2 * MINUTE } }
// One more than there are cores: some of them mostly wait.
const unit = { maxWorkers: availableParallelism() + 1, sequence: { groupOrder: 1 }, testTimeout: 3 * MINUTE, expect }

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: UNIT,
          exclude: [...MOCKING, PYTHON],
          isolate: false,
          ...unit,
        },
      },
      { test: { name: 'unit-mocking', include: MOCKING, ...unit } },
      // Some of them tell by the clock: not too many at once.
      { test: { name: 'unit-python', include: [PYTHON], maxConcurrency: 3, ...unit } },
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
