import { expect, test, vi } from 'vitest'
import { dockerIs, problemsOf } from '../../test/samples.js'
import { runDocker } from './run-docker.js'

/** What Docker's client is given where all of this stands in a person's shell. */
async function givenTo(shell: Record<string, string>, variables?: Record<string, string>): Promise<string[]> {
  dockerIs('env')
  for (const [name, value] of Object.entries(shell)) vi.stubEnv(name, value)
  const { stdout } = await runDocker({ args: ['version'], seconds: 60, ...(variables && { variables }) })
  const names = [...Object.keys(shell), ...Object.keys(variables ?? {})]
  return stdout.split('\n').filter((line) => names.includes(line.split('=')[0] ?? ''))
}

test.each([
  'COMPOSE_PROFILES',
  'COMPOSE_PROJECT_NAME',
  'COMPOSE_FILE',
  'COMPOSE_PARALLEL_LIMIT',
  'DOCKER_DEFAULT_PLATFORM',
  'SOURCE_DATE_EPOCH',
  'BUILDX_BUILDER',
  'BUILDX_BAKE_FILE',
  'BUILDX_GIT_LABELS',
  'BUILDX_NO_DEFAULT_ATTESTATIONS',
  'EXPERIMENTAL_BUILDKIT_SOURCE_POLICY',
])('%s of a shell decides nothing', async (name) => {
  expect(await givenTo({ [name]: 'other' })).toEqual([])
})

test.each(['DOCKER_HOST', 'DOCKER_CONFIG', 'BUILDX_CONFIG', 'BUILDKIT_PROGRESS', 'HTTPS_PROXY'])(
  '%s says where things are and how they look, and stays',
  async (name) => {
    expect(await givenTo({ [name]: '/there' })).toEqual([`${name}=/there`])
  },
)

const TLS = { DOCKER_TLS: '1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certificates' }

test.each([{}, { DOCKER_HOST: 'unix:///there.sock' }])('on a socket nobody speaks TLS: %j', async (shell) => {
  expect(await givenTo({ ...TLS, ...shell })).toEqual(Object.entries(shell).map((each) => each.join('=')))
})

test('an engine that speaks TLS elsewhere is spoken to as the shell says', async () => {
  expect(await givenTo({ ...TLS, DOCKER_HOST: 'tcp://10.0.0.1:2376' })).toHaveLength(4)
})

test('a context that is not there is no fault of a Compose file', async () => {
  dockerIs('true')
  vi.stubEnv('DOCKER_CONTEXT', 'none')
  expect(await problemsOf(() => runDocker({ args: ['version'], seconds: 60 }))).toMatchObject([
    { code: 'engine-missing' },
  ])
})

test('what devenv sets itself counts', async () => {
  const set = { BUILDX_BAKE_ENTITLEMENTS_FS: '0' }
  expect(await givenTo({ BUILDX_BAKE_ENTITLEMENTS_FS: '1' }, set)).toContain('BUILDX_BAKE_ENTITLEMENTS_FS=0')
})
