import { expect, test } from 'vitest'
import { lackedBy } from './choose-seed.js'
import { basisOfHeld, planWish } from './plan-data.js'

const [OURS, THEIRS] = ['shop/migrations/0001_a.py', 'shop/migrations/0002_b.py']
const BASIS = { service: 'shop', digest: 'now', label: 'main', migrations: { [OURS]: 'a' }, installed: [], image: '0' }
const step = (now: string, anywhere = true) => ({
  name: 'migrations',
  service: 'shop',
  run: ['x'] as [string],
  now,
  files: [OURS],
  stores: ['mysql-8.4'],
  anywhere,
})
const store = (steps: Record<string, string>, migrations = [OURS, THEIRS]) => ({
  store: { name: 'mysql-8.4', service: 'mysql' } as never,
  ledger: { steps, files: { migrations: [...migrations, 'shop/migrations/__init__.py'] } } as never,
})

test('data that this checkout has made hold what it has', () => {
  const ours = store({ migrations: '1' }, [OURS])
  expect(basisOfHeld(BASIS, [step('1')], [ours])).toBe(BASIS)
  // Another address makes other data only in steps that every environment carries out itself.
  expect(basisOfHeld(BASIS, [step('1'), step('2', false)], [ours])).toBe(BASIS)
})

test('data that this checkout goes on with hold what another branch has left in them, too', () => {
  const held = basisOfHeld(BASIS, [step('1')], [store({ migrations: '1' })])
  expect(held).toEqual({ ...BASIS, digest: '', migrations: { [OURS]: 'a', [THEIRS]: '' } })
})

test('data of another branch hold what their ledgers name, and suit only a branch that has it all', () => {
  const held = basisOfHeld(BASIS, [step('2')], [store({ migrations: '1' })])
  expect(held).toEqual({ ...BASIS, digest: '', migrations: { [OURS]: '', [THEIRS]: '' } })
  const archive = { description: { ...held, format: 1 as const, created: '', stores: {} } }
  expect(lackedBy(BASIS, archive)).toEqual([THEIRS])
  expect(lackedBy({ ...BASIS, migrations: { [OURS]: 'a', [THEIRS]: 'b' } }, archive)).toEqual([])
})

test('a seed says, as a save does, on which branch it was made', () => {
  const images = { own: { digest: '0' } } as never
  const { basis } = planWish('shop', [], { stores: [], images, files: {}, attached: {}, installed: {}, branch: 'ulmo' })
  expect(basis.label).toBe('ulmo')
})
