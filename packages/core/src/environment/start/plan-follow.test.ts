import { expect, test } from 'vitest'
import { sampleArchive } from '../../../test/samples.js'
import { autoSaveOf, planFollow } from './plan-follow.js'
import type { StartStep } from './plan-steps.js'

const STEP = { name: 'migrations', service: 'hello', run: ['x'] as const, now: '', files: [], anywhere: true }
const provision = (stores: string[]): StartStep => ({ do: 'provision', step: { ...STEP, stores }, because: '' })
const looking: StartStep = { do: 'look-again', because: '' }
const plan = (steps: StartStep[], change: { left?: boolean; suits?: string[]; branch?: string | undefined } = {}) => ({
  left: false,
  suits: [],
  steps,
  record: { branch: 'feature' },
  ...('branch' in change ? { record: { branch: change.branch } } : {}),
  ...change,
})
const kept = (name: string, label: string) => ({ name, description: sampleArchive({ label }).description })
const KEPT = [kept('auto-feature', 'feature'), kept('feature', 'feature')]

test.each([
  ['the same branch is there', plan([provision(['mysql-8.4'])], { branch: 'main' })],
  ['none is', plan([provision(['mysql-8.4'])], { branch: undefined })],
  ['no database would change', plan([provision([])])],
])('nothing follows where %s', (_what, planned) => {
  expect(planFollow('main', planned, KEPT)).toBeUndefined()
})

test('those of the branch that is here come back if only its images can tell which migrations it has', () => {
  expect(planFollow('main', plan([looking]), KEPT)?.back).toBe('auto-feature')
})

test.each([
  ['a step would change a database', plan([provision(['mysql-8.4'])])],
  ['a database holds migrations of the other branch', plan([], { left: true })],
  ['the images tell first what there is to do', plan([looking])],
])('the data of the branch that was left are kept where %s', (_what, planned) => {
  expect(planFollow('main', planned, [])).toEqual({ name: 'auto-main', from: 'main', to: 'feature', back: undefined })
})

test('those of the branch that is here come back if it has all their migrations', () => {
  const back = (suits: string[], saves = KEPT) => planFollow('main', plan([], { left: true, suits }), saves)?.back
  expect(back(['auto-feature'])).toBe('auto-feature')
  // One that a person named, though it fits, is the person's to take.
  expect(back(['feature'])).toBeUndefined()
  expect(back(['auto-feature'], [])).toBeUndefined()
  expect(back(['auto-feature'], [kept('auto-feature', 'Feature')])).toBeUndefined()
})

test('any name of a branch makes one of a save', () => {
  expect(autoSaveOf('feat/a b')).toBe('auto-feat-a-b')
  expect(autoSaveOf('x'.repeat(99))).toHaveLength(55)
})
