import { describe, expect, test } from 'vitest'
import {
  SAMPLE_INPUTS,
  sampleArchive,
  sampleContainer,
  sampleDefinition,
  sampleEnvironment,
  sampleImageSettings,
  samplePublishedSeed,
  sampleSettings,
} from '../../../test/samples.js'
import type { Definition } from '../../definition/definition.js'
import type { Container } from '../../engine/containers.js'
import { LABELS } from '../../engine/labels.js'
import { imageStepsOf } from '../../image/ensure-images.js'
import type { Ledger } from '../data/ledger.js'
import type { Begun } from '../data/record.js'
import { storesOf } from '../project/stores-of.js'
import { assemble, type StartPlan } from './assemble.js'
import { seedDigestOf } from './choose-seed.js'
import type { Observed } from './observe.js'
import { planDue } from './plan-data.js'

const ENVIRONMENT = sampleEnvironment()
const DEFINITION: Definition = {
  ...sampleDefinition(),
  provision: [
    {
      name: 'migrations',
      service: 'hello',
      run: ['migrate'],
      when: {
        files: ['migrations/*.sql'],
        stores: ['mysql'],
        installed: [],
        libraries: [],
        image: false,
        address: false,
      },
    },
    {
      name: 'accounts',
      service: 'hello',
      run: ['accounts'],
      when: { files: [], stores: [], installed: [], libraries: [], image: false, address: true },
    },
  ],
}

const NOTHING: Observed = {
  before: undefined,
  settings: sampleSettings(),
  variables: {},
  definition: DEFINITION,
  extent: { all: true },
  inputs: SAMPLE_INPUTS,
  sources: sampleImageSettings(),
  images: {
    own: { do: 'build', reference: 'devenv/hello:inputs-0', digest: '0', because: 'there is none yet' },
    official: [],
    published: [],
  },
  official: {},
  containers: [],
  commands: {},
  ports: { hello: { 8000: 23000 } },
  lost: [],
  code: { hello: '/edx/app/hello' },
  git: {},
  authorities: undefined,
  mtu: undefined,
  packages: [],
  neighbours: [],
  libraries: [],
  attached: {},
  networks: [],
  mountPoint: '/home',
  storesIdentity: '1:2',
  mounted: '7:8',
  moved: [],
  stores: storesOf(DEFINITION, ENVIRONMENT.paths.stores).map((store) => ({
    store,
    ledger: undefined,
    half: false,
    unrecorded: false,
    server: { server: 'mysql', version: '8.4' },
  })),
  restoring: undefined,
  saves: [],
  branch: undefined,
  seeds: [],
  published: { seeds: [], silent: undefined },
  installed: {},
  files: { 'migrations/*.sql': { hash: 'files-1', contents: { 'migrations/1.sql': 'content-1' } } },
  begun: undefined,
  composed: undefined,
  stopping: false,
  stamps: { inputs: {}, definition: {}, provision: {} },
}

const ABSENT: Ledger = { server: 'mysql', version: '8.4', steps: {}, files: {} }

/** What is seen after a start that came to its end. */
function afterStart(change: Partial<Observed> = {}): Observed {
  const images = { ...NOTHING.images, own: { ...NOTHING.images.own, do: 'use' as const } }
  const { record, project: composed } = assemble(ENVIRONMENT, { ...NOTHING, images }, { again: 'none' })
  const containers = Object.entries(record.configs).map(([service, config]) => sampleContainer(service, config))
  const steps = Object.fromEntries(Object.entries(record.steps).map(([step, { now }]) => [step, now]))
  const ledger: Ledger = { ...ABSENT, steps }
  return {
    ...NOTHING,
    images,
    containers,
    composed,
    before: { ...record, released: { hello: { container: 'id-of-hello', programs: 'all' } } },
    stores: NOTHING.stores.map((each) => ({ ...each, ledger })),
    ...change,
  }
}

