import { describe, expect, test } from 'vitest'
import { sampleArchive, sampleContainer, samplePublishedSeed, testEach } from '../../../test/samples.js'
import type { ImagesPlan } from '../../image/ensure-images.js'
import type { Ledger } from '../data/ledger.js'
import type { Begun } from '../data/record.js'
import type { RunningCommands } from '../inside/read-commands.js'
import { cancelInside } from '../inside/tools.js'
import type { Store } from '../project/stores-of.js'
import type { DueStep } from '../provision/hash-steps.js'
import { type Passed, planSteps, type StartState, type StepsPlan, type Wanted } from './plan-steps.js'

const ALL: Wanted = { ours: ['web'], needs: ['mysql', 'redis'], programs: 'all' }
const CONFIGS = { web: 'w1', mysql: 'm1', redis: 'r1' }
const IMAGES: ImagesPlan = {
  own: { do: 'use', reference: 'devenv/web:inputs-0', digest: '0', because: 'it is here' },
  official: [],
  published: [],
}
const due = (
  name: string,
  passed: Passed,
  needs?: readonly string[],
): DueStep & { passed: Passed; fresh: readonly string[] } => ({
  name,
  fresh: [],
  needs,
  passed,
  service: 'web',
  run: ['run', name],
  files: [],
  now: `${name}-1`,
  stores: ['mysql-8.4'],
  anywhere: true,
})
const BEGUN: Begun = {
  step: 'migrations',
  now: 'migrations-1',
  files: [],
  stores: [],
  container: 'id-of-web',
  id: 'migrations-0',
}
const STORE: Store = {
  service: 'mysql',
  name: 'mysql-8.4',
  target: '/var/lib/mysql',
  version: '8.4',
  portable: { dump: 'd', load: 'l', by: 'server' },
}
const NEW_STORE = { store: STORE, ledger: undefined, half: false }
const FILES: Store = { ...STORE, service: 'web', name: 'uploads', version: 'any' }
const NEW_FILES = { store: FILES, ledger: undefined, half: false }
const ARCHIVE = sampleArchive({})
const PUBLISHED = samplePublishedSeed('ulmo.4')
const KEEP = { stores: [STORE], basis: ARCHIVE.description }
const LEDGER: Ledger = { server: 'mysql', version: '8.4', steps: {}, files: {}, underway: 'migrations-0' }
/** What runs in a container: `bash` somebody's, `(bash)` nobody's. */
const running = (...typed: string[]): RunningCommands => {
  const commands = typed.map((words) => ({ id: words, words: words.replace(/[()]/g, ''), cancel: cancelInside }))
  const abandoned = commands.filter(({ id }) => id.startsWith('('))
  return { attended: commands.filter((command) => !abandoned.includes(command)), abandoned }
}
const RUNNING: StartState = {
  primary: 'web',
  containers: [sampleContainer('mysql', 'm1'), sampleContainer('redis', 'r1'), sampleContainer('web', 'w1')],
  configs: CONFIGS,
  changes: {},
  released: { web: { container: 'id-of-web', programs: 'all' } },
  commands: {},
  images: IMAGES,
  moved: [],
  networks: [],
  libraries: [],
  stores: [{ store: STORE, ledger: LEDGER, half: false }],
  data: { pull: undefined, loads: [], keep: undefined },
  begun: undefined,
  stopping: false,
  steps: [due('migrations', 'now'), due('accounts', 'now')],
}
const NOTHING: StartState = { ...RUNNING, containers: [], released: {} }
const replace = (...changed: StartState['containers'][number][]): StartState => ({
  ...RUNNING,
  containers: RUNNING.containers.map(
    (container) => changed.find(({ service }) => service === container.service) ?? container,
  ),
})

/** A second service of ours beside the primary, both running. */
const TWO: Wanted = { ours: ['web', 'shop'], needs: ['mysql'], programs: 'all' }
const BOTH: StartState = {
  ...RUNNING,
  containers: [...RUNNING.containers, sampleContainer('shop', 's1')],
  configs: { ...CONFIGS, shop: 's1' },
  released: { ...RUNNING.released, shop: { container: 'id-of-shop', programs: 'all' } },
}

