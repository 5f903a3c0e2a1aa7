import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { sampleEngine } from '../../test/engine.js'
import { commitWith, git, repositoryWith } from '../../test/git.js'
import { composes, samplePackage } from '../../test/package.js'
import { sampleRegistry } from '../../test/registry.js'
import { problemsOf, SAMPLE_PACKAGE, sampleSettings, temporaryFolder, testEach } from '../../test/samples.js'
import { LOCK_FILE, type Lock, readLock, renderLock } from '../definition/devenv-lock.js'
import { LABELS } from '../engine/labels.js'
import type { OpenedSource, Selection } from '../publish/select-images.js'
import type { Settings } from '../settings/settings.js'
import { publishImages, readDigests, updateLock } from './images.js'

const DEBIAN = 'docker.io/library/debian:12'
const silent = () => {}

/** A service with two releases, its package, and a checkout of it at main. */
function sample({ locked = true, settings = {} }: { locked?: boolean; settings?: Partial<Settings> } = {}) {
  const { root, commit: first } = repositoryWith({ Makefile: '', 'requirements/base.txt': 'django==4\n' })
  git(root, 'tag', 'release/ulmo.4')
  const second = commitWith(root, { 'requirements/base.txt': 'django==5\n' })
  const releases: Lock['releases'] = {
    'ulmo.4': { ref: 'release/ulmo.4', commit: first },
    main: { ref: 'main', commit: second },
  }
  const lock = renderLock({ images: {}, releases: locked ? releases : {} })
  const environmentPackage = samplePackage(
    `  repository: ${root}\n  releases: { ulmo.4: release/ulmo.4, main: main }\n`,
    { [LOCK_FILE]: lock },
  )
  const opened: OpenedSource = {
    package: environmentPackage,
    checkout: root,
    looked: root,
    settings: sampleSettings({ registry: '', ...settings }),
  }
  return { opened, root, first, second }
}
/** An empty cache of ours. */
function emptyCache(): string {
  const cache = temporaryFolder()
  vi.stubEnv('XDG_CACHE_HOME', cache)
  onTestFinished(() => void vi.unstubAllEnvs())
  return cache
}

