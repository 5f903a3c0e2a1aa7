import { describe, expect, test } from 'vitest'
import { sampleContainer, testEach } from '../../../test/samples.js'
import { type Observed, planStart, type StartStep, type Wanted } from './plan-steps.js'

const ALL: Wanted = { ours: ['web'], needs: ['mysql', 'redis'], programs: 'all' }
const CONFIGS = { web: 'w1', mysql: 'm1', redis: 'r1' }
const RUNNING: Observed = {
  containers: [sampleContainer('mysql', 'm1'), sampleContainer('redis', 'r1'), sampleContainer('web', 'w1')],
  configs: CONFIGS,
  released: { web: { container: 'id-of-web', programs: 'all' } },
  steps: [
    { name: 'migrations', now: 'a', passed: 'a' },
    { name: 'accounts', now: 'b', passed: 'b' },
  ],
}
const replace = (...changed: Observed['containers'][number][]): Observed => ({
  ...RUNNING,
  containers: RUNNING.containers.map(
    (container) => changed.find(({ service }) => service === container.service) ?? container,
  ),
})

/** A second service of ours beside the primary, both running. */
const TWO: Wanted = { ours: ['web', 'shop'], needs: ['mysql'], programs: 'all' }
const BOTH: Observed = {
  ...RUNNING,
  containers: [...RUNNING.containers, sampleContainer('shop', 's1')],
  configs: { ...CONFIGS, shop: 's1' },
  released: { ...RUNNING.released, shop: { container: 'id-of-shop', programs: 'all' } },
}

/** A plan as words, causes left out. */
const words = (plan: readonly StartStep[]): string[] =>
  plan.map((step) => {
    if (step.do === 'remove') return `remove ${step.service}`
    if (step.do === 'create') return `create ${step.services.join(' ')}`
    if (step.do === 'start') return `start ${step.service}`
    const of = 'service' in step && step.service !== 'web' ? `${step.do} of ${step.service}` : step.do
    if (step.do === 'release') return step.programs === 'all' ? of : `${of} ${step.programs.join()}`
    return step.do === 'provision' ? `provision ${step.step}` : of
  })

