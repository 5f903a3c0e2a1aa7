import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import type { Known } from '../environment/verbs/list.js'
import type { State } from '../environment/verbs/state-of.js'
import { explainLeftBehind, renderList, renderPrunePlan } from './render-environments.js'

const known = (change: Partial<Known>): Known => ({
  service: 'hello',
  checkout: '/home/dev/hello',
  project: 'devenv-hello-0',
  state: 'running',
  urls: [],
  beside: [],
  libraries: [],
  presence: 'there',
  ...change,
})

testEach<{ presence: Known['presence']; told: string }>([
  { presence: 'there', told: 'hello            running         /home/dev/hello' },
  { presence: 'gone', told: 'hello            running         /home/dev/hello  (gone)' },
  { presence: 'unknown', told: 'hello            running         /home/dev/hello  (cannot be seen)' },
])('an environment whose checkout is $presence is listed so', ({ presence, told }) => {
  expect(renderList([known({ presence })])).toEqual([told])
})

describe('what prune would remove', () => {
  test('is each environment with its state, and each image', () => {
    const plan = {
      environments: [known({ presence: 'gone' })],
      unseen: [],
      images: [{ names: ['devenv/hello:inputs-1'], bytes: 2_000_000 }],
    }
    expect(renderPrunePlan(plan)).toEqual([
      'The checkouts of these environments are gone:',
      '  hello            running         /home/dev/hello  (gone)',
      'No container uses these images (2 MB, layers that they share included):',
      '  devenv/hello:inputs-1',
    ])
  })

  test('is nothing that cannot be seen; it is named, with a way to remove it', () => {
    const plan = { environments: [], unseen: [known({ presence: 'unknown' })], images: [] }
    expect(renderPrunePlan(plan).join('\n')).toMatch(
      /leaves hello alone.*\/home\/dev\/hello[\s\S]*docker compose --project-name devenv-hello-0 down/,
    )
  })
})

test('the list shows each environment with its address', () => {
  expect(
    renderList([
      known({ checkout: '/a', urls: ['http://localhost:23000', 'http://localhost:23001'] }),
      known({ checkout: '/b', state: 'stopped', presence: 'gone' }),
    ]),
  ).toEqual([
    'hello            running         http://localhost:23000  /a',
    'hello            stopped                                 /b  (gone)',
  ])
})

test('who is left behind is named, with what its next start starts, and how the two part; one that does not run, after a clean alone', () => {
  const beside = (service: string, state: State) => ({
    service,
    state,
    checkout: `/home/dev/${service}`,
    url: undefined,
    presence: 'there' as const,
  })
  const all = [beside('lms', 'running'), beside('forums', 'stopped'), beside('credentials', 'not created')]
  const again = (name: string) =>
    `Its next start starts this one too. To part the two: make -C /home/dev/${name} devenv.start WITH=`
  const running = `lms (/home/dev/lms) keeps running. ${again('lms')}`
  expect(explainLeftBehind(all, 'stopped')).toEqual([running])
  expect(explainLeftBehind(all, 'removed')).toEqual([
    running,
    `forums (/home/dev/forums) is stopped. ${again('forums')}`,
  ])
})
