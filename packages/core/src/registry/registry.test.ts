import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { problemsOf, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { renderProblem } from '../problem/explain-problem.js'
import { parseChallenges } from './authorization.js'
import { proxyFor } from './proxy.js'
import {
  findManifest,
  findPlatforms,
  findPublishedImage,
  hasBlob,
  listTags,
  type Manifest,
  putBlob,
  putManifest,
  readBlob,
  requireReadable,
  requireWritable,
  saveBlob,
} from './registry.js'
import { parseReference, type RegistryAccess, type Repository, repositoryOf } from './repository.js'

const DIRECT: RegistryAccess = { caBundle: undefined, proxies: {} }
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json'

const digestOf = (bytes: string | Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** A request, as it came. `authorization` and `body` are empty where there was none. */
type Asked = { call: string; authorization: string; body: string; headers: IncomingHttpHeaders; url: URL }
/** An answer: a status, or more; `reset` ends the connection instead. */
type Told = number | 'reset' | { status?: number; headers?: Record<string, string>; body?: string | object }

/** A server on loopback; `asked` is all that came. */
type Peer = { host: string; port: number; asked: Asked[] }

function listening(answer: (asked: Asked, peer: Peer) => Told): { listener: RequestListener; peer: Peer } {
  const peer: Peer = { host: '', port: 0, asked: [] }
  const listener: RequestListener = async (request, response) => {
    const asked: Asked = {
      call: `${request.method} ${request.url}`,
      authorization: request.headers.authorization ?? '',
      body: (await buffer(request)).toString(),
      headers: request.headers,
      url: new URL(request.url ?? '', `http://${peer.host}`),
    }
    peer.asked.push(asked)
    const told = answer(asked, peer)
    if (told === 'reset') return void request.socket.resetAndDestroy()
    const { status = 200, headers = {}, body = '' } = typeof told === 'number' ? { status: told } : told
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  }
  return { listener, peer }
}

async function listen(server: Server, peer: Peer): Promise<Peer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  peer.port = (server.address() as AddressInfo).port
  peer.host = `127.0.0.1:${peer.port}`
  return peer
}

async function serve(answer: (asked: Asked, peer: Peer) => Told): Promise<Peer> {
  const { listener, peer } = listening(answer)
  return await listen(createServer(listener), peer)
}

let names = 0
/** A repository of its own: tokens are kept for as long as the process lives. */
const repositoryAt = (host: string, access = DIRECT): Repository => ({ host, path: `team/hello-${++names}`, access })

/** What Docker's client would find for these hosts. */
function loggedIn(auths: { [host: string]: object }): void {
  const DOCKER_CONFIG = writeFiles(temporaryFolder(), { 'config.json': JSON.stringify({ auths }) })
  vi.stubEnv('DOCKER_CONFIG', DOCKER_CONFIG)
  onTestFinished(() => void vi.unstubAllEnvs())
}

const MANIFEST = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE })
const manifest: Manifest = { digest: digestOf(MANIFEST), mediaType: OCI_IMAGE, body: Buffer.from(MANIFEST) }

describe('a name is host and path by Docker’s rule', () => {
  testEach([
    { name: 'ghcr.io/openedx/devenv/discovery', host: 'ghcr.io', path: 'openedx/devenv/discovery' },
    { name: 'localhost/hello', host: 'localhost', path: 'hello' },
    { name: 'registry:5000/hello', host: 'registry:5000', path: 'hello' },
    { name: 'openedx/hello', host: 'docker.io', path: 'openedx/hello' },
    { name: 'mysql', host: 'docker.io', path: 'library/mysql' },
    { name: 'docker.io/mysql', host: 'docker.io', path: 'library/mysql' },
    { name: 'index.docker.io/openedx/hello', host: 'docker.io', path: 'openedx/hello' },
    { name: 'localhost', host: 'docker.io', path: 'library/localhost' },
  ])('$name', ({ name, host, path }) => {
    expect(repositoryOf(name, DIRECT)).toEqual({ host, path, access: DIRECT })
  })
})

describe('a manifest', () => {
  test('is its bytes, and their own digest, whatever a header says', async () => {
    const { host, asked } = await serve(() => ({
      headers: { 'content-type': OCI_IMAGE, 'docker-content-digest': digestOf('a lie') },
      body: MANIFEST,
    }))
    const repository = repositoryAt(host)
    expect(await findManifest(repository, 'main')).toEqual(manifest)
    expect(asked).toMatchObject([{ call: `GET /v2/${repository.path}/manifests/main`, authorization: '' }])
    for (const type of [
      OCI_INDEX,
      OCI_IMAGE,
      'docker.distribution.manifest.list.v2',
      'docker.distribution.manifest.v2',
    ]) {
      expect(asked[0]?.headers.accept).toContain(type)
    }
  })

  test('has the media type of the answer where it does not say its own', async () => {
    const headers = { 'content-type': `${OCI_INDEX}; charset=utf-8` }
    const { host } = await serve(() => ({ headers, body: { manifests: [] } }))
    expect(await findManifest(repositoryAt(host), 'main')).toMatchObject({ mediaType: OCI_INDEX })
  })

  test.each(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN'])('that a registry does not have is none: %s', async (code) => {
    const { host } = await serve(() => ({ status: 404, body: { errors: [{ code, message: 'unknown' }] } }))
    expect(await findManifest(repositoryAt(host), 'main')).toBeUndefined()
  })

  test('by digest has that digest, or is refused', async () => {
    const { host } = await serve(() => ({ body: MANIFEST }))
    expect(await findManifest(repositoryAt(host), manifest.digest)).toEqual(manifest)
    expect(await problemsOf(() => findManifest(repositoryAt(host), digestOf('another')))).toMatchObject([
      { code: 'registry-refused', detail: expect.stringContaining(manifest.digest) },
    ])
  })

  test('is not what a page of a hotel says', async () => {
    const { host } = await serve(() => ({ headers: { 'content-type': 'text/html' }, body: '<p>Welcome' }))
    expect(await problemsOf(() => findManifest(repositoryAt(host), 'main'))).toMatchObject([
      { code: 'registry-refused', registry: host, detail: expect.stringContaining('text/html') },
    ])
  })

  test('that is refused for another reason is explained in the registry’s own words', async () => {
    const errors = [{ code: 'TOOMANYREQUESTS', message: 'slow down' }, { code: 'DENIED' }]
    const { host } = await serve(() => ({ status: 400, body: { errors } }))
    const repository = repositoryAt(host)
    expect(await problemsOf(() => findManifest(repository, 'main'))).toEqual([
      {
        code: 'registry-refused',
        registry: host,
        doing: `give ${repository.path}:main`,
        detail: '400 Bad Request: slow down; DENIED',
      },
    ])
  })
})

