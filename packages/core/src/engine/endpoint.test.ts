import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { problemsOf, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { addressOf, type EngineAddress, readEndpoint } from './endpoint.js'

const CONVENTIONAL = 'unix:///var/run/docker.sock'
const metaOf = (context: string) => `contexts/meta/${createHash('sha256').update(context).digest('hex')}/meta.json`

/** A configuration folder of Docker's client, with two contexts. */
const configured = (current?: string) =>
  writeFiles(temporaryFolder(), {
    'config.json': JSON.stringify(current === undefined ? {} : { currentContext: current }),
    [metaOf('colima')]: JSON.stringify({ Name: 'colima', Endpoints: { docker: { Host: 'unix:///colima.sock' } } }),
    [metaOf('far')]: JSON.stringify({ Name: 'far', Endpoints: { docker: { Host: 'ssh://far' } } }),
  })

describe('the engine is looked for where Docker’s own client looks', () => {
  testEach<{ title: string; current?: string; env: NodeJS.ProcessEnv; endpoint: string }>([
    { title: 'the conventional socket', env: {}, endpoint: CONVENTIONAL },
    { title: 'the current context', current: 'colima', env: {}, endpoint: 'unix:///colima.sock' },
    { title: 'DOCKER_CONTEXT before it', current: 'colima', env: { DOCKER_CONTEXT: 'far' }, endpoint: 'ssh://far' },
    {
      title: 'the default context, by name',
      current: 'colima',
      env: { DOCKER_CONTEXT: 'default' },
      endpoint: CONVENTIONAL,
    },
    {
      title: 'an empty DOCKER_CONTEXT is none',
      current: 'colima',
      env: { DOCKER_CONTEXT: '' },
      endpoint: 'unix:///colima.sock',
    },
    {
      title: 'DOCKER_HOST before all',
      current: 'colima',
      env: { DOCKER_HOST: 'tcp://10.0.0.1:2376', DOCKER_CONTEXT: 'far' },
      endpoint: 'tcp://10.0.0.1:2376',
    },
    {
      title: 'an empty DOCKER_HOST is none',
      current: 'colima',
      env: { DOCKER_HOST: '' },
      endpoint: 'unix:///colima.sock',
    },
    { title: 'a current context called default', current: 'default', env: {}, endpoint: CONVENTIONAL },
  ])('$title', ({ current, env, endpoint }) => {
    expect(readEndpoint({ ...env, DOCKER_CONFIG: configured(current) })).toBe(endpoint)
  })

  test.each(['unset', 'empty'])('in ~/.docker where DOCKER_CONFIG is %s', (how) => {
    const home = writeFiles(temporaryFolder(), {
      '.docker/config.json': '{"currentContext":"mine"}',
      [join('.docker', metaOf('mine'))]: '{"Endpoints":{"docker":{"Host":"unix:///mine.sock"}}}',
    })
    vi.stubEnv('HOME', home)
    try {
      expect(readEndpoint(how === 'unset' ? {} : { DOCKER_CONFIG: '' })).toBe('unix:///mine.sock')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('the conventional socket where the configuration is missing or damaged', () => {
    const folder = temporaryFolder()
    expect(readEndpoint({ DOCKER_CONFIG: join(folder, 'none') })).toBe(CONVENTIONAL)
    writeFiles(folder, { 'config.json': '{' })
    expect(readEndpoint({ DOCKER_CONFIG: folder })).toBe(CONVENTIONAL)
  })
})

testEach<{ endpoint: string; address: EngineAddress }>([
  { endpoint: 'unix:///var/run/docker.sock', address: { socketPath: '/var/run/docker.sock' } },
  { endpoint: 'unix:///home/dev/my engine.sock', address: { socketPath: '/home/dev/my engine.sock' } },
  { endpoint: 'npipe:////./pipe/docker_engine', address: { socketPath: '//./pipe/docker_engine' } },
  { endpoint: 'tcp://127.0.0.1:23750', address: { host: '127.0.0.1', port: 23750 } },
  { endpoint: 'tcp://localhost', address: { host: 'localhost', port: 2375 } },
  { endpoint: 'tcp://[::1]:80', address: { host: '::1', port: 80 } },
])('$endpoint is on this machine', ({ endpoint, address }) => {
  expect(addressOf(endpoint, { DOCKER_TLS_VERIFY: '' })).toEqual(address)
})

test.each(['tcp://10.0.0.1:2376', 'tcp://127.0.0.1.example:2375', 'ssh://far', 'ssh://localhost', 'http://10.0.0.1'])(
  '%s is refused: that machine does not have the checkout',
  async (endpoint) => {
    expect(await problemsOf(() => addressOf(endpoint, {}))).toEqual([{ code: 'engine-remote', endpoint }])
  },
)

test.each(['?', 'garbage', 'localhost:2375', '/var/run/docker.sock', 'unix://', 'tcp://', 'tcp://a b', 'fd://'])(
  '%s is refused: it names no place',
  async (endpoint) => {
    expect(await problemsOf(() => addressOf(endpoint, {}))).toEqual([{ code: 'endpoint-invalid', endpoint }])
  },
)

test.each(['DOCKER_TLS', 'DOCKER_TLS_VERIFY'])(
  'an engine on this machine that is spoken to in TLS (%s) is refused, and not called another machine',
  async (variable) => {
    const endpoint = 'tcp://127.0.0.1:2376'
    expect(await problemsOf(() => addressOf(endpoint, { [variable]: '1' }))).toEqual([
      { code: 'engine-encrypted', endpoint },
    ])
  },
)
