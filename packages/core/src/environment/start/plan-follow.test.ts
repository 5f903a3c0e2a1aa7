import { expect, test } from 'vitest'
import type { StartRecord } from '../data/record.js'
import { autoSaveOf, planFollow } from './plan-follow.js'
import type { StartStep } from './plan-steps.js'

const STEP = { name: 'migrations', service: 'hello', run: ['x'] as const, now: '', files: [], anywhere: true }
const provision = (stores: string[]): StartStep => ({ do: 'provision', step: { ...STEP, stores }, because: '' })
const looking: StartStep = { do: 'look-again', because: '' }
const record = { configs: { mysql: '', hello: '' }, ours: { hello: {} } } as unknown as StartRecord
const follow = (
  change: Partial<Omit<Parameters<typeof planFollow>[2], 'record'>>,
  kept: readonly string[] = ['auto-feature', 'feature'],
) => {
  const saves = kept.map((name) => ({ name }))
  return planFollow('main', 'feature', { left: false, steps: [], record, ...change }, saves)
}

test('nothing follows where no database would change, and the branch has no data of its own', () => {
  expect(follow({}, ['feature'])).toBeUndefined()
  expect(follow({ steps: [provision([])] }, [])).toBeUndefined()
})

test.each([
  ['a step would change a database', { steps: [provision(['mysql-8.4'])] }],
  ['a database holds migrations of the other branch', { left: true }],
  ['the images tell first what there is to do', { steps: [looking] }],
])('the data of the branch that was left are kept where %s', (_what, change) => {
  const kept = { name: 'auto-main', from: 'main', to: 'feature', servers: ['mysql'] }
  expect(follow(change, [])).toEqual({ ...kept, back: undefined })
})

test('those of the branch that is here come back, whatever they hold', () => {
  for (const left of [true, false]) expect(follow({ left })?.back).toBe('auto-feature')
  // One that a person named is the person's to take.
  expect(follow({ left: true }, ['feature'])?.back).toBeUndefined()
})

test('any name of a branch makes one of a save, and no two the same', () => {
  expect(autoSaveOf('main')).toBe('auto-main')
  expect(autoSaveOf('feat/a b')).toMatch(/^auto-feat-a-b-[0-9a-f]{8}$/)
  // What one of these is called meanwhile, or becomes, has a dot; and `.tmp` is no name of a save.
  for (const branch of ['a.new', 'w.tmp', 'a.2026-11-28T07-30-00']) expect(autoSaveOf(branch)).not.toContain('.')
  expect(autoSaveOf('feat/a b')).not.toBe(autoSaveOf('feat-a/b'))
  expect(autoSaveOf('x'.repeat(99))).toHaveLength(38)
})
