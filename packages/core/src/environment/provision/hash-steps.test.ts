import { expect, test } from 'vitest'
import { testEach } from '../../../test/samples.js'
import type { ProvisionStep } from '../../definition/definition.js'
import { hashSteps, type ProvisionFacts } from './hash-steps.js'

const NOTHING = { files: [], installed: [], stores: [], libraries: [], image: false, address: false }
const STEPS: ProvisionStep[] = [
  { name: 'by files', service: 'web', run: ['migrate'], when: { ...NOTHING, files: ['a/*.sql', 'b/*.sql'] } },
  { name: 'by one store', service: 'web', run: ['fill'], when: { ...NOTHING, stores: ['mysql'] } },
  { name: 'by image', service: 'web', run: ['assets'], when: { ...NOTHING, image: true } },
  { name: 'by address', service: 'web', run: ['site'], when: { ...NOTHING, address: true } },
  { name: 'by nothing', service: 'web', run: ['once'], when: NOTHING },
]
const matched = (hash: string, ...names: string[]) => ({
  hash,
  contents: Object.fromEntries(names.map((name) => [name, name])),
})
const FACTS: ProvisionFacts = {
  files: { 'a/*.sql': matched('a1'), 'b/*.sql': matched('b1') },
  stores: { mysql: 'store-1', redis: 'store-2' },
  images: { web: 'image-1', shop: 'image-9' },
  libraries: {},
  installed: { web: ['auth/migrations/0001.py'] },
  addresses: { web: 'http://localhost:23000', shop: 'http://localhost:23009' },
}

/** The steps that are due again when they passed with `FACTS` and `facts` are what is now. */
const due = (facts: ProvisionFacts, steps = STEPS): string[] => {
  const before = hashSteps(STEPS, FACTS)
  return hashSteps(steps, facts)
    .filter(({ now }, index) => now !== before[index]?.now)
    .map(({ name }) => name)
}

test('the same facts give the same hashes, in the order of the steps', () => {
  expect(due(structuredClone(FACTS))).toEqual([])
  expect(hashSteps(STEPS, FACTS).map(({ name }) => name)).toEqual(STEPS.map(({ name }) => name))
})

test('a step is named by what it depends on, not by where it stands', () => {
  const [first, second] = hashSteps([...STEPS].reverse(), FACTS).reverse()
  expect([first, second]).toEqual(hashSteps(STEPS, FACTS).slice(0, 2))
})

test('a step fills the stores that it names, and all of the environment where it names none', () => {
  const stores = Object.fromEntries(hashSteps(STEPS, FACTS).map(({ name, stores }) => [name, stores]))
  expect(stores['by one store']).toEqual(['store-1'])
  for (const name of ['by files', 'by image', 'by address', 'by nothing'])
    expect(stores[name]).toEqual(['store-1', 'store-2'])
})

test('a step names the files of all its globs, each once', () => {
  const files = { 'a/*.sql': matched('a1', 'a/1.sql', 'x.sql'), 'b/*.sql': matched('b1', 'b/1.sql', 'x.sql') }
  const [byFiles, ...others] = hashSteps(STEPS, { ...FACTS, files })
  expect(byFiles?.files).toEqual(['a/1.sql', 'x.sql', 'b/1.sql'])
  expect(others.flatMap((step) => step.files)).toEqual([])
})

test('a step whose store is left out fills none', () => {
  const [step] = hashSteps(STEPS.slice(1, 2), { ...FACTS, stores: {} })
  expect(step?.stores).toEqual([])
})

testEach<{ what: string; facts: Partial<ProvisionFacts>; again: string[] }>([
  {
    what: 'a file of the first glob',
    facts: { files: { ...FACTS.files, 'a/*.sql': matched('a2') } },
    again: ['by files'],
  },
  {
    what: 'a file of the second glob',
    facts: { files: { ...FACTS.files, 'b/*.sql': matched('b2') } },
    again: ['by files'],
  },
  {
    what: 'two globs that swapped what they match',
    facts: { files: { 'a/*.sql': matched('b1'), 'b/*.sql': matched('a1') } },
    again: ['by files'],
  },
  { what: 'the image', facts: { images: { ...FACTS.images, web: 'image-2' } }, again: ['by image'] },
  {
    what: 'the address',
    facts: { addresses: { ...FACTS.addresses, web: 'http://localhost:23010' } },
    again: ['by address'],
  },
])('$what makes exactly the steps due that depend on it', ({ facts, again }) => {
  expect(due({ ...FACTS, ...facts })).toEqual(again)
})

test('another command makes its step due again', () => {
  const [first, ...rest] = STEPS as [ProvisionStep, ...ProvisionStep[]]
  expect(due(FACTS, [{ ...first, run: ['migrate', '--all'] }, ...rest])).toEqual(['by files'])
})

test('words of a command are not joined: [a, "b c"] is not [a, b, c]', () => {
  const step = (run: ProvisionStep['run']): ProvisionStep => ({ name: 'one', service: 'web', run, when: NOTHING })
  const [joined, apart] = [step(['a', 'b c']), step(['a', 'b', 'c'])].map((one) => hashSteps([one], FACTS)[0]?.now)
  expect(joined).not.toBe(apart)
})

test('a step of another service depends on the image and the address of that', () => {
  const steps = STEPS.map((step) => ({ ...step, service: 'shop' }))
  const before = hashSteps(steps, FACTS)
  const changed = { images: { ...FACTS.images, shop: 'new' }, addresses: { ...FACTS.addresses, shop: 'new' } }
  const again = hashSteps(steps, { ...FACTS, ...changed }).filter(({ now }, index) => now !== before[index]?.now)
  expect(again.map(({ name }) => name)).toEqual(['by image', 'by address'])
})

test('what attached libraries bring makes a step due that looks at them; without any it is what it was', () => {
  const [first, ...rest] = STEPS as [ProvisionStep, ...ProvisionStep[]]
  const steps = [{ ...first, when: { ...first.when, libraries: ['**/*.sql'] } }, ...rest]
  expect(due(FACTS, steps)).toEqual([])
  const libraries = { '**/*.sql': matched('l1', 'poll/1.sql') }
  expect(due({ ...FACTS, libraries }, steps)).toEqual(['by files'])
  expect(hashSteps(steps, { ...FACTS, libraries })[0]?.files).toEqual(['poll/1.sql'])
  const changed = { '**/*.sql': matched('l2', 'poll/1.sql') }
  const [before, after] = [libraries, changed].map((each) => hashSteps(steps, { ...FACTS, libraries: each })[0]?.now)
  expect(after).not.toBe(before)
})