/** A plan as a person reads it, without what the steps are about. */
const causesOf = ({ steps }: StartPlan): string[] =>
  steps.flatMap((step) =>
    step.do === 'images'
      ? imageStepsOf(step.images).map(({ do: what, because }) => `${what}: ${because}`)
      : [`${step.do}: ${step.because}`],
  )
const plan = (observed: Observed, again: 'none' | 'all' | string[] = 'none') =>
  causesOf(assemble(ENVIRONMENT, observed, { again }))

describe('the whole plan of a start', () => {
  test('where nothing is there', () => {
    expect(plan(NOTHING)).toEqual([
      'build: there is none yet',
      'open-store: mysql keeps its data there',
      'create: not created yet',
      'start: mysql is new, memcached is new, hello is new',
      'enter: hello was started',
      'wait: migrations needs it',
      'provision: not done yet',
      'provision: not done yet',
      'release: they wait until provisioning is done',
    ])
  })

  test('takes the seed of a registry where it is nearer than those that are here, and says why', () => {
    const portable = { dump: 'd', load: 'l', by: 'server' as const }
    const stores = NOTHING.stores.map((each) => ({ ...each, store: { ...each.store, portable } }))
    const near = samplePublishedSeed('ulmo.4', { migrations: {} })
    const seen = { ...NOTHING, stores, published: { seeds: [near], silent: undefined } }
    const one = plan(seen)
    expect(one).toEqual([
      'build: there is none yet',
      'pull-seed: the registry has it, and it is the nearest: it lacks 1',
      'open-store: mysql keeps its data there',
      'create: not created yet',
      'start: mysql is new, memcached is new, hello is new',
      'enter: hello was started',
      'wait: its data needs it',
      'load: it is the nearest: it lacks 1',
      'wait: migrations needs it',
      'provision: not done yet',
      'provision: not done yet',
      'keep-seed: a clone, a worktree or a clean starts from it',
      'release: they wait until provisioning is done',
    ])
    const here = sampleArchive({ migrations: {}, created: '2027-01-01T00:00:00.000Z' })
    expect(plan({ ...seen, seeds: [here] }).join()).not.toContain('pull-seed')
    const settings = sampleSettings({ seeds: 'none' })
    expect(plan({ ...seen, settings }).filter((line) => /^(pull|load|keep)/.test(line))).toEqual([
      'keep-seed: a clone, a worktree or a clean starts from it',
    ])
  })

  test('waits for the images where they tell which data of a registry fit', () => {
    const portable = { dump: 'd', load: 'l', by: 'server' as const }
    const stores = NOTHING.stores.map((each) => ({ ...each, server: undefined, store: { ...each.store, portable } }))
    const registered = sampleSettings({ registry: 'ghcr.io/openedx' })
    expect(plan({ ...NOTHING, stores, settings: registered })).toEqual([
      'build: there is none yet',
      'look-again: the images tell what migrations there are, and which data fit',
    ])
    for (const change of [{ network: 'offline' }, { registry: '' }, { seeds: 'none' }] as const)
      expect(plan({ ...NOTHING, stores, settings: { ...registered, ...change } }).join()).not.toContain('look-again')
  })

  test('says that a registry did not tell which seeds it has', () => {
    const published = { seeds: [], silent: 'ghcr.io does not say which seeds it has: ECONNREFUSED' }
    expect(assemble(ENVIRONMENT, { ...NOTHING, published }, { again: 'none' }).notes).toEqual([
      'ghcr.io does not say which seeds it has: ECONNREFUSED; devenv does without them',
    ])
  })

  test('where all runs, is empty', () => {
    expect(plan(afterStart())).toEqual([])
  })

  test('says once what an update of the package changes, also before the images are here', () => {
    const packages = [{ name: '@devenv/hello', version: '1.3.0', content: 'b', changelog: undefined }]
    const before = afterStart({
      packages: [{ name: '@devenv/hello', version: '1.2.3', content: 'a', changelog: undefined }],
    })
    const again = assemble(ENVIRONMENT, before, { again: 'none' }).record
    const updated: Observed = {
      ...before,
      before: { ...again, released: before.before?.released ?? {} },
      packages,
      inputs: { ...SAMPLE_INPUTS, dockerfile: 'FROM debian:13\n' },
      images: { ...before.images, own: { ...before.images.own, do: 'build', digest: '1' } },
      files: { 'migrations/*.sql': { hash: 'files-2', contents: {} } },
      containers: before.containers.map((each) =>
        each.service === 'mysql' ? { ...each, labels: { ...each.labels, [LABELS.image]: 'mysql:8.0' } } : each,
      ),
    }
    const { update, record } = assemble(ENVIRONMENT, updated, { again: 'none' })
    expect(update?.split('\n')).toEqual([
      '@devenv/hello is 1.3.0 now, after 1.2.3',
      '  image: another, for Dockerfile changed',
      '  image of mysql: docker.io/library/mysql:8.4.9, before mysql:8.0',
      '  data: these steps are due: migrations',
    ])
    expect(assemble(ENVIRONMENT, { ...updated, installed: { hello: undefined } }, { again: 'none' }).update).toContain(
      'data: only the image tells which steps are due',
    )
    expect(assemble(ENVIRONMENT, { ...updated, before: record }, { again: 'none' }).update).toBeUndefined()
  })

  test('on a branch with one more migration, is that step alone', () => {
    expect(plan(afterStart({ files: { 'migrations/*.sql': { hash: 'files-2', contents: {} } } }))).toEqual([
      'provision: it was done with other files, packages or settings',
    ])
  })

  test('names a file that a step never ran with', () => {
    const { stores, ...before } = afterStart()
    const filled = stores.map(({ ledger = ABSENT, ...each }) => ({
      ...each,
      ledger: { ...ledger, files: { migrations: ['migrations/1.sql'] } },
    }))
    const causes = (...names: string[]) => {
      const contents = Object.fromEntries(names.map((name) => [`migrations/${name}.sql`, name]))
      return plan({ ...before, stores: filled, files: { 'migrations/*.sql': { hash: names.join(), contents } } })
    }
    expect(causes('1', '2')).toEqual(['provision: migrations/2.sql is new'])
    expect(causes('1', '2', '3')).toEqual(['provision: migrations/2.sql is new, and 1 more'])
    // One that is there with other words, or gone: the ledger holds names.
    expect(causes('1')).toEqual(['provision: it was done with other files, packages or settings'])
  })

  test('names migrations of another branch when the step is carried out again, and not at each start', () => {
    const { stores, ...before } = afterStart()
    const filled = stores.map(({ ledger = ABSENT, ...each }) => ({
      ...each,
      ledger: { ...ledger, files: { migrations: ['migrations/1.sql', 'migrations/2.sql'] } },
    }))
    const notes = (change: Partial<Observed>) =>
      assemble(ENVIRONMENT, { ...before, stores: filled, ...change }, { again: 'none' }).notes
    expect(notes({})).toEqual([])
    expect(
      notes({ files: { 'migrations/*.sql': { hash: 'files-2', contents: { 'migrations/1.sql': 'content-1' } } } }),
    ).toEqual([expect.stringContaining('migrations that this branch lacks: 2;')])
  })

  test('looks again before the rest where an image that is not here tells what steps depend on', () => {
    const images = { ...NOTHING.images, own: { ...NOTHING.images.own, do: 'build' as const } }
    expect(plan({ ...NOTHING, images, installed: { hello: undefined } })).toEqual([
      'build: there is none yet',
      'look-again: the images tell what migrations there are, and which data fit',
    ])
  })

  test('after an interrupted restore puts the old data back before anything else', () => {
    expect(plan(afterStart({ restoring: 'before' }))).toEqual([
      'remove: somebody was interrupted while the save before was restored',
      'put-back: somebody was interrupted while the save before was restored',
      'look-again: the data are others then',
    ])
  })

  describe('with a seed', () => {
    const hash = Object.fromEntries(
      Object.entries(afterStart().before?.steps ?? {}).map(([name, { now }]) => [name, now]),
    )
    const seed = (migrations: string, digest: string) => {
      const archive = sampleArchive({ digest })
      const stores = { 'mysql-8.4': { server: 'mysql', version: '8.4', steps: { migrations }, files: {} } }
      return { ...archive, description: { ...archive.description, stores } }
    }
    const portable = NOTHING.stores.map((each) => ({
      ...each,
      store: { ...each.store, portable: { dump: 'd', load: 'l', by: 'server' as const } },
    }))
    const START = [
      'open-store: mysql keeps its data there',
      'create: not created yet',
      'start: mysql is new, memcached is new, hello is new',
      'enter: hello was started',
      'wait: its data needs it',
    ]

    test('never loads it over data that no ledger tells of, and says so', () => {
      const images = { ...NOTHING.images, own: { ...NOTHING.images.own, do: 'use' as const } }
      const seen = { ...NOTHING, images, seeds: [seed(hash.migrations ?? '', seedDigestOf(planDue(NOTHING)))] }
      const load = 'load: ready data, exactly what the steps would make'
      expect(plan({ ...seen, stores: portable })).toContain(load)
      const stores = portable.map((each) => ({ ...each, unrecorded: true }))
      const { notes, ...steps } = assemble(ENVIRONMENT, { ...seen, stores }, { again: 'none' })
      expect(causesOf({ notes, ...steps }).join('\n')).not.toMatch(/^(load|keep-seed)/m)
      expect(notes).toEqual([expect.stringMatching(/data of mysql-8\.4 cannot be read; the data stay/)])
    })

    test('that is exact, carries out only what depends on the address, and keeps none', () => {
      const digest = seedDigestOf(planDue(NOTHING))
      const images = { ...NOTHING.images, own: { ...NOTHING.images.own, do: 'use' as const } }
      const seeds = [seed(hash.migrations ?? '', digest)]
      expect(plan({ ...NOTHING, images, stores: portable, seeds })).toEqual([
        ...START,
        'load: ready data, exactly what the steps would make',
        'wait: accounts needs it',
        'provision: not done yet',
        'release: they wait until provisioning is done',
      ])
    })

    test('that is near, does the rest, and keeps what comes of it', () => {
      const images = { ...NOTHING.images, own: { ...NOTHING.images.own, do: 'use' as const } }
      expect(plan({ ...NOTHING, images, stores: portable, seeds: [seed('older', 'older')] })).toEqual([
        ...START,
        'load: it is the nearest: it lacks 1',
        'wait: migrations needs it',
        'provision: it was done with other files, packages or settings',
        'provision: not done yet',
        'keep-seed: a clone, a worktree or a clean starts from it',
        'release: they wait until provisioning is done',
      ])
    })

    test('while a library brings migrations, none is kept: they are of no use to others', () => {
      const images = { ...NOTHING.images, own: { ...NOTHING.images.own, do: 'use' as const } }
      const attached = { '**/*.sql': { hash: 'l', contents: { 'poll/migrations/0001.sql': 'l' } } }
      const seeds = [seed('older', 'older')]
      const kept = (observed: Observed) => plan(observed).filter((line) => line.startsWith('keep-seed'))
      expect(kept({ ...NOTHING, images, stores: portable, seeds })).toHaveLength(1)
      expect(kept({ ...NOTHING, images, stores: portable, seeds, attached })).toEqual([])
    })

    test('DEVENV_SEEDS=none takes none, and keeps what the steps make', () => {
      const settings = { ...NOTHING.settings, seeds: 'none' as const }
      const images = { ...NOTHING.images, own: { ...NOTHING.images.own, do: 'use' as const } }
      const planned = plan({ ...NOTHING, images, settings, stores: portable, seeds: [seed('older', 'older')] })
      expect(planned.filter((line) => line.startsWith('load'))).toEqual([])
      expect(planned).toContain('keep-seed: a clone, a worktree or a clean starts from it')
    })
  })

  test('says once that a proxy on loopback reaches no container', () => {
    const settings = sampleSettings({
      proxies: { HTTPS_PROXY: 'http://localhost:1', https_proxy: 'http://localhost:1' },
    })
    expect(assemble(ENVIRONMENT, { ...NOTHING, settings }, { again: 'none' }).notes).toEqual([
      'containers and builds do not get HTTPS_PROXY, https_proxy: a proxy on loopback is out of their reach',
    ])
  })

  test('after a port was lost, replaces the container and does what depends on the address', () => {
    const lost = [{ port: 23000, holder: 'nginx (process 1)' }]
    const { notes, ...rest } = assemble(ENVIRONMENT, afterStart({ ports: { hello: { 8000: 23010 } }, lost }), {
      again: 'none',
    })
    expect(notes).toEqual(['nginx (process 1) uses port 23000; devenv takes another port'])
    expect(causesOf({ notes, ...rest })).toEqual([
      'remove: hello changed (environment.DEVENV_URL, environment.DEVENV_URL_8000, ports)',
      'create: not created yet',
      'start: hello is new',
      'enter: hello was started',
      'provision: it was done with other files, packages or settings',
      'release: they wait until provisioning is done',
    ])
  })

  test('after a copy of a store was restored, carries out what its ledger does not hold', () => {
    const ledger = ABSENT
    const stores = NOTHING.stores.map((each) => ({ ...each, ledger }))
    expect(plan(afterStart({ stores }))).toEqual(['provision: not done yet', 'provision: not done yet'])
  })

  test('after an interrupted start, takes the outcome of the step that is at work', () => {
    const due = afterStart().before?.steps.migrations
    const begun: Begun = {
      step: 'migrations',
      now: due?.now ?? '',
      files: [],
      stores: [],
      container: 'id-of-hello',
      id: 'm-0',
    }
    const ledger: Ledger = { server: 'mysql', version: '8.4', steps: {}, files: {}, underway: 'm-0' }
    const stores = NOTHING.stores.map((each) => ({ ...each, ledger }))
    expect(plan(afterStart({ begun, stores }))).toEqual([
      'join: a start that was interrupted has begun it',
      'provision: not done yet',
    ])
  })

  test('carries out again what somebody asks for', () => {
    expect(plan(afterStart(), ['accounts'])).toEqual(['provision: asked for'])
    expect(plan(afterStart(), 'all')).toEqual(['provision: asked for', 'provision: asked for'])
  })

  test('remembers a choice of programs once it is known to be one', () => {
    const settings = sampleSettings({ programs: ['web'] })
    const { record, steps } = assemble(ENVIRONMENT, afterStart({ settings }), { again: 'none' })
    expect(record.settings.programs).toEqual(['web'])
    expect(steps.map(({ because }) => because)).toEqual(['chosen: web'])
  })

  test('knows which step failed until its ledger holds it, or there is no such step any more', () => {
    const failedAfter = (failed: string, change: Partial<Observed> = {}) => {
      const observed = afterStart(change)
      const before = observed.before && { ...observed.before, failed }
      return assemble(ENVIRONMENT, { ...observed, before }, { again: 'none' }).record.failed
    }
    const changed = { 'migrations/*.sql': { hash: 'files-2', contents: {} } }
    expect(failedAfter('migrations', { files: changed })).toBe('migrations')
    expect(failedAfter('migrations')).toBeUndefined()
    expect(failedAfter('removed', { files: changed })).toBeUndefined()
  })

  test('forgets the release of a container that is gone', () => {
    const containers: Container[] = []
    const { record } = assemble(ENVIRONMENT, afterStart({ containers }), { again: 'none' })
    expect(record.released).toEqual({})
  })
})
