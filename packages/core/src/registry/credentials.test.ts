import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { problemsOf, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { type Credentials, readCredentials } from './credentials.js'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const alice = (password: string): Credentials => ({ by: 'password', username: 'alice', password })

/** The environment of somebody with that configuration. */
const configured = (config: unknown): NodeJS.ProcessEnv => ({
  DOCKER_CONFIG: writeFiles(temporaryFolder(), {
    'config.json': typeof config === 'string' ? config : JSON.stringify(config),
  }),
})

/** Puts helpers on the PATH: shell scripts that are told `get`, and the host on stdin. */
function helpers(scripts: { [name: string]: string }): void {
  const files = Object.entries(scripts).map(([name, script]) => [
    `docker-credential-${name}`,
    { text: `#!/bin/sh\n${script}\n`, mode: 0o755 },
  ])
  vi.stubEnv('PATH', `${writeFiles(temporaryFolder(), Object.fromEntries(files))}:${process.env.PATH}`)
  onTestFinished(() => void vi.unstubAllEnvs())
}

const knows = (username: string, secret: string) =>
  `read -r host || true; printf '{"ServerURL":"%s","Username":"%s","Secret":"%s"}' "$host" '${username}' '${secret}'`
const NONE = 'cat >/dev/null; echo credentials not found in native keychain; exit 1'

describe('what a file keeps', () => {
  testEach<{ title: string; host?: string; auths: object; credentials: Credentials }>([
    {
      title: 'user and password, as Docker writes them',
      auths: { 'ghcr.io': { auth: base64('alice:s3:cret') } },
      credentials: alice('s3:cret'),
    },
    {
      title: 'padded, as old clients wrote it',
      auths: { 'ghcr.io': { auth: base64('alice:s3cret\0\0') } },
      credentials: alice('s3cret'),
    },
    {
      title: 'user and password in the clear',
      auths: { 'ghcr.io': { username: 'alice', password: 's3cret' } },
      credentials: alice('s3cret'),
    },
    {
      title: 'an identity token before the user beside it',
      auths: { 'ghcr.io': { auth: base64('00000000-0000:'), identitytoken: 'long' } },
      credentials: { by: 'identity-token', token: 'long' },
    },
    {
      title: 'a key with https:// and a path',
      auths: { 'https://ghcr.io/v2/': { auth: base64('alice:1') } },
      credentials: alice('1'),
    },
    {
      title: 'the exact key before another of the same host',
      auths: { 'https://ghcr.io/v1/': { auth: base64('alice:1') }, 'ghcr.io': { auth: base64('alice:2') } },
      credentials: alice('2'),
    },
    {
      title: 'the port is part of the host',
      host: 'localhost:5000',
      auths: { localhost: { auth: base64('alice:1') }, 'localhost:5000': { auth: base64('alice:2') } },
      credentials: alice('2'),
    },
    {
      title: 'docker.io under the name that Docker gives it, not under that of its tokens',
      host: 'docker.io',
      auths: {
        'https://index.docker.io/v1/access-token': { auth: base64('alice:1') },
        'https://index.docker.io/v1/': { auth: base64('alice:2') },
      },
      credentials: alice('2'),
    },
    {
      title: 'docker.io as a person writes it',
      host: 'docker.io',
      auths: { 'docker.io': { auth: base64('alice:1') } },
      credentials: alice('1'),
    },
  ])('$title', async ({ host = 'ghcr.io', auths, credentials }) => {
    expect(await readCredentials(host, configured({ auths }))).toEqual(credentials)
  })

  testEach<{ title: string; config: object }>([
    { title: 'of another host', config: { auths: { 'example.com': { auth: base64('alice:1') } } } },
    { title: 'of a host that ends alike', config: { auths: { 'evil-ghcr.io': { auth: base64('alice:1') } } } },
    { title: 'in an empty entry, as helpers leave it', config: { auths: { 'ghcr.io': {} } } },
    { title: 'in no entries', config: {} },
  ])('nothing $title', async ({ config }) => {
    const env = configured(config)
    const because = `${join(env.DOCKER_CONFIG ?? '', 'config.json')} has none for ghcr.io`
    expect(await readCredentials('ghcr.io', env)).toEqual({ by: 'nothing', because })
  })

  test('nothing where there is no file', async () => {
    expect(await readCredentials('ghcr.io', { DOCKER_CONFIG: join(temporaryFolder(), 'none') })).toMatchObject({
      by: 'nothing',
    })
  })

  test('in ~/.docker where DOCKER_CONFIG is empty', async () => {
    const auths = { 'ghcr.io': { auth: base64('alice:1') } }
    vi.stubEnv('HOME', writeFiles(temporaryFolder(), { '.docker/config.json': JSON.stringify({ auths }) }))
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await readCredentials('ghcr.io', { DOCKER_CONFIG: '' })).toEqual(alice('1'))
  })
})

