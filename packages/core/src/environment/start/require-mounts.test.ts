import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, sampleDefinition, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { identify } from '../environment.js'
import { requireMounts } from './require-mounts.js'

test('binds, secrets and configs that are not there are named together; stores are made later', async () => {
  const root = writeFiles(temporaryFolder(), { 'checkout/there': '' })
  const environment = identify(SAMPLE_PACKAGE, join(root, 'checkout'), undefined)
  const { checkout, paths } = environment
  const bind = (source: string) => ({ type: 'bind', source, target: `/${source.split('/').at(-1)}` })
  const definition = sampleDefinition(
    { checkout, stores: paths.stores },
    {
      memcached: {
        volumes: [bind(join(checkout, 'there')), bind(join(checkout, 'extra')), { type: 'tmpfs', target: '/t' }],
      },
    },
  )
  Object.assign(definition.project, {
    secrets: {
      netrc: { file: join(root, '.netrc') },
      there: { file: join(checkout, 'there') },
      token: { environment: 'T' },
    },
    configs: { motd: { content: 'hi' }, conf: { file: join(root, 'conf') } },
  })
  expect(await problemsOf(() => requireMounts(definition, environment))).toEqual([
    {
      code: 'mounts-missing',
      mounts: [
        { what: '/extra of memcached', source: join(checkout, 'extra') },
        { what: 'the secret netrc', source: join(root, '.netrc') },
        { what: 'the config conf', source: join(root, 'conf') },
      ],
      overlay: join(checkout, 'devenv/compose.yaml'),
      checkout,
    },
  ])
})