describe('the plan of a start', () => {
  const cases: { title: string; wanted?: Wanted; observed: Observed; plan: string[] }[] = [
    { title: 'is empty when all runs as it should', observed: RUNNING, plan: [] },
    {
      title: 'removes the container of a service that is no part of it any more',
      observed: { ...RUNNING, containers: [...RUNNING.containers, sampleContainer('search', 's1')] },
      plan: ['remove search'],
    },
    {
      title: 'creates, starts, provisions and releases where nothing is there',
      observed: {
        containers: [],
        configs: CONFIGS,
        released: {},
        steps: [{ name: 'migrations', now: 'a', passed: undefined }],
      },
      plan: ['create mysql redis web', 'start mysql', 'start redis', 'start web', 'provision migrations', 'release'],
    },
    {
      title: 'replaces only the service whose configuration changed',
      observed: replace(sampleContainer('redis', 'r0')),
      plan: ['create redis', 'start redis', 'restart-programs'],
    },
    {
      title: 'releases the programs of a primary container that is replaced',
      observed: replace(sampleContainer('web', 'w0')),
      plan: ['create web', 'start web', 'release'],
    },
    {
      title: 'creates only the one that is missing',
      observed: { ...RUNNING, containers: RUNNING.containers.slice(1) },
      plan: ['create mysql', 'start mysql', 'restart-programs'],
    },
    {
      title: 'restarts programs that went on without their database, which wait longer each time',
      observed: replace(sampleContainer('mysql', 'm1', { state: 'exited', health: 'none' })),
      plan: ['start mysql', 'restart-programs'],
    },
    {
      title: 'starts what is stopped and replaces nothing',
      observed: replace(
        sampleContainer('mysql', 'm1', { state: 'exited', health: 'none' }),
        sampleContainer('web', 'w1', { state: 'exited', health: 'none' }),
      ),
      plan: ['start mysql', 'start web'],
    },
    {
      title: 'goes on after an interruption between creating and starting',
      observed: {
        ...RUNNING,
        released: {},
        containers: RUNNING.containers.map((container) => ({ ...container, state: 'created', health: 'none' })),
      },
      plan: ['start mysql', 'start redis', 'start web', 'release'],
    },
    {
      title: 'releases programs that are still held',
      observed: { ...RUNNING, released: {} },
      plan: ['release'],
    },
    {
      title: 'releases programs when another container was released',
      observed: { ...RUNNING, released: { web: { container: 'id-of-the-one-before', programs: 'all' } } },
      plan: ['release'],
    },
    {
      title: 'changes which programs run in the container that is there',
      wanted: { ...ALL, programs: ['beat', 'web'] },
      observed: RUNNING,
      plan: ['release beat,web'],
    },
    {
      title: 'is empty when the same programs are chosen again',
      wanted: { ...ALL, programs: ['web'] },
      observed: { ...RUNNING, released: { web: { container: 'id-of-web', programs: ['web'] } } },
      plan: [],
    },
    {
      title: 'brings back every program when all are chosen again',
      observed: { ...RUNNING, released: { web: { container: 'id-of-web', programs: ['web'] } } },
      plan: ['release'],
    },
    {
      title: 'releases what is chosen in a container that is replaced',
      wanted: { ...ALL, programs: ['web'] },
      observed: replace(sampleContainer('web', 'w0')),
      plan: ['create web', 'start web', 'release web'],
    },
    {
      title: 'runs only the steps that are due, in the order in which they are declared',
      observed: {
        ...RUNNING,
        steps: [
          { name: 'first', now: 'a', passed: 'z' },
          { name: 'second', now: 'b', passed: 'b' },
          { name: 'third', now: 'c', passed: undefined },
        ],
      },
      plan: ['provision first', 'provision third'],
    },
    {
      title: 'provisions before it releases',
      observed: { ...RUNNING, released: {}, steps: [{ name: 'migrations', now: 'b', passed: 'a' }] },
      plan: ['provision migrations', 'release'],
    },
    {
      title: 'of a target that needs one server touches that and the primary only, and neither provisions nor releases',
      wanted: { ours: ['web'], needs: ['mysql'], programs: undefined },
      observed: { containers: [], configs: CONFIGS, released: {}, steps: RUNNING.steps },
      plan: ['create mysql web', 'start mysql', 'start web'],
    },
    {
      title: 'of a target that needs no server is the primary alone',
      wanted: { ours: ['web'], needs: [], programs: undefined },
      observed: { ...RUNNING, containers: RUNNING.containers.slice(0, 2), released: {} },
      plan: ['create web', 'start web'],
    },
    {
      title: 'provisions before it releases the programs of any of our containers',
      wanted: TWO,
      observed: {
        containers: [],
        configs: { ...CONFIGS, shop: 's1' },
        released: {},
        steps: [{ name: 'migrations', now: 'a', passed: undefined }],
      },
      plan: [
        'create mysql web shop',
        'start mysql',
        'start web',
        'start shop',
        'provision migrations',
        'release',
        'release of shop',
      ],
    },
    {
      title: 'replaces one of our containers and leaves the programs of the other alone',
      wanted: TWO,
      observed: { ...BOTH, containers: [...RUNNING.containers, sampleContainer('shop', 's0')] },
      plan: ['create shop', 'start shop', 'release of shop'],
    },
    {
      title: 'restarts the programs of both when a server had not been running',
      wanted: TWO,
      observed: {
        ...BOTH,
        containers: BOTH.containers.map((each) => (each.service === 'mysql' ? { ...each, state: 'exited' } : each)),
      },
      plan: ['start mysql', 'restart-programs', 'restart-programs of shop'],
    },
    {
      title: 'leaves a container alone that is no part of what is wanted',
      wanted: { ours: ['web'], needs: ['mysql'], programs: undefined },
      observed: replace(sampleContainer('redis', 'r0', { state: 'exited' })),
      plan: [],
    },
  ]
  testEach(cases)('$title', ({ wanted, observed, plan }) => {
    expect(words(planStart(wanted ?? ALL, observed))).toEqual(plan)
  })

  test('names in each cause what made the step necessary', () => {
    const plan = planStart(ALL, {
      ...RUNNING,
      containers: [sampleContainer('mysql', 'm0'), sampleContainer('web', 'w1', { state: 'exited' })],
      steps: [
        { name: 'migrations', now: 'b', passed: 'a' },
        { name: 'accounts', now: 'b', passed: undefined },
      ],
    })
    const because = (find: (step: StartStep) => boolean) => plan.find(find)?.because ?? ''
    const create = because((step) => step.do === 'create')
    expect(create).toMatch(/redis/)
    expect(create).toMatch(/mysql changed/)
    expect(create).not.toMatch(/web/)
    expect(because((step) => step.do === 'start' && step.service === 'web')).toBe('exited')
    const chosen = planStart({ ...ALL, programs: ['beat', 'web'] }, RUNNING)
    expect(chosen.map(({ because }) => because)).toEqual(['chosen: beat,web'])
    const due = because((step) => step.do === 'provision' && step.step === 'migrations')
    const never = because((step) => step.do === 'provision' && step.step === 'accounts')
    expect(due).not.toBe(never)
    for (const step of plan) expect(step.because).not.toBe('')
  })
})