describe('a helper', () => {
  test('is told the host, and its answer goes before the file', async () => {
    helpers({ store: knows('alice', 'from the store') })
    const auths = { 'ghcr.io': { auth: base64('alice:from the file') } }
    expect(await readCredentials('ghcr.io', configured({ credsStore: 'store', auths }))).toEqual(
      alice('from the store'),
    )
  })

  test('of the host goes before that of all', async () => {
    helpers({ store: knows('alice', 'store'), own: knows('alice', 'own') })
    const config = { credsStore: 'store', credHelpers: { 'ghcr.io': 'own' } }
    expect(await readCredentials('ghcr.io', configured(config))).toEqual(alice('own'))
    expect(await readCredentials('example.com', configured(config))).toEqual(alice('store'))
  })

  test('is told docker.io by the name that Docker uses', async () => {
    helpers({ store: `read -r host || true; printf '{"Username":"%s","Secret":"1"}' "$host"` })
    expect(await readCredentials('docker.io', configured({ credsStore: 'store' }))).toMatchObject({
      username: 'https://index.docker.io/v1/',
    })
  })

  test('may keep an identity token', async () => {
    helpers({ store: knows('<token>', 'long') })
    expect(await readCredentials('ghcr.io', configured({ credsStore: 'store' }))).toEqual({
      by: 'identity-token',
      token: 'long',
    })
  })

  test('that has nothing leaves the file', async () => {
    helpers({ store: NONE })
    const auths = { 'ghcr.io': { auth: base64('alice:from the file') } }
    expect(await readCredentials('ghcr.io', configured({ credsStore: 'store', auths }))).toEqual(alice('from the file'))
  })

  testEach<{ title: string; script: string; because: string }>([
    { title: 'has nothing', script: NONE, because: 'docker-credential-store has none for ghcr.io' },
    {
      title: 'answers nothing',
      script: `cat >/dev/null; echo '{"Username":"","Secret":""}'`,
      because: 'docker-credential-store has none for ghcr.io',
    },
    {
      title: 'fails',
      script: 'cat >/dev/null; echo the keychain is locked; exit 1',
      because: 'docker-credential-store: the keychain is locked',
    },
    {
      title: 'fails without a word',
      script: 'cat >/dev/null; exit 3',
      because: 'docker-credential-store: exit code 3',
    },
    {
      title: 'answers what is no JSON, perhaps a password',
      script: 'cat >/dev/null; echo s3cret',
      because: 'docker-credential-store does not answer in JSON',
    },
    {
      title: 'lacks something itself',
      script: 'cat >/dev/null; exit 127',
      because: 'docker-credential-store: exit code 127',
    },
  ])('that $title gives nothing, and the reason', async ({ script, because }) => {
    helpers({ store: script })
    expect(await readCredentials('ghcr.io', configured({ credsStore: 'store' }))).toEqual({ by: 'nothing', because })
  })

  test('that waits for somebody gives nothing, and the reason', async () => {
    helpers({ store: 'exec sleep 1000' })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const read = readCredentials('ghcr.io', configured({ credsStore: 'store' }))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await read).toEqual({ by: 'nothing', because: 'docker-credential-store does not answer' })
  })

  test('that is not there gives nothing, and the reason', async () => {
    helpers({ store: 'cat >/dev/null' })
    expect(await readCredentials('ghcr.io', configured({ credsStore: 'gone' }))).toEqual({
      by: 'nothing',
      because: 'docker-credential-gone is not installed',
    })
  })
})

describe('a damaged file is a problem that names it', () => {
  testEach<{ title: string; config: string; detail: RegExp }>([
    { title: 'no JSON', config: '{"auths":{"ghcr.io":{"auth":s3cret}}}', detail: /^It is not JSON/ },
    { title: 'cut off', config: '{"auths":', detail: /^It is not JSON/ },
    { title: 'a list', config: '[]', detail: /not a JSON object/ },
    { title: 'empty', config: '', detail: /^It is not JSON/ },
    {
      title: 'an entry that is no user:password',
      config: '{"auths":{"ghcr.io":{"auth":"s3cret"}}}',
      detail: /auth for ghcr.io/,
    },
  ])('$title', async ({ config, detail }) => {
    const env = configured(config)
    const [problem] = await problemsOf(() => readCredentials('ghcr.io', env))
    expect(problem).toEqual({
      code: 'docker-config-unreadable',
      file: join(env.DOCKER_CONFIG ?? '', 'config.json'),
      detail: expect.stringMatching(detail),
    })
    expect(JSON.stringify(problem)).not.toContain('s3cr')
  })

  test('a folder', async () => {
    const DOCKER_CONFIG = writeFiles(temporaryFolder(), { 'config.json/x': '' })
    expect(await problemsOf(() => readCredentials('ghcr.io', { DOCKER_CONFIG }))).toMatchObject([
      { code: 'docker-config-unreadable', detail: expect.stringContaining('folder') },
    ])
  })
})
