import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { succeeded } from '../../../tools/scenarios/checkout.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { PACKAGE } from './checkout.js'
import { git, Monorepo, pushBase } from './monorepo.js'
import { freshRegistry, type LoopbackRegistry, type RegistrySetUp, sharedRegistry } from './registry.js'

const DEV = 'devenv/discovery'
const SNAPSHOT = 'devenv/discovery-snapshot'
const DIGEST = 'org.openedx.devenv.digest'
/** A part of an image on its way into a registry. */
const UPLOADED = /^(PATCH|PUT) .*\/blobs\/uploads\//

/** The repository in miniature with two releases, publishing to a registry of its own that holds nothing of it yet. */
async function unpublished(setUp?: RegistrySetUp): Promise<{ registry: LoopbackRegistry; monorepo: Monorepo }> {
  const registry = await freshRegistry(setUp)
  const monorepo = new Monorepo()
  onTestFinished(() => monorepo.remove())
  await monorepo.make(shared.host)
  monorepo.env.DEVENV_REGISTRY = registry.host
  await monorepo.discovery.release('ulmo.1')
  await monorepo.discovery.release('ulmo.2')
  await monorepo.declare({ main: 'master', 'ulmo.1': 'release/ulmo.1', 'ulmo.2': 'release/ulmo.2' })
  return { registry, monorepo }
}

/** Where the base image is. */
const shared = sharedRegistry()
beforeAll(async () => void (await pushBase(shared.host)))

const setVersion = (monorepo: Monorepo, version: string) =>
  monorepo.edit('packages/discovery/package.json', /"version": ".*"/, `"version": "${version}"`)

/** Every tag that is no `inputs-`, to the input digest of what it leads to; of both images. */
async function tagsOf(registry: LoopbackRegistry, repository = DEV): Promise<Record<string, string>> {
  const tags = (await registry.tags(repository)).filter((tag) => !tag.startsWith('inputs-'))
  const digests = tags.map(async (tag) => [tag, (await registry.labels(repository, tag))[DIGEST] ?? ''] as const)
  return Object.fromEntries(await Promise.all(digests))
}

