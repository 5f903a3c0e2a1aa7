import { expect, test } from 'vitest'
import { REPOSITORY } from '../scenarios/checkout.js'
import { run } from '../scenarios/run.js'

/** Some of all moments; `node tools/interruptions/interruptions.mjs` takes each. */
const EVERY = '90'

test('whenever a first start, a changed start, a stop or a clean is interrupted, one start mends it', async () => {
  const { exitCode, stdout, stderr } = await run(['node', 'tools/interruptions/interruptions.mjs'], {
    cwd: REPOSITORY,
    env: { EVERY },
  })
  expect(exitCode, stdout + stderr).toBe(0)
  const counts = [...stdout.matchAll(/^(\d+) of (\d+) ended well: (.*) \(/gm)]
  expect(counts.map(([, , , situation]) => situation)).toEqual([
    'a first start',
    'a start with changed configuration',
    'a stop',
    'a clean',
  ])
  for (const [, well, all] of counts) {
    expect(Number(all)).toBeGreaterThan(0)
    expect(well).toBe(all)
  }
})