describe('a token', () => {
  /** A registry that wants one, and gives `token` for what `grants` lets pass. */
  const guarded = (grants: (asked: Asked) => Told = () => ({ body: { token: 'ours' } })) =>
    serve((asked, { host }) => {
      if (asked.url.pathname === '/token') return grants(asked)
      if (asked.authorization === 'Bearer ours') return { body: asked.url.pathname.endsWith('list') ? {} : MANIFEST }
      const challenge = `Bearer realm="http://${host}/token?tenant=1",service="the service",scope="repository:x:pull"`
      return { status: 401, headers: { 'www-authenticate': challenge }, body: { errors: [{ message: 'log in' }] } }
    })

  test('is asked for without credentials where there are none, and kept', async () => {
    loggedIn({})
    const { host, asked } = await guarded()
    const repository = repositoryAt(host)
    expect(await findManifest(repository, 'main')).toEqual(manifest)
    expect(await findManifest(repository, 'main')).toEqual(manifest)
    const path = `/v2/${repository.path}/manifests/main`
    const scope = new URLSearchParams({ scope: `repository:${repository.path}:pull` })
    expect(asked.map(({ call, authorization }) => [call, authorization])).toEqual([
      [`GET ${path}`, ''],
      [`GET /token?tenant=1&service=the+service&${scope}`, ''],
      [`GET ${path}`, 'Bearer ours'],
      [`GET ${path}`, 'Bearer ours'],
    ])
  })

  test('is asked for with the password of docker login, by its account', async () => {
    const { host, asked } = await guarded(({ authorization }) =>
      authorization === basic('alice', 's3:cret') ? { body: { access_token: 'ours' } } : 401,
    )
    loggedIn({ [host]: { username: 'alice', password: 's3:cret' } })
    expect(await findManifest(repositoryAt(host), 'main')).toEqual(manifest)
    expect(asked[1]?.url.searchParams.get('account')).toBe('alice')
  })

  test('is exchanged for an identity token', async () => {
    const { host, asked } = await guarded()
    loggedIn({ [host]: { identitytoken: 'long' } })
    const repository = repositoryAt(host)
    expect(await findManifest(repository, 'main')).toEqual(manifest)
    expect(asked[1]).toMatchObject({ call: 'POST /token?tenant=1', authorization: '' })
    expect(Object.fromEntries(new URLSearchParams(asked[1]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'long',
      client_id: 'devenv',
      service: 'the service',
      scope: `repository:${repository.path}:pull`,
    })
  })

  test('for writing is another than for reading', async () => {
    loggedIn({})
    const { host, asked } = await guarded()
    const repository = repositoryAt(host)
    await findManifest(repository, 'main')
    await putManifest(repository, 'main', manifest)
    await requireWritable(repository)
    expect(
      asked.filter(({ url }) => url.pathname === '/token').map(({ url }) => url.searchParams.get('scope')),
    ).toEqual([`repository:${repository.path}:pull`, `repository:${repository.path}:pull,push`])
  })

  test('is asked for once by many at once', async () => {
    loggedIn({})
    const { host, asked } = await guarded()
    const repository = repositoryAt(host)
    await Promise.all(['a', 'b', 'c', 'd'].map((tag) => findManifest(repository, tag)))
    expect(asked.filter(({ url }) => url.pathname === '/token')).toHaveLength(1)
  })

  test('that has expired is renewed, once', async () => {
    loggedIn({})
    let valid = 'first'
    const { host, asked } = await serve(({ url, authorization }, peer) => {
      if (url.pathname === '/token') return { body: { token: valid } }
      if (authorization === `Bearer ${valid}`) return { body: MANIFEST }
      return { status: 401, headers: { 'WWW-Authenticate': `Bearer realm="http://${peer.host}/token"` } }
    })
    const repository = repositoryAt(host)
    await findManifest(repository, 'main')
    valid = 'second'
    expect(await findManifest(repository, 'main')).toEqual(manifest)
    expect(asked.filter(({ url }) => url.pathname === '/token')).toHaveLength(2)
  })

  testEach<{ title: string; grants: Told; detail: string }>([
    {
      title: 'its server refuses',
      grants: { status: 401, body: { details: 'incorrect username or password' } },
      detail: '401 Unauthorized: incorrect username or password (asked as alice)',
    },
    {
      title: 'its server forbids',
      grants: { status: 403, body: { errors: [{ code: 'DENIED', message: 'denied' }] } },
      detail: '403 Forbidden: denied (asked as alice)',
    },
    {
      title: 'the registry does not accept',
      grants: { body: { token: 'weak' } },
      detail: '401 Unauthorized: log in (asked as alice)',
    },
  ])('that $title is forbidden', async ({ grants, detail }) => {
    const { host } = await guarded(() => grants)
    loggedIn({ [host]: { username: 'alice', password: 's3cret' } })
    const repository = repositoryAt(host)
    const forbidden = { code: 'registry-forbidden', registry: host, repository: repository.path, detail }
    expect(await problemsOf(() => findManifest(repository, 'main'))).toEqual([{ ...forbidden, doing: 'read' }])
    expect(await problemsOf(() => putManifest(repository, 'main', manifest))).toEqual([
      { ...forbidden, doing: 'write' },
    ])
  })

  test('that was refused is asked for again', async () => {
    loggedIn({})
    let tokens = 0
    const { host } = await guarded(() => (++tokens === 1 ? 403 : { body: { token: 'ours' } }))
    const repository = repositoryAt(host)
    await problemsOf(() => findManifest(repository, 'main'))
    expect(await findManifest(repository, 'main')).toEqual(manifest)
  })

  test('for an identity token that has expired is forbidden', async () => {
    const { host } = await guarded(() => ({ status: 400, body: { error: 'invalid_grant' } }))
    loggedIn({ [host]: { identitytoken: 'long' } })
    expect(await problemsOf(() => listTags(repositoryAt(host)))).toMatchObject([
      { code: 'registry-forbidden', detail: '400 Bad Request: invalid_grant (asked with an identity token)' },
    ])
  })

  test('that does not come is the fault of its server', async () => {
    loggedIn({})
    const { host } = await guarded(() => ({ body: {} }))
    expect(await problemsOf(() => listTags(repositoryAt(host)))).toMatchObject([
      { code: 'registry-refused', doing: 'give a token' },
    ])
  })
})

describe('a blob', () => {
  const file = () => {
    const path = join(writeFiles(temporaryFolder(), { blob: 'content' }), 'blob')
    return { path, bytes: 7 }
  }
  const digest = digestOf('content')

  test('goes where the registry says, as it says that, and a password does not go along to another host', async () => {
    const storage = await serve(() => 201)
    const { host } = await serve(({ authorization }) =>
      authorization === basic('alice', 's3cret')
        ? { status: 202, headers: { location: `http://${storage.host}/put?_state=a%2Bb~c` } }
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="test"' } },
    )
    loggedIn({ [host]: { username: 'alice', password: 's3cret' } })
    await putBlob(repositoryAt(host), digest, file())
    expect(storage.asked).toMatchObject([
      { call: `PUT /put?_state=a%2Bb~c&digest=${encodeURIComponent(digest)}`, authorization: '', body: 'content' },
    ])
    expect(storage.asked[0]?.headers['content-length']).toBe('7')
  })

  test('is there where the registry has it, or says where it is', async () => {
    const { host, asked } = await serve(({ url }) =>
      url.pathname.endsWith('a')
        ? 200
        : url.pathname.endsWith('b')
          ? { status: 307, headers: { location: '/x' } }
          : 404,
    )
    const repository = repositoryAt(host)
    const found = await Promise.all(['a', 'b', 'c'].map((end) => hasBlob(repository, `sha256:${end}`)))
    expect(found).toEqual([true, true, false])
    expect(asked.every(({ call }) => call.startsWith('HEAD '))).toBe(true)
  })

  test('is written into a file, from where a redirect leads', async () => {
    const { host } = await serve(({ url }) =>
      url.pathname === '/elsewhere' ? { body: 'content' } : { status: 307, headers: { location: '/elsewhere' } },
    )
    const into = { path: join(temporaryFolder(), 'blob'), bytes: 7 }
    await saveBlob(repositoryAt(host), digest, into)
    expect(readFileSync(into.path, 'utf8')).toBe('content')
  })
})

describe('a password', () => {
  const challenge = { status: 401, headers: { 'www-authenticate': 'Basic realm="test"' } }

  test('is sent where a registry asks for it, and not before', async () => {
    const { host, asked } = await serve(({ authorization }) =>
      authorization === basic('alice', 's3cret') ? { body: { tags: ['a'] } } : challenge,
    )
    loggedIn({ [host]: { auth: Buffer.from('alice:s3cret').toString('base64') } })
    expect(await listTags(repositoryAt(host))).toEqual(['a'])
    expect(asked.map(({ authorization }) => authorization)).toEqual(['', basic('alice', 's3cret')])
  })

  test('is not sent in the clear to another host than that of the registry, also from loopback', async () => {
    const { host, asked } = await serve(() => ({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="http://tokens.example.test/"' },
    }))
    loggedIn({ [host]: { username: 'alice', password: 's3cret' } })
    expect(await problemsOf(() => listTags(repositoryAt(host)))).toMatchObject([
      { code: 'registry-refused', detail: expect.stringContaining('http://tokens.example.test') },
    ])
    expect(asked).toHaveLength(1)
  })

  test('tells as whom a registry takes us, also where the repository is not there', async () => {
    const { host } = await serve(({ authorization }) => (authorization === basic('alice', 's3cret') ? 404 : challenge))
    loggedIn({ [host]: { username: 'alice', password: 's3cret' } })
    expect(await requireReadable(repositoryAt(host))).toBe('as alice')
    loggedIn({ [host]: { username: 'alice', password: 'wrong' } })
    expect(await problemsOf(() => requireReadable(repositoryAt(host)))).toMatchObject([{ code: 'registry-forbidden' }])
  })

  test('that is wrong is forbidden, after one try', async () => {
    const { host, asked } = await serve(() => challenge)
    loggedIn({ [host]: { username: 'alice', password: 'wrong' } })
    expect(await problemsOf(() => listTags(repositoryAt(host)))).toMatchObject([
      { code: 'registry-forbidden', detail: '401 Unauthorized (asked as alice)' },
    ])
    expect(asked).toHaveLength(2)
  })

  test('that is missing is reported, with the file that should have it', async () => {
    loggedIn({})
    const { host } = await serve(() => challenge)
    const [problem] = await problemsOf(() => listTags(repositoryAt(host)))
    expect(problem).toMatchObject({
      code: 'registry-forbidden',
      detail: expect.stringMatching(/asked without credentials: .*config\.json has none for 127/),
    })
  })
})

describe('a blob', () => {
  test('is its bytes', async () => {
    const { host, asked } = await serve(() => ({ body: 'bytes' }))
    const repository = repositoryAt(host)
    expect(await readBlob(repository, digestOf('bytes'))).toEqual(Buffer.from('bytes'))
    expect(asked[0]?.call).toBe(`GET /v2/${repository.path}/blobs/${digestOf('bytes')}`)
  })

  test('with another digest is refused', async () => {
    const { host } = await serve(() => ({ body: 'other bytes' }))
    expect(await problemsOf(() => readBlob(repositoryAt(host), digestOf('bytes')))).toMatchObject([
      { code: 'registry-refused', detail: expect.stringContaining(digestOf('other bytes')) },
    ])
  })

  test('that is missing is refused', async () => {
    const { host } = await serve(() => 404)
    expect(await problemsOf(() => readBlob(repositoryAt(host), digestOf('bytes')))).toMatchObject([
      { code: 'registry-refused', detail: '404 Not Found' },
    ])
  })

  /** A registry that wants a password and redirects to `where`. */
  const redirecting = async (where: (host: string) => string) => {
    const registry = await serve(({ url, authorization }, { host }) => {
      if (url.pathname === '/moved') return { body: 'bytes' }
      if (authorization === '') return { status: 401, headers: { 'www-authenticate': 'Basic realm="test"' } }
      return { status: 307, headers: { location: where(host) } }
    })
    loggedIn({ [registry.host]: { username: 'alice', password: 's3cret' } })
    return registry
  }

  test('is fetched from where it lies, without our credentials', async () => {
    const storage = await serve(() => ({ body: 'bytes' }))
    const { host } = await redirecting(() => `http://${storage.host}/bucket?signature=1`)
    expect((await readBlob(repositoryAt(host), digestOf('bytes'))).toString()).toBe('bytes')
    expect(storage.asked).toMatchObject([{ call: 'GET /bucket?signature=1', authorization: '' }])
  })

  test('is fetched from elsewhere in the same registry with them', async () => {
    const { host, asked } = await redirecting(() => '/moved')
    expect((await readBlob(repositoryAt(host), digestOf('bytes'))).toString()).toBe('bytes')
    expect(asked.at(-1)).toMatchObject({ call: 'GET /moved', authorization: basic('alice', 's3cret') })
  })

  test('gives nobody our credentials who asks for them where it lies', async () => {
    const storage = await serve(() => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="mine"' } }))
    const { host } = await redirecting(() => `http://${storage.host}/bucket`)
    expect(await problemsOf(() => readBlob(repositoryAt(host), digestOf('bytes')))).toMatchObject([
      { code: 'registry-forbidden' },
    ])
    expect(storage.asked.map(({ authorization }) => authorization)).toEqual([''])
  })

  test('is not followed in a circle', async () => {
    const { host, asked } = await serve(({ url }) => ({ status: 302, headers: { location: url.pathname } }))
    expect(await problemsOf(() => readBlob(repositoryAt(host), digestOf('bytes')))).toMatchObject([
      { code: 'registry-refused', detail: '302 Found' },
    ])
    expect(asked.length).toBeLessThan(10)
  })
})

describe('tags', () => {
  test('are read page by page', async () => {
    const { host, asked } = await serve(({ url }, peer) => {
      const last = url.searchParams.get('last')
      if (last === null) return { headers: { link: '</v2/x?last=b>; rel="next"' }, body: { tags: ['a', 'b'] } }
      if (last === 'b') return { headers: { link: `<http://${peer.host}/x?last=c>;rel=next` }, body: { tags: ['c'] } }
      return { headers: { link: '</x>; rel="prev"' }, body: { tags: ['d'] } }
    })
    expect(await listTags(repositoryAt(host))).toEqual(['a', 'b', 'c', 'd'])
    expect(asked).toHaveLength(3)
  })

  test('end where a page names itself', async () => {
    const { host } = await serve(({ url }) => ({
      headers: { link: `<${url.href}>; rel="next"` },
      body: { tags: ['a'] },
    }))
    expect(await listTags(repositoryAt(host))).toEqual(['a'])
  })

  testEach<{ title: string; told: Told }>([
    { title: 'does not know', told: { status: 404, body: { errors: [{ code: 'NAME_UNKNOWN' }] } } },
    { title: 'knows without any', told: { body: { name: 'x', tags: null } } },
  ])('of a repository that a registry $title are none', async ({ told }) => {
    const { host } = await serve(() => told)
    expect(await listTags(repositoryAt(host))).toEqual([])
  })
})

describe('a name', () => {
  test('is given to the identical bytes, under their media type', async () => {
    const { host, asked } = await serve(() => 201)
    const repository = repositoryAt(host)
    const body = Buffer.from('{ "spaces":   "stay" }\n')
    await putManifest(repository, 'main', { digest: digestOf(body), mediaType: OCI_INDEX, body })
    expect(asked).toMatchObject([{ call: `PUT /v2/${repository.path}/manifests/main`, body: body.toString() }])
    expect(asked[0]?.headers['content-type']).toBe(OCI_INDEX)
  })

  testEach<{ title: string; told: Told; problem: object }>([
    {
      title: 'is read-only',
      told: { status: 405, body: { errors: [{ code: 'UNSUPPORTED', message: 'a mirror' }] } },
      problem: { code: 'registry-read-only', detail: '405 Method Not Allowed: a mirror' },
    },
    {
      title: 'lacks its layers',
      told: { status: 400, body: { errors: [{ message: 'blob unknown to registry' }] } },
      problem: { code: 'registry-refused', detail: '400 Bad Request: blob unknown to registry' },
    },
    { title: 'forbids it', told: 403, problem: { code: 'registry-forbidden', doing: 'write' } },
    {
      title: 'does not know the repository',
      told: 404,
      problem: { code: 'registry-refused', detail: '404 Not Found' },
    },
  ])('is not given where the registry $title', async ({ told, problem }) => {
    const { host } = await serve(() => told)
    const repository = repositoryAt(host)
    expect(await problemsOf(() => putManifest(repository, 'main', manifest))).toMatchObject([
      { registry: host, ...problem },
    ])
  })
})

describe('whether one may write', () => {
  test('is tried by an upload, which is cancelled', async () => {
    const { host, asked } = await serve(({ url }) =>
      url.pathname.endsWith('/uploads/') ? { status: 202, headers: { location: `${url.pathname}1?state=2` } } : 204,
    )
    const repository = repositoryAt(host)
    await requireWritable(repository)
    expect(asked.map(({ call }) => call)).toEqual([
      `POST /v2/${repository.path}/blobs/uploads/`,
      `DELETE /v2/${repository.path}/blobs/uploads/1?state=2`,
    ])
  })

  test.each<Told>([405, 'reset'])('does not depend on the cancelling: %s', async (told) => {
    const { host } = await serve(({ url }) =>
      url.pathname.endsWith('/uploads/') ? { status: 202, headers: { location: `${url.pathname}1` } } : told,
    )
    await expect(requireWritable(repositoryAt(host))).resolves.toBeUndefined()
  })

  test('is tried with our credentials, which do not go where the upload lies', async () => {
    const storage = await serve(() => 204)
    const { host } = await serve(({ authorization }) =>
      authorization === basic('alice', 's3cret')
        ? { status: 202, headers: { location: `http://${storage.host}/upload` } }
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="test"' } },
    )
    loggedIn({ [host]: { username: 'alice', password: 's3cret' } })
    await requireWritable(repositoryAt(host))
    expect(storage.asked).toMatchObject([{ call: 'DELETE /upload', authorization: '' }])
  })

  testEach<{ title: string; told: Told; code: string }>([
    { title: 'a registry that is read-only', told: 405, code: 'registry-read-only' },
    { title: 'an account that may not', told: 403, code: 'registry-forbidden' },
    { title: 'a registry that has no room', told: 507, code: 'registry-refused' },
  ])('not with $title', async ({ told, code }) => {
    const { host, asked } = await serve(() => told)
    expect(await problemsOf(() => requireWritable(repositoryAt(host)))).toMatchObject([{ code, registry: host }])
    expect(asked).toHaveLength(1)
  })
})

describe('what may pass is tried again', () => {
  const busy = (status: number, wait: string) => ({ status, headers: { 'retry-after': wait } })

  test.each<Told>([500, 503, 429, 'reset'])('%s', async (told) => {
    let calls = 0
    const { host, asked } = await serve(() => (++calls === 1 ? told : { body: MANIFEST }))
    expect(await findManifest(repositoryAt(host), 'main')).toEqual(manifest)
    expect(asked).toHaveLength(2)
  })

  testEach<{ told: Told; tries: number; problem: object }>([
    { told: 500, tries: 2, problem: { code: 'registry-refused', detail: '500 Internal Server Error' } },
    { told: 'reset', tries: 2, problem: { code: 'registry-unreachable' } },
    { told: 503, tries: 4, problem: { code: 'registry-refused', detail: '503 Service Unavailable' } },
  ])('and no more: $told', async ({ told, tries, problem }) => {
    const { host, asked } = await serve(() => told)
    expect(await problemsOf(() => findManifest(repositoryAt(host), 'main'))).toMatchObject([problem])
    expect(asked).toHaveLength(tries)
  })

  test.each([
    ['seconds', () => '1'],
    ['a date', () => new Date(Date.now() + 1500).toUTCString()],
  ])('when the registry wishes, as often as it wishes: %s', async (_how, wait) => {
    const { host, asked } = await serve(() => (asked.length < 3 ? busy(429, wait()) : { body: MANIFEST }))
    const began = performance.now()
    expect(await findManifest(repositoryAt(host), 'main')).toEqual(manifest)
    expect(performance.now() - began).toBeGreaterThan(1000)
    expect(asked).toHaveLength(3)
  })

  test('not when it wishes that too late: its wish is told', async () => {
    const { host, asked } = await serve(() => busy(429, '3600'))
    expect(await problemsOf(() => findManifest(repositoryAt(host), 'main'))).toMatchObject([
      { code: 'registry-refused', detail: '429 Too Many Requests (it wants to be asked again in 3600 s)' },
    ])
    expect(asked).toHaveLength(1)
  })

  test('a name too, which is the same twice', async () => {
    let calls = 0
    const { host } = await serve(() => (++calls === 1 ? 500 : 201))
    await putManifest(repositoryAt(host), 'main', manifest)
    expect(calls).toBe(2)
  })

  test.each<Told>([503, 'reset'])('but not an upload: %s', async (told) => {
    const { host, asked } = await serve(() => told)
    await problemsOf(() => requireWritable(repositoryAt(host)))
    expect(asked).toHaveLength(1)
  })

  test('an upload only where it has surely not begun', async () => {
    const { host, asked } = await serve(() => (asked.length < 2 ? 429 : 202))
    await requireWritable(repositoryAt(host))
    expect(asked).toHaveLength(2)
  })

  test('nor what is settled', async () => {
    const { host, asked } = await serve(() => 400)
    await problemsOf(() => findManifest(repositoryAt(host), 'main'))
    expect(asked).toHaveLength(1)
  })
})

test('a registry that drips is not waited for for ever', async () => {
  let dripped = () => {}
  const dripping = new Promise<void>((resolve) => {
    dripped = resolve
  })
  const server = createServer((_request, response) => {
    const drip = setInterval(() => response.write('x', dripped), 5)
    response.on('close', () => clearInterval(drip))
  })
  const { host } = await listen(server, { host: '', port: 0, asked: [] })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const ending = problemsOf(() => findManifest(repositoryAt(host), 'main'))
  await dripping
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await ending).toEqual([
    { code: 'registry-unreachable', registry: host, detail: 'it gave no whole answer within 60 s' },
  ])
})

test('a registry that is not there is a problem with a fix, not a stack', async () => {
  // A port that is given out to nobody.
  const host = '127.0.0.1:1'
  expect(await problemsOf(() => listTags(repositoryAt(host)))).toEqual([
    { code: 'registry-unreachable', registry: host, detail: `connect ECONNREFUSED ${host}` },
  ])
})

describe('an image', () => {
  /** A registry of these manifests by tag or digest, and these blobs. */
  const holding = (manifests: { [reference: string]: string }, blobs: readonly string[] = []) =>
    serve(({ url }) => {
      const reference = url.pathname.split('/').at(-1) ?? ''
      const found = [...Object.values(manifests), ...blobs].find((each) => digestOf(each) === reference)
      const body = manifests[reference] ?? found
      return body === undefined ? 404 : { body }
    })

  const configOf = (architecture: string, labels?: object) =>
    JSON.stringify({
      os: 'linux',
      architecture,
      ...(labels && { config: { Labels: labels } }),
      history: [
        { created_by: 'COPY a' },
        { created_by: 'ENV A=b', empty_layer: true },
        { created_by: 'RUN b', empty_layer: false },
        { created_by: 'CMD c', empty_layer: true },
      ],
    })
  const manifestOf = (config: string) =>
    JSON.stringify({
      mediaType: OCI_IMAGE,
      config: { digest: digestOf(config) },
      layers: [
        { digest: 'sha256:a', size: 10 },
        { digest: 'sha256:b', size: 20 },
        { digest: 'sha256:c', size: 30 },
      ],
    })
  const LAYERS = [
    { digest: 'sha256:a', bytes: 10, createdBy: 'COPY a' },
    { digest: 'sha256:b', bytes: 20, createdBy: 'RUN b' },
    { digest: 'sha256:c', bytes: 30, createdBy: '' },
  ]

  test('of one platform has that of its configuration, and its layers have their instructions', async () => {
    const config = configOf('amd64', { 'org.openedx.devenv.inputs': '1' })
    const main = manifestOf(config)
    const { host } = await holding({ main }, [config])
    expect(await findPublishedImage(repositoryAt(host), 'main')).toEqual({
      digest: digestOf(main),
      manifest: { digest: digestOf(main), mediaType: OCI_IMAGE, body: Buffer.from(main) },
      platforms: [{ platform: 'linux/amd64', labels: { 'org.openedx.devenv.inputs': '1' }, layers: LAYERS }],
      lost: [],
    })
    expect(await findPlatforms(repositoryAt(host), 'main')).toEqual(['linux/amd64'])
  })

  test('of several is each of them, without attestations', async () => {
    const configs = [configOf('amd64', { a: 'b' }), configOf('arm64'), configOf('arm')]
    const [amd64 = '', arm64 = '', arm = ''] = configs.map(manifestOf)
    const entry = (body: string, platform: object, annotations?: object) => ({
      digest: digestOf(body),
      platform,
      annotations,
    })
    const main = JSON.stringify({
      mediaType: OCI_INDEX,
      manifests: [
        entry(amd64, { os: 'linux', architecture: 'amd64' }),
        entry(arm64, { os: 'linux', architecture: 'arm64', variant: 'v8' }),
        entry(arm, { os: 'linux', architecture: 'arm', variant: 'v7' }),
        entry('x', { os: 'linux', architecture: 'amd64' }, { 'vnd.docker.reference.type': 'attestation-manifest' }),
        entry('y', { os: 'unknown', architecture: 'unknown' }),
      ],
    })
    const { host } = await holding({ main, a: amd64, b: arm64, c: arm }, configs)
    expect(await findPublishedImage(repositoryAt(host), 'main')).toMatchObject({
      digest: digestOf(main),
      platforms: [
        { platform: 'linux/amd64', labels: { a: 'b' }, layers: LAYERS },
        { platform: 'linux/arm64', labels: {}, layers: LAYERS },
        { platform: 'linux/arm/v7', labels: {}, layers: LAYERS },
      ],
      lost: [],
    })
    expect(await findPlatforms(repositoryAt(host), 'main')).toEqual(['linux/amd64', 'linux/arm64', 'linux/arm/v7'])
  })

  test.each([null, [null, {}, 'x']])('of none, as its index says, has no platforms: %j', async (manifests) => {
    const main = JSON.stringify({ mediaType: OCI_INDEX, manifests })
    const { host } = await holding({ main }, [])
    expect(await findPublishedImage(repositoryAt(host), 'main')).toMatchObject({ platforms: [], lost: [] })
    expect(await findPlatforms(repositoryAt(host), 'main')).toEqual([])
  })

  test('of several that lost one says which; one that lost all is none', async () => {
    const config = configOf('amd64')
    const amd64 = manifestOf(config)
    const index = JSON.stringify({
      mediaType: OCI_INDEX,
      manifests: [
        { digest: digestOf(amd64), platform: { os: 'linux', architecture: 'amd64' } },
        { digest: digestOf('x'), platform: { os: 'linux', architecture: 'arm64' } },
      ],
    })
    const { host } = await holding({ main: index, a: amd64 }, [config])
    expect(await findPublishedImage(repositoryAt(host), 'main')).toMatchObject({
      platforms: [{ platform: 'linux/amd64' }],
      lost: ['linux/arm64'],
    })
    const { host: swept } = await holding({ main: index })
    expect(await findPublishedImage(repositoryAt(swept), 'main')).toBeUndefined()
  })

  test('that a registry does not have is none', async () => {
    const { host } = await holding({})
    expect(await findPublishedImage(repositoryAt(host), 'main')).toBeUndefined()
    expect(await findPlatforms(repositoryAt(host), 'main')).toBeUndefined()
  })

  testEach<{ title: string; main: object }>([
    {
      title: 'a manifest of another kind',
      main: { mediaType: 'application/vnd.docker.distribution.manifest.v1+json' },
    },
    { title: 'a manifest without a configuration', main: { mediaType: OCI_IMAGE, layers: [] } },
  ])('is refused: $title', async ({ main }) => {
    const { host } = await holding({ main: JSON.stringify(main) })
    expect(await problemsOf(() => findPublishedImage(repositoryAt(host), 'main'))).toMatchObject([
      { code: 'registry-refused', registry: host },
    ])
  })

  test('that runs nowhere, as a chart, has no platforms', async () => {
    const { host } = await holding({ main: manifestOf('{}') }, ['{}'])
    expect(await findPublishedImage(repositoryAt(host), 'main')).toMatchObject({ platforms: [] })
  })
})

/** A company's authority, which signed for itself; for registry.example.test, localhost and 127.0.0.1, to 2126. */
const CERTIFICATE = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgI++4rdJua8ECLi4Y
+swIVIFzXML61VsEX0tl9FwTjJChRANCAAQ53KG1IJMIAZLbH1yk+TwEk59jEF6i
SKeFc5oUsOR7M/RwAy0VP1y89QHoliph/jTYXGQY3Wvah8hpi00/OEW0
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBvTCCAWOgAwIBAgIUGouBIrVuOHV79qHrtO1YL4s7sjgwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVcmVnaXN0cnkuZXhhbXBsZS50ZXN0MCAXDTAwMDEwMTAwMDAw
MFoYDzIxMjYwMTAxMDAwMDAwWjAgMR4wHAYDVQQDDBVyZWdpc3RyeS5leGFtcGxl
LnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ53KG1IJMIAZLbH1yk+TwE
k59jEF6iSKeFc5oUsOR7M/RwAy0VP1y89QHoliph/jTYXGQY3Wvah8hpi00/OEW0
o3kwdzAPBgNVHRMBAf8EBTADAQH/MEUGA1UdEQQ+MDyCFXJlZ2lzdHJ5LmV4YW1w
bGUudGVzdIISYmxvYnMuZXhhbXBsZS50ZXN0gglsb2NhbGhvc3SHBH8AAAEwHQYD
VR0OBBYEFC1BGhili9GKy3cAKddBxmMJL6oMMAoGCCqGSM49BAMCA0gAMEUCIHBU
/0E6feTqFHDZh/rQ8s5wL9JCxBZ6T0wICPBMbp3nAiEAhlhUUnFkTUDaYnH3MCX2
XL1+pQzqysMhEGOKd09RxZk=
-----END CERTIFICATE-----
`,
}

describe('a registry behind a proxy', () => {
  /** An https registry, `registry.example.test`, that only the proxies reach. */
  const secure = async (answer: (asked: Asked, peer: Peer) => Told = () => ({ body: { tags: ['a'] } })) => {
    const { listener, peer } = listening(answer)
    return await listen(createSecureServer(CERTIFICATE, listener), peer)
  }

  /** A proxy that connects to `target`, whatever is asked for, where it is given `credentials`. */
  const proxying = async (target: Peer, scheme: 'http' | 'https', credentials?: string) => {
    const tunnels: string[] = []
    const { listener, peer } = listening(() => ({ body: 'bytes' }))
    const server = scheme === 'http' ? createServer(listener) : createSecureServer(CERTIFICATE, listener)
    server.on('connect', (request, client) => {
      tunnels.push(request.url ?? '')
      if (credentials !== request.headers['proxy-authorization']) return client.end('HTTP/1.1 407 Who?\r\n\r\n')
      const upstream = connect(target.port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        client.pipe(upstream).pipe(client)
      })
      for (const socket of [client, upstream]) socket.on('error', () => upstream.destroy())
    })
    return { ...(await listen(server, peer)), tunnels }
  }

  const bundle = () => `${writeFiles(temporaryFolder(), { 'ca.pem': CERTIFICATE.cert })}/ca.pem`
  const at = (proxies: Record<string, string>, caBundle?: string): Repository =>
    repositoryAt('registry.example.test', { caBundle, proxies })

  test.each(['http', 'https'] as const)('is reached through it, with the company’s authority: %s', async (scheme) => {
    const registry = await secure()
    const { host, tunnels } = await proxying(registry, scheme)
    const proxy = `${scheme}://${host.replace('127.0.0.1', 'localhost')}`
    expect(await listTags(at({ HTTPS_PROXY: proxy }, bundle()))).toEqual(['a'])
    expect(tunnels).toEqual(['registry.example.test:443'])
    expect(registry.asked[0]?.headers.host).toBe('registry.example.test')
  })

  test('may keep its blobs where nothing is encrypted, which the proxy is asked for itself', async () => {
    const location = 'http://blobs.example.test/bucket'
    const { host, asked, tunnels } = await proxying(
      await secure(() => ({ status: 307, headers: { location } })),
      'http',
    )
    const proxies = { HTTPS_PROXY: `http://${host}`, HTTP_PROXY: `http://${host}` }
    expect((await readBlob(at(proxies, bundle()), digestOf('bytes'))).toString()).toBe('bytes')
    expect(asked.map(({ call }) => call)).toEqual([`GET ${location}`])
    expect(tunnels).toEqual(['registry.example.test:443'])
  })

  test('is told who asks, as the proxy’s address says', async () => {
    const { host } = await proxying(await secure(), 'http', basic('bob', 'p@ss'))
    expect(await listTags(at({ https_proxy: `bob:p%40ss@${host}` }, bundle()))).toEqual(['a'])
  })

  test('that does not let us through is named, without our password', async () => {
    const { host } = await proxying(await secure(), 'http', basic('bob', 'right'))
    const [problem] = await problemsOf(() => listTags(at({ HTTPS_PROXY: `http://bob:s3cret@${host}` }, bundle())))
    expect(problem).toMatchObject({
      code: 'registry-unreachable',
      registry: 'registry.example.test',
      detail: expect.stringMatching(new RegExp(`407.*, through the proxy ${host}$`)),
    })
  })

  test.each(['http', 'https'] as const)(
    'with an authority that is not known says what mends it: %s',
    async (scheme) => {
      const { host } = await proxying(await secure(), scheme)
      const proxy = `${scheme}://${host.replace('127.0.0.1', 'localhost')}`
      const [problem] = await problemsOf(() => listTags(at({ HTTPS_PROXY: proxy })))
      expect(problem).toMatchObject({ detail: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT') })
      expect(problem && renderProblem(problem)).toContain('DEVENV_CA_BUNDLE=')
    },
  )

  test('with a bundle that cannot be read says so', async () => {
    const { host } = await proxying(await secure(), 'http')
    const missing = `${temporaryFolder()}/none.pem`
    expect(await problemsOf(() => listTags(at({ HTTPS_PROXY: `http://${host}` }, missing)))).toMatchObject([
      { code: 'registry-unreachable', detail: expect.stringContaining(missing) },
    ])
  })

  test('that speaks http says so in plain words, and what mends it', async () => {
    const { host } = await proxying(await serve(() => 200), 'http')
    const [problem] = await problemsOf(() => listTags(at({ HTTPS_PROXY: `http://${host}` })))
    expect(problem).toMatchObject({
      detail: `it does not speak https, and the engine does not list it in insecure-registries, through the proxy ${host}`,
    })
    expect(problem && renderProblem(problem)).toContain('"insecure-registries": ["registry.example.test"]')
  })

  /** One that an engine takes without TLS. */
  const insecure = (proxies: Record<string, string>): Repository =>
    repositoryAt(`registry.example.test:${++names}`, { caBundle: undefined, proxies, isInsecure: async () => true })

  test('that speaks http is asked so where the engine takes it so', async () => {
    const { host, asked, tunnels } = await proxying(await serve(() => 200), 'http')
    const repository = insecure({ HTTPS_PROXY: `http://${host}`, HTTP_PROXY: `http://${host}` })
    expect((await readBlob(repository, digestOf('bytes'))).toString()).toBe('bytes')
    expect((await readBlob(repository, digestOf('bytes'))).toString()).toBe('bytes')
    const call = `GET http://${repository.host}/v2/${repository.path}/blobs/${digestOf('bytes')}`
    expect(asked.map((each) => each.call)).toEqual([call, call])
    expect(new Set(tunnels)).toEqual(new Set([repository.host]))
  })

  test('that nobody known has signed for is asked where the engine takes it so', async () => {
    const { host, asked } = await proxying(await secure(), 'http')
    expect(await listTags(insecure({ HTTPS_PROXY: `http://${host}`, HTTP_PROXY: `http://${host}` }))).toEqual(['a'])
    expect(asked).toEqual([])
  })

  test('gets no password that would be sent on in the clear', async () => {
    const registry = await secure(() => ({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="http://tokens.example.test/"' },
    }))
    const { host, tunnels } = await proxying(registry, 'http')
    loggedIn({ 'registry.example.test': { username: 'alice', password: 's3cret' } })
    const proxies = { HTTPS_PROXY: `http://${host}`, HTTP_PROXY: `http://${host}` }
    expect(await problemsOf(() => listTags(at(proxies, bundle())))).toMatchObject([
      { code: 'registry-refused', detail: expect.stringContaining('http://tokens.example.test') },
    ])
    expect(tunnels).toEqual(['registry.example.test:443'])
  })
})

