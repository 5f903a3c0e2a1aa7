// @ts-check
import { expect, test } from 'vitest'
import { runSteps } from './run-steps.mjs'

const fails = async () => {
  throw new Error('it is not there\nand more')
}

test('a step that fails ends those that need it, and no others', async () => {
  /** @type {string[]} */
  const ran = []
  const passes = (/** @type {string[]} */ log) => async () => void log.push('ran')
  const results = await runSteps(
    [
      { title: 'start', run: async () => 'in 3 s' },
      { title: 'sign in', needs: ['start'], run: fails },
      { title: 'edit a course', needs: ['sign in'], run: passes(ran) },
      { title: 'publish it', needs: ['edit a course'], run: passes(ran) },
      { title: 'tests', needs: ['start'], run: async () => '52 passed' },
    ],
    [],
    { now: () => 0 },
  )
  expect(results).toEqual([
    { title: 'start', outcome: 'passed', seconds: 0, seen: 'in 3 s' },
    { title: 'sign in', outcome: 'failed', seconds: 0, problem: 'it is not there\nand more' },
    { title: 'edit a course', outcome: 'not reached', because: 'sign in' },
    { title: 'publish it', outcome: 'not reached', because: 'edit a course' },
    { title: 'tests', outcome: 'passed', seconds: 0, seen: '52 passed' },
  ])
  expect(ran).toEqual([])
})

test('each step is timed by itself, and told when it begins and ends', async () => {
  let ms = 0
  /** @type {string[]} */
  const told = []
  const takes = (/** @type {number} */ seconds) => async () => {
    ms += seconds * 1000
  }
  const results = await runSteps(
    [
      { title: 'one', run: takes(2) },
      { title: 'two', run: takes(5) },
    ],
    {},
    {
      now: () => ms,
      began: (title) => told.push(title),
      ended: ({ title, outcome }) => told.push(`${title} ${outcome}`),
    },
  )
  expect(results.map((result) => 'seconds' in result && result.seconds)).toEqual([2, 5])
  expect(told).toEqual(['one', 'one passed', 'two', 'two passed'])
})

test('a step may need only what stands before it', async () => {
  const ran = /** @type {string[]} */ ([])
  const run = async () => void ran.push('ran')
  await expect(
    runSteps(
      [
        { title: 'one', run },
        { title: 'two', needs: ['oen'], run },
      ],
      {},
    ),
  ).rejects.toThrow('“two” needs “oen”, but there is no such step before it.')
  expect(ran, 'before anything is started').toEqual([])
})