describe('publishing a package’s releases', () => {
  const monorepo = new Monorepo()
  const digestOf = async (release: string): Promise<string> =>
    (await monorepo.json('discovery', ['digest', '--release', release])).digest

  beforeAll(async () => {
    await monorepo.make(shared.host)
    await monorepo.discovery.release('teak.3')
    await monorepo.discovery.release('ulmo.1')
    await monorepo.declare({ main: 'master', 'teak.3': 'release/teak.3', 'ulmo.1': 'release/ulmo.1' })
    setVersion(monorepo, '1.4.2')
    await monorepo.commit()
  })
  afterAll(() => monorepo.remove())

  test('sets an edition for each, and floating tags on the highest', async () => {
    const files = { bill: join(monorepo.folder, 'bill.md'), digests: join(monorepo.folder, 'digests.json') }
    const published = await monorepo.devenv('discovery', ['publish', '--bill', files.bill, '--digests', files.digests])
    succeeded(published)
    const [main, teak, ulmo] = await Promise.all(['main', 'teak.3', 'ulmo.1'].map(digestOf))
    expect(await tagsOf(shared)).toEqual({
      'main-1.4.2': main,
      main,
      'teak.3-1.4.2': teak,
      'teak.3': teak,
      teak,
      'ulmo.1-1.4.2': ulmo,
      'ulmo.1': ulmo,
      ulmo,
      latest: ulmo,
    })
    expect(Object.keys(await tagsOf(shared, SNAPSHOT)).sort()).toEqual(Object.keys(await tagsOf(shared)).sort())

    const digests: Record<string, string> = JSON.parse(readFileSync(files.digests, 'utf8'))
    expect(digests[`${shared.host}/${DEV}:ulmo.1-1.4.2`]).toBe(await shared.digest(DEV, 'ulmo.1-1.4.2'))
    expect(digests[`${shared.host}/${SNAPSHOT}:latest`]).toBe(await shared.digest(SNAPSHOT, 'latest'))
    expect(readFileSync(files.bill, 'utf8')).toMatch(/^\| .*ulmo\.1-1\.4\.2.*built/m)
  })

  test('gives tags without changing a digest', async () => {
    const [edition, floating] = await Promise.all(['ulmo.1-1.4.2', 'latest'].map((tag) => shared.digest(DEV, tag)))
    const inputs = `inputs-${(await digestOf('ulmo.1')).slice(0, 20)}`
    expect(await shared.digest(DEV, inputs)).toBe(edition)
    expect(floating).toBe(edition)
  })

  test('bakes the source of the release into the snapshot, and nothing of the checkout', async () => {
    await run(['docker', 'image', 'rm', `${shared.host}/${SNAPSHOT}:teak.3`])
    const created = await ask('docker', 'create', `${shared.host}/${SNAPSHOT}:teak.3`)
    onTestFinished(() => void run(['docker', 'rm', '--force', created]))
    const at = '/edx/app/discovery/discovery/requirements/local.txt'
    await ask('docker', 'cp', `${created}:${at}`, join(monorepo.folder, 'local.txt'))
    expect(readFileSync(join(monorepo.folder, 'local.txt'), 'utf8')).toBe('teak.3\n')
    expect((await shared.labels(SNAPSHOT, 'teak.3'))['org.opencontainers.image.revision']).toBe(
      await monorepo.discovery.commitOf('release/teak.3'),
    )
  })

  test('has nothing to do the second time', async () => {
    const before = await tagsOf(shared)
    expect(await monorepo.json('discovery', ['publish', '--dry-run'])).toMatchObject({ steps: [] })
    expect(succeeded(await monorepo.devenv('discovery', ['publish'])).stdout).toContain('0 built, 0 only tagged')
    expect(await tagsOf(shared)).toEqual(before)
  })

  test('only tags what a new version of the package leaves as it was', async () => {
    setVersion(monorepo, '1.5.0')
    const { steps } = await monorepo.json('discovery', ['publish', '--dry-run'])
    expect(new Set(steps.map((step: { do: string }) => step.do))).toEqual(new Set(['tag']))
    succeeded(await monorepo.devenv('discovery', ['publish']))
    expect(await shared.digest(DEV, 'ulmo.1-1.5.0')).toBe(await shared.digest(DEV, 'ulmo.1-1.4.2'))
    await monorepo.restore()
  })

  test('never moves a floating tag to a prerelease', async () => {
    setVersion(monorepo, '2.0.0-rc.1')
    monorepo.write('packages/discovery/Dockerfile', `${monorepo.read('packages/discovery/Dockerfile')}ENV RC=1\n`)
    const before = await tagsOf(shared)
    succeeded(await monorepo.devenv('discovery', ['publish', '--release', 'ulmo.1']))
    const after = await tagsOf(shared)
    expect(after).toEqual({ ...before, 'ulmo.1-2.0.0-rc.1': await digestOf('ulmo.1') })
    expect(after['ulmo.1-2.0.0-rc.1']).not.toBe(before['ulmo.1'])
    await monorepo.restore()
  })

  test('moves no floating tag to a hotfix of what is older', async () => {
    setVersion(monorepo, '1.4.3')
    monorepo.write('packages/discovery/Dockerfile', `${monorepo.read('packages/discovery/Dockerfile')}ENV HOTFIX=1\n`)
    const before = await tagsOf(shared)
    const { stderr } = succeeded(await monorepo.devenv('discovery', ['publish', '--release', 'teak.3']))
    expect(await tagsOf(shared)).toEqual({ ...before, 'teak.3-1.4.3': await digestOf('teak.3') })
    expect(stderr).toContain('belongs to teak.3-1.5.0, a higher version')
    await monorepo.restore()
  })

  test('follows the service’s main branch between two versions, and publishes no edition of a release', async () => {
    setVersion(monorepo, '1.5.0')
    monorepo.discovery.write('requirements/local.txt', 'tomorrow\n')
    await monorepo.discovery.commit()
    await monorepo.lock()
    monorepo.write(
      'packages/discovery/Dockerfile',
      `${monorepo.read('packages/discovery/Dockerfile')}ENV UNRELEASED=1\n`,
    )
    const refused = await monorepo.devenv('discovery', ['publish'])
    expect(refused.stderr).toContain('publish --unreleased')
    const before = await tagsOf(shared)
    succeeded(await monorepo.devenv('discovery', ['publish', '--unreleased']))
    const main = await digestOf('main')
    expect(await tagsOf(shared)).toEqual({ ...before, main, 'main-1.5.0': main })
    expect(await shared.tags(DEV)).toContain(`inputs-${(await digestOf('ulmo.1')).slice(0, 20)}`)
    await monorepo.restore()
  })

  test('takes a pushed branch by its inputs alone, and a pushed release as what it is', async () => {
    await git(monorepo.discovery.path, 'checkout', '--quiet', '-b', 'feature')
    monorepo.discovery.write('requirements/local.txt', 'feature\n')
    await monorepo.discovery.commit()
    const checkout = ['--checkout', monorepo.discovery.path]
    const before = await tagsOf(shared)
    const push = (ref: string) => monorepo.devenv('discovery', ['publish', ...checkout, '--pushed', ref])
    succeeded(await push('refs/heads/feature'))
    expect(await tagsOf(shared)).toEqual(before)
    const { digest } = await monorepo.json('discovery', ['digest', ...checkout, '--ref', 'feature'])
    expect(await shared.tags(DEV)).toContain(`inputs-${digest.slice(0, 20)}`)

    setVersion(monorepo, '1.6.0')
    succeeded(await push('refs/tags/release/ulmo.1'))
    expect(await tagsOf(shared)).toHaveProperty(['ulmo.1-1.6.0'], await digestOf('ulmo.1'))
    await monorepo.restore()
  })
})