describe('a proxy is asked by the rules of Docker', () => {
  const PROXY = 'http://proxy:3128'
  const all = (noProxy: string) => ({ HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY, NO_PROXY: noProxy })

  testEach<{ title: string; url: string; proxies: Record<string, string>; proxy?: string }>([
    { title: 'none is set', url: 'https://ghcr.io', proxies: {} },
    { title: 'https', url: 'https://ghcr.io', proxies: { HTTPS_PROXY: PROXY }, proxy: PROXY },
    { title: 'in small letters', url: 'https://ghcr.io', proxies: { https_proxy: PROXY }, proxy: PROXY },
    { title: 'without a scheme', url: 'https://ghcr.io', proxies: { HTTPS_PROXY: 'proxy:3128' }, proxy: PROXY },
    { title: 'that of http is not that of https', url: 'https://ghcr.io', proxies: { HTTP_PROXY: PROXY } },
    { title: 'http', url: 'http://a.example', proxies: { HTTP_PROXY: PROXY }, proxy: PROXY },
    { title: 'not for localhost', url: 'http://localhost:5000', proxies: all('') },
    { title: 'not for loopback', url: 'http://127.0.0.9:5000', proxies: all('') },
    { title: 'not for loopback of IPv6', url: 'http://[::1]:5000', proxies: all('') },
    { title: 'not for what looks like loopback', url: 'http://127.0.0.1.example', proxies: all(''), proxy: PROXY },
    { title: 'all excepted', url: 'https://ghcr.io', proxies: all('a, *') },
    { title: 'a host excepted', url: 'https://ghcr.io', proxies: all('a.example,ghcr.io') },
    {
      title: 'in small letters excepted',
      url: 'https://ghcr.io',
      proxies: { HTTPS_PROXY: PROXY, no_proxy: 'GHCR.io' },
    },
    { title: 'what lies below it', url: 'https://a.ghcr.io', proxies: all('ghcr.io') },
    { title: 'not what ends alike', url: 'https://notghcr.io', proxies: all('ghcr.io'), proxy: PROXY },
    { title: 'what lies below a dot', url: 'https://a.ghcr.io', proxies: all('.ghcr.io') },
    { title: 'not the host of the dot', url: 'https://ghcr.io', proxies: all('.ghcr.io'), proxy: PROXY },
    { title: 'a star and a dot', url: 'https://a.ghcr.io', proxies: all('*.ghcr.io') },
    { title: 'its port', url: 'https://ghcr.io:5000', proxies: all('ghcr.io:5000') },
    { title: 'its usual port', url: 'https://ghcr.io', proxies: all('ghcr.io:443') },
    { title: 'not another port', url: 'https://ghcr.io', proxies: all('ghcr.io:5000'), proxy: PROXY },
    { title: 'an address', url: 'https://10.1.2.3:5000', proxies: all('10.1.2.3') },
    { title: 'a network', url: 'https://10.1.2.3:5000', proxies: all('10.0.0.0/8') },
    { title: 'not another network', url: 'https://11.1.2.3', proxies: all('10.0.0.0/8'), proxy: PROXY },
    { title: 'an address of IPv6', url: 'https://[fd00::1]', proxies: all('fd00::1') },
    { title: 'in brackets, with its port', url: 'https://[fd00::1]:5000', proxies: all('[fd00::1]:5000') },
    { title: 'a network of IPv6', url: 'https://[fd00::1]', proxies: all('fd00::/8') },
    { title: 'a network that is none', url: 'https://10.1.2.3', proxies: all('10.0.0.0/99,10/8,/8'), proxy: PROXY },
  ])('$title', ({ url, proxies, proxy }) => {
    expect(proxyFor(new URL(url), proxies)).toBe(proxy)
  })
})

