import { defineConfig } from 'vitest/config'

// A scenario that fails, run by failed-scenario.scenario.ts.
export default defineConfig({
  test: { include: ['tools/scenarios/test/failing.ts'], testTimeout: 600_000, hookTimeout: 600_000 },
})
