import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseDocument } from 'yaml'
import { REPOSITORY, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask, begin, type Outcome, type Run, type RunOptions, run } from '../../../tools/scenarios/run.js'

/** Of a base image that copies of the packages are built on: a file, so that it is built and pushed in a second. */
export const BASE = 'library/base:1'

/**
 * A Dockerfile that takes what the real one takes from each context, and runs nothing: who publishes what, and why, does
 * not depend on how long it takes.
 */
const dockerfile = (base: string, inputs: string) => `ARG DEVENV_MIRROR=docker.io
FROM \${DEVENV_MIRROR}/${base} AS dev
COPY ${inputs} /inputs/
COPY --from=core . /opt/devenv/
COPY --from=package . /etc/devenv/
ENTRYPOINT ["/opt/devenv/bin/entrypoint"]
`

/** A copy of this repository under git, whose packages build in a second, with services in repositories of their own. */
export class Monorepo {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'devenv-monorepo-')))
  readonly path = join(this.folder, 'devenv')
  readonly discovery = new ServiceRepository(join(this.folder, 'course-discovery'))
  env: Record<string, string | undefined> = {}

  /** @param mirror where the base image is served */
  async make(mirror: string): Promise<this> {
    const files = await ask('git', '-C', REPOSITORY, 'ls-files', '--cached', '--others', '--exclude-standard', '-z')
    for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(REPOSITORY, name))))
      cpSync(join(REPOSITORY, file), join(this.path, file), { verbatimSymlinks: true })
    this.linkBuilt()
    this.write('packages/discovery/Dockerfile', dockerfile(BASE, 'requirements package.json'))
    this.write('examples/hello/environment/Dockerfile', dockerfile(BASE, 'requirements'))
    await this.discovery.make()
    this.say('repository', `file://${this.discovery.path}`)
    rmSync(join(this.path, 'packages/discovery/devenv-lock.json'), { force: true })
    this.env = { DEVENV_MIRROR: mirror, DEVENV_REGISTRY: mirror, XDG_CACHE_HOME: join(this.folder, 'cache') }
    await git(this.path, 'init', '--quiet', '--initial-branch=main')
    // The links are no folders, which is what `.gitignore` names.
    this.write('.git/info/exclude', 'node_modules\n')
    await this.commit()
    return this
  }

  /** What `npm ci` makes of a clone. */
  linkBuilt(): void {
    cpSync(join(REPOSITORY, 'packages/core/dist'), join(this.path, 'packages/core/dist'), { recursive: true })
    // npm puts a second version of a package below the one that wants it.
    for (const folder of ['node_modules', 'packages/core/node_modules'])
      if (existsSync(join(REPOSITORY, folder))) symlinkSync(join(REPOSITORY, folder), join(this.path, folder))
  }

  private compose = () => parseDocument(this.read('packages/discovery/compose.yaml'))

  /** Writes a key of `x-devenv` into discovery's compose.yaml. */
  private say(key: string, value: unknown): void {
    const compose = this.compose()
    compose.setIn(['x-devenv', key], value)
    this.write('packages/discovery/compose.yaml', compose.toString({ lineWidth: 0 }))
  }

  /** Declares what discovery publishes, and locks it. */
  async declare(releases: Readonly<Record<string, string>>): Promise<void> {
    this.say('releases', releases)
    // The base alone is to be had here; what third-party services run on is not asked for.
    await this.lock()
    await this.commit()
  }

  /** As `devenv lock` writes it, for what the mirror of these tests holds. */
  async lock(images: Readonly<Record<string, string>> = {}): Promise<void> {
    const declared: Record<string, string> = this.compose().toJS()['x-devenv'].releases ?? {}
    const releases: Record<string, { ref: string; commit: string }> = {}
    for (const [name, ref] of Object.entries(declared))
      releases[name] = { ref, commit: await this.discovery.commitOf(ref) }
    this.write('packages/discovery/devenv-lock.json', `${JSON.stringify({ images, releases }, null, 2)}\n`)
  }

  /** @param name of the package */
  devenv(name: 'discovery' | 'hello', words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return run(this.argv(name, words), this.options(options))
  }

  begin(name: 'discovery' | 'hello', words: readonly string[], options: RunOptions = {}): Run {
    return begin(this.argv(name, words), this.options(options))
  }

  private options = (options: RunOptions): RunOptions => ({
    cwd: this.path,
    ...options,
    env: { ...this.env, ...options.env },
  })

  private argv(name: 'discovery' | 'hello', words: readonly string[]): string[] {
    const folder = name === 'hello' ? 'examples/hello/environment' : 'packages/discovery'
    return ['node', 'packages/core/bin/devenv.js', '--package', folder, ...words]
  }

  /** What `--json` printed. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
  async json(name: 'discovery' | 'hello', words: readonly string[]): Promise<any> {
    return JSON.parse(succeeded(await this.devenv(name, [...words, '--json'])).stdout)
  }

  read = (file: string): string => readFileSync(join(this.path, file), 'utf8')

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true })
    writeFileSync(join(this.path, file), text)
  }

  edit(file: string, from: string | RegExp, to: string): void {
    const text = this.read(file)
    const changed = text.replace(from, () => to)
    if (changed === text) throw new Error(`${file} does not hold ${from}`)
    this.write(file, changed)
  }

  async commit(): Promise<void> {
    await git(this.path, 'add', '--all')
    await git(this.path, 'commit', '--quiet', '--allow-empty', '--message', 'change')
  }

  /** As it was when it was last committed; what git ignores included. */
  async restore(): Promise<void> {
    await git(this.path, 'reset', '--quiet', '--hard')
    await git(this.path, 'clean', '--quiet', '-fdx', '--exclude=node_modules', '--exclude=/packages/core/dist')
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A checkout of discovery's shape: what its environment recognises it by, and its inputs. */
export class ServiceRepository {
  constructor(readonly path: string) {}

  async make(): Promise<void> {
    const inputs = ['pip.txt', 'local.txt', 'django.txt'].map((name) => `requirements/${name}`)
    for (const file of [...inputs, 'package.json', 'package-lock.json', 'bower.json', '.bowerrc'])
      this.write(file, '{}\n')
    for (const file of ['manage.py', 'course_discovery/settings/base.py', 'Makefile']) this.write(file, '')
    await git(this.path, 'init', '--quiet', '--initial-branch=master')
    await this.commit()
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true })
    writeFileSync(join(this.path, file), text)
  }

  async commit(): Promise<string> {
    await git(this.path, 'add', '--all')
    await git(this.path, 'commit', '--quiet', '--allow-empty', '--message', 'change')
    return await this.commitOf('HEAD')
  }

  /** A release whose requirements are its own. */
  async release(name: string, requirements: string = name): Promise<void> {
    this.write('requirements/local.txt', `${requirements}\n`)
    await this.commit()
    await git(this.path, 'tag', '--annotate', '--message', name, `release/${name}`)
  }

  commitOf = (ref: string): Promise<string> => git(this.path, 'rev-parse', `${ref}^{commit}`)
}

export const git = (folder: string, ...words: readonly string[]): Promise<string> => {
  mkdirSync(folder, { recursive: true })
  const who = [
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@example.com',
    '-c',
    'commit.gpgsign=false',
    '-c',
    'tag.gpgsign=false',
  ]
  return ask('git', '-C', folder, ...who, ...words)
}

/** Serves the base image in a registry, as a mirror of Docker Hub would. */
export async function pushBase(host: string, name: string = BASE, content = 'base'): Promise<string> {
  const reference = `${host}/${name}`
  const folder = mkdtempSync(join(tmpdir(), 'devenv-base-'))
  try {
    writeFileSync(join(folder, 'content'), content)
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY content /content\n')
    await ask('docker', 'buildx', 'build', '--builder=default', '--quiet', '--load', '--tag', reference, folder)
    await ask('docker', 'push', '--quiet', reference)
    return reference
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
