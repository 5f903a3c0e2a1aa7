import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { runServer } from 'verdaccio'
import { expect, onTestFinished, test } from 'vitest'
import { get, REPOSITORY, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask, type Outcome, run } from '../../../tools/scenarios/run.js'
import { git, Monorepo, ServiceRepository } from './monorepo.js'

/** Checkouts in miniature, by the package whose environment they are for. */
const MINIATURES = {
  'edx-platform': ['packages/edx-platform/test/miniature', 'packages/edx-platform/test/miniature-uv'],
  forums: ['packages/forums/test/miniature-ruby'],
}
/** All that have versions, core first. */
const PACKAGES = [
  ...new Set([
    'packages/core',
    'packages/discovery',
    ...readdirSync(join(REPOSITORY, 'packages')).map((name) => `packages/${name}`),
    ...readdirSync(join(REPOSITORY, 'examples'))
      .map((name) => `examples/${name}/environment`)
      .filter((folder) => existsSync(join(REPOSITORY, folder))),
  ]),
]

/** This repository as it is here, all of it released. */
async function releasedRepository(): Promise<Monorepo> {
  const repository = new Monorepo()
  onTestFinished(() => repository.remove())
  const files = await git(REPOSITORY, 'ls-files', '-z', '--cached', '--others', '--exclude-standard')
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(REPOSITORY, name))))
    cpSync(join(REPOSITORY, file), join(repository.path, file), { verbatimSymlinks: true })
  repository.linkBuilt()
  await git(repository.path, 'init', '--quiet', '--initial-branch=main')
  // Nx commits and tags by itself.
  for (const [key, value] of Object.entries({ name: 'Ada', email: 'ada@example.com' }))
    await git(repository.path, 'config', `user.${key}`, value)
  for (const what of ['commit', 'tag']) await git(repository.path, 'config', `${what}.gpgsign`, 'false')
  // The links are no folders, which is what `.gitignore` names.
  repository.write('.git/info/exclude', 'node_modules\n')
  await repository.commit()
  for (const tag of tagsOf(repository)) await git(repository.path, 'tag', tag)
  return repository
}

const manifestOf = (repository: Monorepo, root: string) => JSON.parse(repository.read(`${root}/package.json`))
const versionsOf = (repository: Monorepo): string[] => PACKAGES.map((root) => manifestOf(repository, root).version)
const tagsOf = (repository: Monorepo): string[] =>
  PACKAGES.map((root) => manifestOf(repository, root)).map(({ nx, version }) => `${nx.name}@${version}`)