describe('what a registry wants is read', () => {
  testEach<{ title: string; headers: string[]; challenges: object[] }>([
    {
      title: 'from a header',
      headers: ['Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:a/b:pull,push"'],
      challenges: [{ scheme: 'bearer', realm: 'https://ghcr.io/token', service: 'ghcr.io' }],
    },
    {
      title: 'without quotes, in other letters',
      headers: ['bearer Service=a , Realm=https://a.example/token'],
      challenges: [{ scheme: 'bearer', realm: 'https://a.example/token', service: 'a' }],
    },
    {
      title: 'from two',
      headers: ['Basic realm="a, b"', 'Bearer realm="https://c"'],
      challenges: [
        { scheme: 'basic', realm: 'a, b', service: undefined },
        { scheme: 'bearer', realm: 'https://c', service: undefined },
      ],
    },
    {
      title: 'two from one',
      headers: ['Bearer realm="https://c",service="d", Basic realm="a"'],
      challenges: [
        { scheme: 'bearer', realm: 'https://c', service: 'd' },
        { scheme: 'basic', realm: 'a', service: undefined },
      ],
    },
    { title: 'from nothing', headers: [], challenges: [] },
  ])('$title', ({ headers, challenges }) => {
    expect(parseChallenges(headers)).toEqual(challenges)
  })
})

test.each([
  ['mysql', { name: 'mysql', tag: undefined, digest: undefined }],
  ['mysql:8.4', { name: 'mysql', tag: '8.4', digest: undefined }],
  ['localhost:5000/mysql', { name: 'localhost:5000/mysql', tag: undefined, digest: undefined }],
  ['localhost:5000/a/mysql:8.4', { name: 'localhost:5000/a/mysql', tag: '8.4', digest: undefined }],
  ['ghcr.io/a/b@sha256:0', { name: 'ghcr.io/a/b', tag: undefined, digest: 'sha256:0' }],
  ['localhost:5000/b:1@sha256:0', { name: 'localhost:5000/b', tag: '1', digest: 'sha256:0' }],
])('%s has these parts', (reference, parts) => {
  expect(parseReference(reference)).toEqual(parts)
})
