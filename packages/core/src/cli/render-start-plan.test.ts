import { expect, test } from 'vitest'
import { sampleContainer, samplePublishedSeed } from '../../test/samples.js'
import type { StartPlan } from '../environment/start/assemble.js'
import { followingSteps, renderStartPlan, stepsOf } from './render-start-plan.js'

const OWN = { reference: 'devenv/hello:inputs-0', digest: '0', because: 'there is none yet' }
const PLAN = {
  notes: ['nginx uses port 23000; devenv takes another port'],
  awaited: { do: 'await-commands', because: 'bash runs there', containers: [sampleContainer('hello', 'a')] },
  steps: [
    {
      do: 'images',
      because: '',
      images: {
        own: { ...OWN, do: 'build' },
        official: [
          { reference: 'mysql:8.4', taken: 'mysql:8.4', standIn: false, do: 'pull', platform: 'linux/amd64' },
          { reference: 'redis:7', taken: 'redis:7', standIn: false, do: 'use', platform: 'linux/amd64' },
        ],
        published: [],
      },
    },
    { do: 'remove', because: 'hello changed', containers: [sampleContainer('hello', 'a')] },
    { do: 'pull-seed', because: 'the registry has it', seed: samplePublishedSeed('hello-data:ulmo.4') },
    { do: 'create', because: 'not created yet', services: ['mysql', 'hello'] },
    { do: 'choose', because: 'chosen: web', service: 'hello', programs: ['web'] },
  ],
} satisfies Pick<StartPlan, 'notes' | 'awaited' | 'steps'>

test('a plan is printed with each step, what it is about, and its cause', () => {
  expect(renderStartPlan(PLAN.notes, stepsOf(PLAN))).toEqual([
    'devenv: nginx uses port 23000; devenv takes another port',
    'await-commands  devenv-hello-0-hello-1: bash runs there',
    'pull            mysql:8.4: not in the engine’s store',
    'build           devenv/hello:inputs-0: there is none yet',
    'remove          devenv-hello-0-hello-1: hello changed',
    'pull-seed       hello-data:ulmo.4: the registry has it',
    'create          mysql, hello: not created yet',
    'choose          web of hello: chosen: web',
  ])
})

test('an empty plan says so', () => {
  expect(renderStartPlan([], [])).toEqual(['Nothing to do: everything runs as it should.'])
})

test('a machine reads the same', () => {
  expect(stepsOf(PLAN)[5]).toEqual({ do: 'create', on: ['mysql', 'hello'], because: 'not created yet' })
})

test('where data follow the branch, the plan begins with that', () => {
  const follow = { name: 'auto-main', from: 'main', to: 'feature', back: 'auto-feature', servers: [] }
  expect(renderStartPlan([], followingSteps(follow))).toEqual([
    'save        auto-main: the databases would change, and main may want them back',
    'restore     auto-feature: they are the data of feature',
    'look-again  everything else: the data are others then',
  ])
  expect(followingSteps({ ...follow, back: undefined })).toHaveLength(1)
})