/** A registry of npm on loopback: what is published stays in it, everything else comes from where npm has it. */
async function npmRegistry(folder: string): Promise<string> {
  const file = join(folder, 'registry.yaml')
  const server = await runServer({
    storage: join(folder, 'registry'),
    self_path: file,
    configPath: file,
    uplinks: { elsewhere: { url: await ask('npm', 'config', 'get', 'registry') } },
    packages: {
      '@devenv/*': { access: '$all', publish: '$all' },
      '**': { access: '$all', proxy: 'elsewhere' },
    },
    log: { type: 'stdout', level: 'fatal' },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** What npm must carry of a package: what images are made from, what runs them, and what an update changes. */
async function carriedFiles(root: string): Promise<string[]> {
  const folders = ['bin', 'image', 'snapshot', 'compose', 'make', 'schema', 'templates']
  const files = ['compose*.yaml', 'Dockerfile*', 'devenv-lock.json', 'CHANGELOG.md']
  return (await git(root, 'ls-files', '-z', '--', ...folders, ...files)).split('\0').filter(Boolean)
}

const contentOf = (root: string, file: string) => ({
  file,
  text: readFileSync(join(root, file), 'utf8'),
  executable: (statSync(join(root, file)).mode & 0o100) !== 0,
})

test('a change of core releases what depends on it, and a checkout gets exactly that from npm', async () => {
  const repository = await releasedRepository()
  const { folder } = repository
  const registry = await npmRegistry(folder)
  writeFileSync(join(folder, 'npmrc'), `${registry.replace('http:', '')}:_authToken=anyone\n`)
  const env = {
    npm_config_registry: registry,
    npm_config_userconfig: join(folder, 'npmrc'),
    npm_config_cache: join(folder, 'npm'),
    NX_DAEMON: 'false',
    NX_ISOLATE_PLUGINS: 'false',
  }

  // Versions.
  const before = versionsOf(repository)
  repository.write('packages/core/container/lib/new.txt', 'new\n')
  await git(repository.path, 'add', '--all')
  await git(repository.path, 'commit', '--quiet', '--message', 'feat(core): something new in every image')
  const inRepository = (...argv: [string, ...string[]]) => run(argv, { cwd: repository.path, env })
  succeeded(await inRepository('node_modules/.bin/nx', 'release', '--skip-publish'))

  const after = versionsOf(repository)
  expect(after.filter((version, index) => version === before[index])).toEqual([])
  expect((await git(repository.path, 'tag', '--points-at', 'HEAD')).split('\n')).toEqual(tagsOf(repository).sort())
  expect(await git(repository.path, 'status', '--porcelain')).toBe('')
  const [core, discovery] = after as [string, string, string]
  const locked = JSON.parse(repository.read('package-lock.json')).packages
  for (const root of PACKAGES.slice(1)) {
    expect(manifestOf(repository, root).dependencies['@devenv/core']).toBe(core)
    expect(locked[root].dependencies['@devenv/core']).toBe(core)
  }
  expect(repository.read('packages/core/CHANGELOG.md')).toContain('something new in every image')

  // npm, as `make ci.publish` does it, from a clone where nothing is built.
  rmSync(join(repository.path, 'packages/core/dist'), { recursive: true, force: true })
  succeeded(await inRepository('node', 'tools/ci/packages.mjs'))
  const published = async (name: string) => JSON.parse((await get(`${registry}@devenv%2f${name}`)).body)
  expect((await published('core'))['dist-tags']).toEqual({ latest: core })
  expect((await published('discovery'))['dist-tags']).toEqual({ latest: discovery })
  expect(await published('hello'), 'hello is private').not.toHaveProperty('versions')
  const again = await inRepository('env', `RELEASE=core@${core}`, 'node', 'tools/ci/packages.mjs')
  expect(again.exitCode, 'a second time').toBe(0)

  // A checkout.
  const service = new ServiceRepository(join(folder, 'checkout'))
  await service.make()
  const inCheckout = (...argv: [string, ...string[]]) => run(argv, { cwd: service.path, env })
  succeeded(await inCheckout('npx', '--yes', '@devenv/discovery', 'init'))
  const { dependencies } = JSON.parse(readFileSync(join(service.path, 'devenv/package.json'), 'utf8'))
  expect(dependencies).toEqual({ '@devenv/discovery': discovery })

  const installed = join(service.path, 'devenv/node_modules/@devenv')
  const expectCarried = async (name: string, modules: string) => {
    const released = join(repository.path, 'packages', name)
    const files = await carriedFiles(released)
    expect(files.map((file) => contentOf(join(modules, name), file))).toEqual(
      files.map((file) => contentOf(released, file)),
    )
  }
  for (const name of ['core', 'discovery']) await expectCarried(name, installed)
  for (const [name, sources] of Object.entries(MINIATURES)) {
    const checkout = join(folder, name)
    for (const source of sources)
      cpSync(join(REPOSITORY, source), checkout, { recursive: true, verbatimSymlinks: true })
    const there = (...argv: [string, ...string[]]) => run(argv, { cwd: checkout, env })
    succeeded(await there('npx', '--yes', `@devenv/${name}`, 'init'))
    await expectCarried(name, join(checkout, 'devenv/node_modules/@devenv'))
    expect(
      JSON.parse(succeeded(await there('npx', '--prefix', 'devenv', 'devenv', 'digest', '--json')).stdout),
    ).toHaveProperty('digest')
  }
  const devenv = (...words: string[]) => inCheckout('npx', '--prefix', 'devenv', 'devenv', ...words)
  expect(succeeded(await devenv('--version')).stdout.trim()).toBe(core)
  succeeded(await devenv('check', '--package', join(installed, 'discovery')))

  // One image, wherever the package comes from.
  const digestIn = (outcome: Outcome): string => JSON.parse(succeeded(outcome).stdout).digest
  const here = await repository.devenv('discovery', ['digest', '--checkout', service.path, '--json'])
  expect(digestIn(here)).toMatch(/[0-9a-f]{64}$/)
  expect(digestIn(await devenv('digest', '--json')), 'installed from npm').toBe(digestIn(here))

  rmSync(join(service.path, 'devenv/node_modules'), { recursive: true })
  succeeded(await inCheckout('sh', '-c', 'umask 077 && npm ci --prefix devenv'))
  expect(statSync(join(installed, 'core/container/bin/entrypoint')).mode & 0o777).toBe(0o700)
  expect(digestIn(await devenv('digest', '--json')), 'installed under another umask').toBe(digestIn(here))
})