describe('an immutable tag', () => {
  test('that holds something else is refused before anything is built, with all others like it', async () => {
    const { registry, monorepo } = await unpublished()
    succeeded(await monorepo.devenv('discovery', ['publish']))
    monorepo.write('packages/discovery/Dockerfile', `${monorepo.read('packages/discovery/Dockerfile')}ENV CHANGED=1\n`)
    const before = [await registry.tags(DEV), await tagsOf(registry)]
    const { exitCode, stderr, stdout } = await monorepo.devenv('discovery', ['publish'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr.match(/^tag-taken$/gm)).toHaveLength(4)
    expect(stderr).toContain('Dockerfile changed')
    expect([await registry.tags(DEV), await tagsOf(registry)]).toEqual(before)
  })

  test('that somebody took while it was built is refused, and no floating tag is moved', async () => {
    const { registry, monorepo } = await unpublished()
    await ask('docker', 'tag', `${shared.host}/library/base:1`, `${registry.host}/${DEV}:foreign`)
    await ask('docker', 'push', '--quiet', `${registry.host}/${DEV}:foreign`)
    // A registry has no lock: while ours is on its way there, the tag appears.
    const { asked, release } = registry.hold(UPLOADED)
    const publishing = monorepo.begin('discovery', ['publish', '--release', 'ulmo.2'])
    await asked
    await registry.tag(DEV, 'foreign', 'ulmo.2-0.1.0')
    const foreign = await registry.digest(DEV, 'ulmo.2-0.1.0')
    release()
    const { exitCode, stderr } = await publishing.ended
    expect(exitCode).toBe(1)
    expect(stderr.split('\n')).toContain('tag-taken')
    expect(await registry.digest(DEV, 'ulmo.2-0.1.0')).toBe(foreign)
    expect(await registry.tags(DEV)).not.toContain('latest')
  })

  test('of inputs that holds what is not ours is refused', async () => {
    const { registry, monorepo } = await unpublished()
    const reference: string = (await monorepo.json('discovery', ['digest', '--release', 'ulmo.2'])).reference
    await ask('docker', 'tag', `${shared.host}/library/base:1`, reference)
    await ask('docker', 'push', '--quiet', reference)
    const { exitCode, stderr } = await monorepo.devenv('discovery', ['publish'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`${reference} already names something else`)
    expect(await tagsOf(registry)).not.toHaveProperty('latest')
  })
})

describe('when something goes wrong, publishing again finishes', () => {
  const finished = async (registry: LoopbackRegistry, monorepo: Monorepo) => {
    succeeded(await monorepo.devenv('discovery', ['publish']))
    const tags = await tagsOf(registry)
    expect(Object.keys(tags).sort()).toEqual(
      ['latest', 'main', 'main-0.1.0', 'ulmo', 'ulmo.1', 'ulmo.1-0.1.0', 'ulmo.2', 'ulmo.2-0.1.0'].sort(),
    )
    expect(tags.latest).toBe((await monorepo.json('discovery', ['digest', '--release', 'ulmo.2'])).digest)
  }

  test('killed in the middle of the push: no tag of a release is there until it is', async () => {
    const { registry, monorepo } = await unpublished()
    const { asked, release } = registry.hold(UPLOADED)
    const publishing = monorepo.begin('discovery', ['publish'])
    await asked
    publishing.signalAll('SIGKILL')
    await publishing.ended
    release()
    expect(await tagsOf(registry)).toEqual({})
    await finished(registry, monorepo)
  })

  test('the registry gone in the middle', async () => {
    const { registry, monorepo } = await unpublished()
    const { asked, release } = registry.hold(UPLOADED)
    const publishing = monorepo.begin('discovery', ['publish'])
    await asked
    await ask('docker', 'kill', registry.container)
    release()
    const { exitCode, stderr } = await publishing.ended
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^(build-failed|registry-unreachable)$/m)
    expect(stderr, 'no trace of our own code').not.toMatch(/^ +at .*:\d+:\d+/m)
    await registry.startAgain()
    expect(await tagsOf(registry)).toEqual({})
    await finished(registry, monorepo)
  })

  test('two publishers of the same at once agree', async () => {
    const { registry, monorepo } = await unpublished()
    const both = await Promise.all([1, 2].map(() => monorepo.devenv('discovery', ['publish'])))
    for (const each of both) succeeded(each)
    await finished(registry, monorepo)
    for (const repository of [DEV, SNAPSHOT])
      expect(await registry.digest(repository, 'latest')).toBe(await registry.digest(repository, 'ulmo.2-0.1.0'))
  })

  test('devenv names a registry that is not there before it builds anything', async () => {
    const { monorepo } = await unpublished()
    monorepo.env.DEVENV_REGISTRY = 'localhost:1'
    const { exitCode, stderr } = await monorepo.devenv('discovery', ['publish'])
    expect(exitCode).toBe(1)
    expect(stderr.split('\n')).toContain('registry-unreachable')
  })
})

describe('a registry that does not let us is met before anything is built', () => {
  test('with wrong credentials', async () => {
    const { stdout } = await run([
      'python3',
      '-c',
      'import crypt; print(crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))',
    ])
    const folder = new Monorepo()
    onTestFinished(() => folder.remove())
    writeFileSync(join(folder.folder, 'htpasswd'), `ci:${stdout.trim()}\n`)
    const { registry, monorepo } = await unpublished({
      env: {
        REGISTRY_AUTH: 'htpasswd',
        REGISTRY_AUTH_HTPASSWD_REALM: 'test',
        REGISTRY_AUTH_HTPASSWD_PATH: '/auth/htpasswd',
      },
      mounts: [`type=bind,source=${folder.folder},target=/auth`],
    })
    const config = (password: string) => {
      const auth = Buffer.from(`ci:${password}`).toString('base64')
      monorepo.write('../docker/config.json', JSON.stringify({ auths: { [registry.host]: { auth } } }))
      monorepo.env.DOCKER_CONFIG = join(monorepo.folder, 'docker')
    }
    for (const prepare of [() => {}, () => config('wrong')]) {
      prepare()
      const { exitCode, stderr } = await monorepo.devenv('discovery', ['publish'])
      expect(exitCode).toBe(1)
      expect(stderr.split('\n')).toContain('registry-forbidden')
      expect(stderr).toContain(`docker login ${registry.host}`)
      expect(stderr).not.toContain('building with')
    }
    config('secret')
    succeeded(await monorepo.devenv('discovery', ['publish']))
  })

  test('read-only', async () => {
    const { monorepo } = await unpublished({ env: { REGISTRY_STORAGE_MAINTENANCE_READONLY: '{"enabled":true}' } })
    const { exitCode, stderr } = await monorepo.devenv('discovery', ['publish'])
    expect(exitCode).toBe(1)
    expect(stderr.split('\n')).toContain('registry-read-only')
    expect(stderr).not.toContain('building with')
  })
})

test.runIf(process.env.DEVENV_MIRROR)(
  'nothing that is built on stand-ins is offered to a registry elsewhere',
  async () => {
    const monorepo = new Monorepo()
    onTestFinished(() => monorepo.remove())
    await monorepo.make(process.env.DEVENV_MIRROR ?? '')
    monorepo.write('examples/hello/environment/Dockerfile', readFileSync(join(PACKAGE, 'Dockerfile'), 'utf8'))
    monorepo.env.DEVENV_REGISTRY = 'registry.example.com/devenv'
    const { exitCode, stderr } = await monorepo.devenv('hello', ['publish'])
    expect(exitCode).toBe(1)
    expect(stderr.split('\n')).toContain('stand-ins-published')
  },
)