describe.skipIf(!composes)('the digest of an image', () => {
  test('is that of the checkout as it is, of any commit of it, and of each release', async () => {
    const { opened, first, second } = sample()
    const [now] = await readDigests(opened, {})
    expect(now).toMatchObject({ release: undefined, commit: undefined, variant: 'pip' })
    expect(now?.reference).toBe(`devenv/hello:inputs-${now?.digest.slice(0, 20)}`)
    const [head] = await readDigests(opened, { ref: 'HEAD' })
    expect(head).toMatchObject({ commit: second, digest: now?.digest })
    const [tagged] = await readDigests(opened, { ref: 'release/ulmo.4' })
    expect(tagged).toMatchObject({ commit: first })
    expect(tagged?.digest).not.toBe(now?.digest)
    expect(await readDigests(opened, { release: ['all'] })).toMatchObject([
      { release: 'ulmo.4', commit: first, digest: tagged?.digest },
      { release: 'main', commit: second, digest: now?.digest },
    ])
  })

  test('of a release needs no checkout: its commit is fetched', async () => {
    const cache = emptyCache()
    const { opened } = sample()
    const [release] = await readDigests(opened, { release: ['ulmo.4'] })
    const without = { ...opened, checkout: undefined }
    expect(await readDigests(without, { release: ['ulmo.4'] })).toEqual([release])
    expect(existsSync(join(cache, 'devenv/repositories/hello.git'))).toBe(true)
  })

  test('of a commit that the checkout lacks is that of upstream', async () => {
    emptyCache()
    const { opened, first } = sample()
    const { root: other } = repositoryWith({ Makefile: '', 'requirements/base.txt': '' })
    expect(await readDigests({ ...opened, checkout: other }, { ref: first })).toMatchObject([{ commit: first }])
  })

  test('of a push is that of the release whose ref it is', async () => {
    const { opened, second } = sample()
    expect(await readDigests(opened, { pushed: 'refs/heads/main' })).toMatchObject([
      { release: 'main', commit: second },
    ])
    expect(await readDigests(opened, { ref: 'refs/heads/main' })).toMatchObject([
      { release: undefined, commit: second },
    ])
  })

  testEach<{ title: string; change: Partial<OpenedSource>; selection: Selection; problem: object }>([
    {
      title: 'without a checkout and without a commit',
      change: { checkout: undefined, looked: '/nowhere' },
      selection: {},
      problem: { code: 'checkout-missing', service: 'hello', looked: '/nowhere' },
    },
    {
      title: 'by a name, without a checkout that knows it',
      change: { checkout: undefined },
      selection: { ref: 'main' },
      problem: { code: 'commit-unknown', commit: 'main' },
    },
    {
      title: 'by a name that the checkout does not know',
      change: {},
      selection: { ref: 'nobody' },
      problem: { code: 'commit-unknown', commit: 'nobody' },
    },
    {
      title: 'by a release and a commit',
      change: {},
      selection: { release: ['main'], ref: 'HEAD' },
      problem: { code: 'usage' },
    },
    {
      title: 'by a release that is not declared',
      change: {},
      selection: { release: ['ulmo.9'] },
      problem: { code: 'release-unknown', release: 'ulmo.9', known: ['ulmo.4', 'main'] },
    },
  ])('$title is refused', async ({ change, selection, problem }) => {
    const { opened } = sample()
    expect(await problemsOf(() => readDigests({ ...opened, ...change }, selection))).toMatchObject([problem])
  })

  test('of all releases of a package that declares none is that of its checkout', async () => {
    const { opened } = sample()
    const without = { ...opened, package: samplePackage() }
    const [now] = await readDigests(without, {})
    expect(await readDigests(without, { release: ['all'] })).toEqual([now])
    expect(await problemsOf(() => readDigests(without, { release: ['all', 'main'] }))).toMatchObject([
      { code: 'release-unknown', release: 'main', known: [] },
    ])
  })

  test('of releases that the lock lacks is refused; each is named', async () => {
    const { opened } = sample({ locked: false })
    expect(await problemsOf(() => readDigests(opened, { release: ['all'] }))).toMatchObject([
      { code: 'lock-lacks', releases: ['ulmo.4', 'main'] },
    ])
  })

  test('offline is that of what is here, and fetches nothing', async () => {
    emptyCache()
    const { opened, first } = sample({ settings: { network: 'offline' } })
    expect(await readDigests(opened, { release: ['ulmo.4'] })).toMatchObject([{ commit: first }])
    expect(
      await problemsOf(() => readDigests({ ...opened, checkout: undefined }, { release: ['ulmo.4'] })),
    ).toMatchObject([{ code: 'commits-unavailable', commits: [first] }])
  })
})