/** A plan as words, causes left out. */
const words = ({ awaited, steps }: StepsPlan): string[] =>
  [...(awaited === undefined ? [] : [awaited]), ...steps].map((step) => {
    switch (step.do) {
      case 'join':
        return `join ${step.begun.step}${step.failure === 'counts' ? '' : ', whose failure is told'}`
      case 'images':
        return 'images'
      case 'remove-project':
        return `remove ${step.project}`
      case 'await-commands':
      case 'stop':
      case 'remove':
        return `${step.do} ${step.containers.map(({ name }) => name.replace('devenv-hello-0-', '')).join(' ')}`
      case 'look-again':
      case 'put-back':
        return step.do
      case 'empty-stores':
      case 'keep-seed':
        return `${step.do} ${step.stores.map(({ name }) => name).join(' ')}`
      case 'pull-seed':
        return `pull-seed ${step.seed.published.reference}`
      case 'open-store':
        return `open ${step.store.name}${step.loading === undefined ? '' : ' for data'}`
      case 'load':
        return `load ${step.store.name}`
      case 'end-commands':
        return `end ${step.commands.map(({ words }) => words).join()} in ${step.container.service}`
      case 'provision':
        return `provision ${step.step.name}`
      case 'release':
      case 'choose':
        return `${step.do} ${step.service}${step.programs === 'all' ? '' : `: ${step.programs.join()}`}`
      case 'libraries':
        return `libraries ${step.libraries.map(({ name }) => name).join(' ')}`
      case 'network':
        return `network ${step.names.join(' ')}`
      default:
        return `${step.do} ${'services' in step ? step.services.join(' ') : step.service}`
    }
  })

