import { expect, test } from 'vitest'
import { LABELS } from '../../engine/labels.js'
import { explainChanges } from './explain-changes.js'

const service = (config: string, more: object = {}) => ({
  image: 'a:1',
  environment: { A: '1' },
  volumes: ['/a:/a'],
  ...more,
  labels: { [LABELS.config]: config, other: 'x' },
})
const project = (services: object, more: object = {}) => JSON.stringify({ name: 'p', services, ...more })

test.each([
  ['an image', service('2', { image: 'a:2' }), {}, 'image'],
  [
    'a variable, another and a volume',
    service('2', { environment: { A: '2', B: '' }, volumes: [] }),
    {},
    'environment.A, environment.B, volumes',
  ],
  ['a whole part', service('2', { environment: undefined }), {}, 'environment'],
  ['what is in no Compose file', service('2'), {}, 'certificate authorities of this machine'],
  ['a network around it', service('2'), { networks: { other: {} } }, 'networks'],
])('what changed is named: %s', (_what, changed, more, told) => {
  expect(
    explainChanges(project({ web: service('1'), db: service('d') }), project({ web: changed, db: service('d') }, more)),
  ).toEqual({
    1: told,
    ...(Object.keys(more).length > 0 && { d: told }),
  })
})

test('values are not told, for they may be secret', () => {
  const now = service('2', { environment: { A: 'http://user:secret@proxy' } })
  expect(JSON.stringify(explainChanges(project({ web: service('1') }), project({ web: now })))).not.toContain('secret')
})

test.each([[undefined], [''], ['[]'], ['{"services":3}'], ['{"services":{"web":[]}}']])(
  '%j explains nothing that is wrong',
  (before) => {
    expect(explainChanges(before, project({}))).toEqual({})
  },
)

test('a folder that took the place of one is told in words', () => {
  const mounted = (at: string) => ({ ...service(at), labels: { [LABELS.config]: at, [LABELS.mounted]: at } })
  expect(explainChanges(project({ web: mounted('1') }), project({ web: mounted('2') }))).toEqual({
    1: 'another folder is in the place of one that it has',
  })
})