describe.skipIf(!composes)('publishing', () => {
  const publish = async (opened: OpenedSource, options: Parameters<typeof publishImages>[1]) =>
    await publishImages(opened, options, (await sampleEngine()).engine, silent)

  test('is, by itself, of every release; a dry run writes nothing', async () => {
    const registry = await sampleRegistry()
    const { opened } = sample({ settings: { registry: registry.host } })
    const { plan, digests, bill } = await publish(opened, { dryRun: true })
    expect(plan.steps.flatMap((step) => (step.do === 'tag' && step.kind === 'edition' ? [step.as] : []))).toEqual(
      ['hello', 'hello-snapshot'].flatMap(() => [`ulmo.4-${SAMPLE_PACKAGE.version}`, `main-${SAMPLE_PACKAGE.version}`]),
    )
    expect(plan.steps.filter((step) => step.do === 'build')).toHaveLength(4)
    expect({ digests, bill }).toEqual({ digests: {}, bill: '' })
    expect(registry.asked.filter((call) => !call.startsWith('GET '))).toEqual([])
  })

  test('of a commit that is of no release is of its inputs alone', async () => {
    const registry = await sampleRegistry()
    const { opened } = sample({ settings: { registry: registry.host } })
    const { plan } = await publish(opened, { dryRun: true, ref: 'HEAD' })
    expect(plan.steps).toMatchObject([{ do: 'build', releases: [] }])
    expect(plan.steps).toHaveLength(1)
  })

  test('writes the bill and the digests of what the registry holds', async () => {
    const registry = await sampleRegistry()
    const { opened, root } = sample({ settings: { registry: registry.host } })
    const [image] = await readDigests(opened, { ref: 'HEAD' })
    const { reference = '', digest = '', inputs } = image ?? {}
    const labels = { [LABELS.digest]: digest, [LABELS.inputs]: JSON.stringify(inputs) }
    const tag = reference.slice(reference.lastIndexOf(':') + 1)
    const manifest = registry.push('devenv/hello', tag, { labels, layers: { base: 5_000_000 } })
    const [bill, digests] = ['bill.md', 'digests.json'].map((name) => join(root, name)) as [string, string]
    const told = await publish(opened, { ref: 'HEAD', bill, digests })
    expect(told.digests).toEqual({ [reference]: manifest })
    expect(JSON.parse(readFileSync(digests, 'utf8'))).toEqual(told.digests)
    expect(readFileSync(bill, 'utf8')).toBe(`${told.bill}\n`)
    expect(told.bill).toContain('0 built, 0 only tagged, 1 unchanged.')
    await publish(opened, { ref: 'HEAD', bill })
    expect(readFileSync(bill, 'utf8')).toBe(`${told.bill}\n${told.bill}\n`)
  })

  test.each(['bill', 'digests'] as const)('finds no place for the %s before it asks anybody', async (option) => {
    const registry = await sampleRegistry()
    const { opened, root } = sample({ settings: { registry: registry.host } })
    for (const file of [root, join(root, 'none', 'file')])
      expect(await problemsOf(() => publish(opened, { ref: 'HEAD', [option]: file }))).toMatchObject([
        { code: 'file-unwritable', file, named: `--${option}` },
      ])
    expect(registry.asked).toEqual([])
  })

  testEach<{ title: string; settings: Partial<Settings>; problem: object }>([
    { title: 'without a registry', settings: {}, problem: { code: 'registry-unset' } },
    {
      title: 'offline',
      settings: { registry: '127.0.0.1:1', network: 'offline' },
      problem: { code: 'usage', detail: expect.stringContaining('offline') },
    },
  ])('$title is refused', async ({ settings, problem }) => {
    const { opened } = sample({ settings })
    expect(await problemsOf(() => publish(opened, { dryRun: true }))).toMatchObject([problem])
  })
})

describe.skipIf(!composes)('a lock', () => {
  test.each(['look', 'write'] as const)('is not made offline, nor looked up: nobody is asked (%s)', async (mode) => {
    const registry = await sampleRegistry()
    const { opened } = sample({ settings: { mirror: registry.host, network: 'offline' } })
    const before = readLock(opened.package)
    expect(await problemsOf(() => updateLock(opened, mode))).toMatchObject([{ code: 'usage' }])
    expect(registry.asked).toEqual([])
    expect(readLock(opened.package)).toEqual(before)
  })

  test('is written from what upstream names mean now, or only looked up', async () => {
    const registry = await sampleRegistry()
    const debian = registry.push('library/debian', '12')
    const { opened, first, second } = sample({ locked: false, settings: { mirror: registry.host } })
    const mirrored = `ARG DEVENV_MIRROR=docker.io\nFROM \${DEVENV_MIRROR}/library/debian:12\n`
    const names = samplePackage(
      `  repository: ${opened.checkout}\n  releases: { ulmo.4: release/ulmo.4, main: main }\n`,
      {
        Dockerfile: `${mirrored}ENTRYPOINT ["/opt/devenv/bin/entrypoint"]\n`,
        'Dockerfile.uv': `${mirrored}ENTRYPOINT ["/opt/devenv/bin/entrypoint"]\n`,
      },
    )
    const source = { ...opened, package: names, checkout: undefined }
    const expected: Lock = {
      images: { [DEBIAN]: debian },
      releases: {
        main: { ref: 'main', commit: second },
        'ulmo.4': { ref: 'release/ulmo.4', commit: first },
      },
    }
    expect((await updateLock(source, 'look')).lock).toEqual(expected)
    expect(readLock(names)).toEqual({ images: {}, releases: {} })
    const { changes } = await updateLock(source, 'write')
    expect(changes).toEqual([`${DEBIAN} is locked`, 'release main is locked', 'release ulmo.4 is locked'])
    expect(readLock(names)).toEqual(expected)
    expect((await updateLock(source, 'write')).changes).toEqual([])
  })
})