describe('the plan of a start', () => {
  const cases: { title: string; wanted?: Wanted; state: StartState; plan: string[] }[] = [
    { title: 'is empty when all runs as it should', state: RUNNING, plan: [] },
    {
      title: 'ends a stop that was interrupted before it trusts in what the engine calls running',
      state: {
        ...RUNNING,
        stopping: true,
        containers: [...RUNNING.containers.slice(1), sampleContainer('mysql', 'm1', { state: 'exited' })],
      },
      plan: ['stop redis-1 web-1', 'open mysql-8.4', 'start mysql redis', 'wait mysql redis', 'start web', 'enter web'],
    },
    {
      title: 'removes the container of a service that is no part of it any more',
      state: { ...RUNNING, containers: [...RUNNING.containers, sampleContainer('search', 's1')] },
      plan: ['remove search-1'],
    },
    {
      title: 'creates, starts, provisions and releases where nothing is there',
      state: { ...NOTHING, steps: [due('migrations', 'never')] },
      plan: [
        'open mysql-8.4',
        'create mysql redis web',
        'start mysql redis web',
        'enter web',
        'wait mysql redis',
        'provision migrations',
        'release web',
      ],
    },
    {
      title: 'lets each step wait for the servers that it needs, and the programs for the others',
      state: {
        ...NOTHING,
        steps: [
          due('folders', 'never', []),
          due('migrations', 'never', ['mysql']),
          due('accounts', 'never', ['mysql']),
        ],
      },
      plan: [
        'open mysql-8.4',
        'create mysql redis web',
        'start mysql redis web',
        'enter web',
        'provision folders',
        'wait mysql',
        'provision migrations',
        'provision accounts',
        'wait redis',
        'release web',
      ],
    },
    {
      title: 'waits for all servers where programs start at once that were released',
      state: {
        ...RUNNING,
        containers: RUNNING.containers.map((container) => ({ ...container, state: 'exited' })),
        steps: [due('folders', 'before', [])],
      },
      plan: ['open mysql-8.4', 'start mysql redis', 'wait mysql redis', 'start web', 'enter web', 'provision folders'],
    },
    {
      title: 'has the images first',
      state: { ...NOTHING, images: { ...IMAGES, own: { ...IMAGES.own, do: 'build' } }, steps: [] },
      plan: [
        'images',
        'open mysql-8.4',
        'create mysql redis web',
        'start mysql redis web',
        'enter web',
        'wait mysql redis',
        'release web',
      ],
    },
    {
      title: 'replaces only the service whose configuration changed, and removes before it creates',
      state: replace(sampleContainer('redis', 'r0')),
      plan: ['remove redis-1', 'create redis', 'start redis', 'wait redis', 'restart-programs web'],
    },
    {
      title: 'releases the programs of a primary container that is replaced',
      state: replace(sampleContainer('web', 'w0')),
      plan: ['remove web-1', 'create web', 'start web', 'enter web', 'release web'],
    },
    {
      title: 'keeps of several containers of one service the one that fits and runs, whichever comes first',
      state: {
        ...RUNNING,
        containers: [
          sampleContainer('web', 'w0', { id: 'old', name: 'devenv-hello-0-0123abcd_web-1', state: 'exited' }),
          ...RUNNING.containers,
          sampleContainer('web', 'w1', { id: 'more', name: 'devenv-hello-0-web-2', state: 'created' }),
        ],
      },
      plan: ['remove 0123abcd_web-1 web-2'],
    },
    {
      title: 'ends commands whose devenv was killed, where the container goes on',
      state: {
        ...RUNNING,
        commands: { 'id-of-web': running('(pytest)', 'bash', '(sleep 9)'), 'id-of-redis': running() },
      },
      plan: ['end pytest,sleep 9 in web'],
    },
    {
      title: 'waits for no command whose devenv was killed: it ends with its container',
      state: { ...replace(sampleContainer('web', 'w0')), commands: { 'id-of-web': running('(pytest)') } },
      plan: ['remove web-1', 'create web', 'start web', 'enter web', 'release web'],
    },
    {
      title: 'waits for a command of a person before it replaces the container in which that runs, and for no other',
      state: {
        ...replace(sampleContainer('web', 'w0')),
        commands: { 'id-of-web': running('pytest -x'), 'id-of-mysql': running('mysql') },
      },
      plan: ['await-commands web-1', 'remove web-1', 'create web', 'start web', 'enter web', 'release web'],
    },
    {
      title: 'finishes a replacement that was interrupted after the old container was removed',
      state: { ...RUNNING, containers: RUNNING.containers.slice(0, 2) },
      plan: ['create web', 'start web', 'enter web', 'release web'],
    },
    {
      title: 'makes another container where the engine could not remove one whole',
      state: replace(sampleContainer('redis', 'r1', { state: 'dead' })),
      plan: ['remove redis-1', 'create redis', 'start redis', 'wait redis', 'restart-programs web'],
    },
    {
      title: 'creates only the one that is missing',
      state: { ...RUNNING, containers: RUNNING.containers.slice(1) },
      plan: ['open mysql-8.4', 'create mysql', 'start mysql', 'wait mysql', 'restart-programs web'],
    },
    {
      title: 'restarts programs that went on without their database, which wait longer each time',
      state: replace(sampleContainer('mysql', 'm1', { state: 'exited', health: 'none' })),
      plan: ['open mysql-8.4', 'start mysql', 'wait mysql', 'restart-programs web'],
    },
    {
      title: 'starts what is stopped and replaces nothing: programs that were released start once their servers answer',
      state: replace(
        sampleContainer('mysql', 'm1', { state: 'exited', health: 'none' }),
        sampleContainer('web', 'w1', { state: 'exited', health: 'none' }),
      ),
      plan: ['open mysql-8.4', 'start mysql', 'wait mysql', 'start web', 'enter web'],
    },
    {
      title: 'goes on after an interruption between creating and starting',
      state: {
        ...RUNNING,
        released: {},
        containers: RUNNING.containers.map((container) => ({ ...container, state: 'created', health: 'none' })),
      },
      plan: ['open mysql-8.4', 'start mysql redis web', 'enter web', 'wait mysql redis', 'release web'],
    },
    {
      title: 'waits for a server that runs and does not answer yet',
      state: replace(sampleContainer('mysql', 'm1', { health: 'starting' })),
      plan: ['wait mysql'],
    },
    {
      title: 'releases programs that are still held',
      state: { ...RUNNING, released: {} },
      plan: ['release web'],
    },
    {
      title: 'releases programs when another container was released',
      state: { ...RUNNING, released: { web: { container: 'id-of-the-one-before', programs: 'all' } } },
      plan: ['release web'],
    },
    {
      title: 'changes which programs run in the container that is there',
      wanted: { ...ALL, programs: ['beat', 'web'] },
      state: RUNNING,
      plan: ['choose web: beat,web'],
    },
    {
      title: 'is empty when the same programs are chosen again',
      wanted: { ...ALL, programs: ['web'] },
      state: { ...RUNNING, released: { web: { container: 'id-of-web', programs: ['web'] } } },
      plan: [],
    },
    {
      title: 'brings back every program when all are chosen again',
      state: { ...RUNNING, released: { web: { container: 'id-of-web', programs: ['web'] } } },
      plan: ['choose web'],
    },
    {
      title: 'releases what is chosen in a container that is replaced',
      wanted: { ...ALL, programs: ['web'] },
      state: replace(sampleContainer('web', 'w0')),
      plan: ['remove web-1', 'create web', 'start web', 'enter web', 'release web: web'],
    },
    {
      title: 'asks several containers whether one of them has the chosen programs, before it provisions',
      wanted: { ...TWO, programs: ['web'] },
      state: { ...BOTH, steps: [due('migrations', 'before')] },
      plan: ['check-programs web shop', 'provision migrations', 'choose web: web', 'choose shop: web'],
    },
    {
      title: 'runs only the steps that are due, in the order in which they are declared',
      state: { ...RUNNING, steps: [due('first', 'before'), due('second', 'now'), due('third', 'never')] },
      plan: ['provision first', 'provision third'],
    },
    {
      title: 'runs a step again that somebody asked for',
      state: { ...RUNNING, steps: [due('first', 'again'), due('second', 'now')] },
      plan: ['provision first'],
    },
    {
      title: 'provisions before it releases',
      state: { ...RUNNING, released: {}, steps: [due('migrations', 'before')] },
      plan: ['provision migrations', 'release web'],
    },
    {
      title: 'joins a step that an interrupted start has begun, and does not run it again',
      state: { ...RUNNING, released: {}, begun: BEGUN, steps: [due('migrations', 'never'), due('accounts', 'never')] },
      plan: ['join migrations', 'provision accounts', 'release web'],
    },
    {
      title: 'joins a step before it replaces the container in which that is at work',
      state: {
        ...replace(sampleContainer('web', 'w0')),
        begun: { ...BEGUN, now: 'migrations-0' },
        steps: [due('migrations', 'before')],
      },
      plan: [
        'join migrations, whose failure is told',
        'remove web-1',
        'create web',
        'start web',
        'enter web',
        'provision migrations',
        'release web',
      ],
    },
    {
      title: 'does not take an outcome for data that were put in the place of those that the step changed',
      state: {
        ...RUNNING,
        begun: { ...BEGUN, stores: ['mysql-8.4'] },
        stores: [{ store: STORE, ledger: { ...LEDGER, underway: undefined }, half: false }],
        steps: [due('migrations', 'before')],
      },
      plan: ['join migrations, whose failure is told', 'provision migrations'],
    },
    {
      title: 'makes another container where the data of one are gone: it would write into a folder that is no more',
      state: { ...RUNNING, stores: [{ store: STORE, ledger: undefined, half: false }] },
      plan: ['remove mysql-1', 'open mysql-8.4', 'create mysql', 'start mysql', 'wait mysql', 'restart-programs web'],
    },
    {
      title:
        'fetches ready data before it opens stores, and fills a new store once its server answers, files before that, and does what they lack',
      wanted: ALL,
      state: {
        ...NOTHING,
        stores: [NEW_STORE, NEW_FILES],
        data: {
          pull: { seed: PUBLISHED, because: 'the registry has it' },
          loads: [NEW_STORE, NEW_FILES].map(({ store }) => ({ store, archive: ARCHIVE, because: 'x' })),
          keep: KEEP,
        },
        steps: [due('migrations', 'before'), due('accounts', 'now')],
      },
      plan: [
        'pull-seed ulmo.4',
        'open mysql-8.4 for data',
        'open uploads for data',
        'create mysql redis web',
        'start mysql redis web',
        'enter web',
        'load uploads',
        'wait mysql',
        'load mysql-8.4',
        'wait redis',
        'provision migrations',
        'keep-seed mysql-8.4',
        'release web',
      ],
    },
    {
      title: 'keeps a seed before it does what a service beside it has asked for',
      wanted: ALL,
      state: {
        ...RUNNING,
        data: { pull: undefined, loads: [], keep: KEEP },
        steps: [{ ...due('clients', 'never'), beside: true }, due('migrations', 'never')],
      },
      plan: ['provision migrations', 'keep-seed mysql-8.4', 'provision clients'],
    },
    {
      title: 'makes the primary again that is not on a network which it shares, and the network before it',
      state: { ...RUNNING, networks: ['devenv-with-1'] },
      plan: ['remove web-1', 'network devenv-with-1', 'create web', 'start web', 'enter web', 'release web'],
    },
    {
      title: 'leaves one that is on it',
      state: {
        ...replace(sampleContainer('web', 'w1', { networks: ['devenv-with-1', 'p_default'] })),
        networks: ['devenv-with-1'],
      },
      plan: [],
    },
    {
      title: 'empties a store that was being filled when somebody was interrupted, once nothing uses it',
      state: { ...RUNNING, stores: [{ ...NEW_STORE, half: true }] },
      plan: [
        'remove mysql-1',
        'empty-stores mysql-8.4',
        'open mysql-8.4',
        'create mysql',
        'start mysql',
        'wait mysql',
        'restart-programs web',
      ],
    },
    {
      title: 'for a target fills the stores that it opens: nobody can tell later whether they are new',
      wanted: { ours: ['web'], needs: ['mysql'], programs: undefined },
      state: {
        ...NOTHING,
        stores: [NEW_STORE],
        data: { pull: undefined, loads: [{ store: STORE, archive: ARCHIVE, because: 'x' }], keep: undefined },
      },
      plan: [
        'open mysql-8.4 for data',
        'create mysql web',
        'start mysql web',
        'wait mysql',
        'enter web',
        'load mysql-8.4',
      ],
    },
    {
      title: 'of a target that needs one server touches that and the primary only, and neither provisions nor releases',
      wanted: { ours: ['web'], needs: ['mysql'], programs: undefined },
      state: { ...NOTHING, steps: [due('migrations', 'never')] },
      plan: ['open mysql-8.4', 'create mysql web', 'start mysql web', 'wait mysql', 'enter web'],
    },
    {
      title: 'of a target that needs no server is the primary alone',
      wanted: { ours: ['web'], needs: [], programs: undefined },
      state: { ...RUNNING, containers: RUNNING.containers.slice(0, 2), released: {} },
      plan: ['create web', 'start web', 'enter web'],
    },
    {
      title: 'of a target holds programs that were released: not all of their servers run',
      wanted: { ours: ['web'], needs: [], programs: undefined },
      state: replace(sampleContainer('web', 'w1', { state: 'exited' })),
      plan: ['start web', 'enter web', 'hold web'],
    },
    {
      title: 'provisions before it releases the programs of any of our containers',
      wanted: TWO,
      state: { ...NOTHING, configs: { ...CONFIGS, shop: 's1' }, steps: [due('migrations', 'never')] },
      plan: [
        'open mysql-8.4',
        'create mysql web shop',
        'start mysql web shop',
        'enter web',
        'enter shop',
        'wait mysql',
        'provision migrations',
        'release web',
        'release shop',
      ],
    },
    {
      title: 'replaces one of our containers and leaves the programs of the other alone',
      wanted: TWO,
      state: { ...BOTH, containers: [...RUNNING.containers, sampleContainer('shop', 's0')] },
      plan: ['remove shop-1', 'create shop', 'start shop', 'enter shop', 'release shop'],
    },
    {
      title: 'restarts the programs of both when a server had not been running',
      wanted: TWO,
      state: {
        ...BOTH,
        containers: BOTH.containers.map((each) => (each.service === 'mysql' ? { ...each, state: 'exited' } : each)),
      },
      plan: ['open mysql-8.4', 'start mysql', 'wait mysql', 'restart-programs web', 'restart-programs shop'],
    },
    {
      title: 'leaves a container alone that is no part of what is wanted',
      wanted: { ours: ['web'], needs: ['mysql'], programs: undefined },
      state: replace(sampleContainer('redis', 'r0', { state: 'exited' })),
      plan: [],
    },
    {
      title: 'removes the containers of a checkout that was moved here',
      state: { ...RUNNING, moved: [{ project: 'devenv-hello-1', checkout: '/home/dev/old' }] },
      plan: ['remove devenv-hello-1'],
    },
  ]
  testEach(cases)('$title', ({ wanted, state, plan }) => {
    expect(words(planSteps(wanted ?? ALL, state))).toEqual(plan)
  })

  test('names in each cause what made the step necessary', () => {
    const { steps } = planSteps(ALL, {
      ...RUNNING,
      containers: [sampleContainer('mysql', 'm0'), sampleContainer('web', 'w1', { state: 'exited' })],
      steps: [due('migrations', 'before'), due('accounts', 'never'), due('search', 'again')],
      begun: { ...BEGUN, step: 'earlier' },
    })
    expect(steps.map((step) => `${step.do}: ${step.because}`)).toEqual([
      'join: a start that was interrupted has begun it',
      'remove: mysql changed',
      'open-store: mysql keeps its data there',
      'create: not created yet',
      'start: mysql is new, redis is new',
      'wait: web needs it',
      'start: web exited',
      'enter: web was started',
      'provision: it was done with other files, packages or settings',
      'provision: not done yet',
      'provision: asked for',
    ])
  })

  test('replaces a container that somebody disconnected from its network, and says so', () => {
    const { steps } = planSteps(ALL, replace(sampleContainer('redis', 'r1', { network: 'disconnected' })))
    expect(words({ awaited: undefined, steps })).toEqual([
      'remove redis-1',
      'create redis',
      'start redis',
      'wait redis',
      'restart-programs web',
    ])
    expect(steps[0]?.because).toBe('somebody disconnected redis from its network')
  })

  test('names the commands that it waits for, each with what ends them', () => {
    const state = { ...replace(sampleContainer('web', 'w0'), sampleContainer('redis', 'r0')), steps: [] }
    const commands = { 'id-of-web': running('bash', 'pytest -x'), 'id-of-redis': running('redis-cli') }
    expect(planSteps(ALL, { ...state, commands }).awaited?.because).toBe(
      'redis changed, and redis-cli runs in its container; web changed, and bash, pytest -x run in its container',
    )
    expect(planSteps(ALL, { ...state, commands: {} }).awaited).toBeUndefined()
  })
})

test('what became of libraries is looked at whenever the primary container was started, and not else', () => {
  const libraries = [{ name: 'xblock-poll', checkout: '/home/dev/xblock-poll' }]
  const wanted: Wanted = { ours: ['web'], needs: ['mysql', 'redis'], programs: 'all' }
  const looked = (state: StartState) =>
    planSteps(wanted, { ...state, libraries }).steps.filter((step) => step.do === 'libraries')
  expect(looked(RUNNING)).toEqual([])
  expect(looked(NOTHING)).toMatchObject([{ service: 'web', libraries }])
  const { steps } = planSteps(wanted, { ...NOTHING, libraries })
  const at = (kind: string) => steps.findIndex((step) => step.do === kind)
  expect(at('libraries')).toBeGreaterThan(at('enter'))
  expect(at('libraries')).toBeLessThan(at('release'))
})
