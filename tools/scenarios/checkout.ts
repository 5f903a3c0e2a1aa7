import { cpSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, onTestFinished, vi } from 'vitest'
import { anyImage, type Container, containersBelow, containersOf, followEvents, removeBelow } from './engine.js'
import { keepEvidence } from './evidence.js'
import { ask, commence, forThisTest, type Outcome, PATIENCE, type Run, type RunOptions, run } from './run.js'

export const REPOSITORY = realpathSync(fileURLToPath(new URL('../..', import.meta.url)))
export const CORE = join(REPOSITORY, 'packages/core')

const COMMAND = join(CORE, 'bin/devenv.js')

/** What a checkout is made of. */
export type Origin = {
  service: string
  /** Folders of source code, one laid over the other. */
  sources: readonly string[]
  /** The folder of its environment package. */
  package: string
  /** The one, in the primary container, that is its address. */
  port: number
}

/** For one test: removed with all that was made for it when the test is over. */
export function fresh<T extends Checkout>(checkout: T): T {
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await checkout.keep(task.name)
    await checkout.remove()
  })
  return checkout
}

/** For all tests of a file, or of a `describe`: made ready before the first, removed after the last. */
export function shared<T extends Checkout>(checkout: T, prepare: (checkout: T) => Promise<unknown>): T {
  beforeAll(async () => {
    try {
      await prepare(checkout)
    } catch (error) {
      await checkout.keep('before the first test')
      throw error
    }
  })
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await checkout.keep(task.name)
  })
  afterAll(() => checkout.remove())
  return checkout
}

/** For all tests of a file, or of a `describe`; started before the first. */
export const started = <T extends Checkout>(checkout: T, prepare: (checkout: T) => Promise<void> = async () => {}): T =>
  shared(checkout, async () => {
    await prepare(checkout)
    await checkout.start()
  })

/** A copy of a service's source code on the disk, and what a person does there. */
export class Checkout {
  /** Everything of this checkout is below it. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'devenv-scenario-')))
  path: string
  /** What is set in the person's shell. */
  env: Record<string, string | undefined>
  /** The person, where it is not the one who runs the tests. */
  as: number | undefined
  /** All that was typed there, and what came of it. */
  readonly typed: { argv: readonly string[]; run: Run }[] = []
  #events: Run | undefined
  /** It stays as it is, for a person to look at. */
  #left = false

  constructor(
    readonly origin: Origin,
    name = origin.service,
  ) {
    this.path = join(this.folder, name)
    this.env = { DEVENV_PACKAGE: origin.package, DEVENV_MK: join(CORE, 'make/devenv.mk') }
    const kept = (source: string) => !['.dev', '__pycache__', '.pytest_cache'].includes(basename(source))
    for (const source of origin.sources)
      cpSync(source, this.path, { recursive: true, filter: kept, verbatimSymlinks: true })
  }

  devenv(...words: readonly string[]): Promise<Outcome> {
    return this.run(['node', ...this.words(...words)])
  }

  /** What `node` is given to be devenv. */
  words(...words: readonly string[]): string[] {
    return [COMMAND, ...words]
  }

  make(...words: readonly string[]): Promise<Outcome> {
    return this.run(['make', ...words])
  }

  run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.commence(argv, options).ended
  }

  beginDevenv(words: readonly string[], options: RunOptions = {}): Run {
    return this.begin(['node', ...this.words(...words)], options)
  }

  begin(argv: readonly string[], options: RunOptions = {}): Run {
    return forThisTest(this.commence(argv, options))
  }

  /** For whoever waits for its end. */
  commence(argv: readonly string[], options: RunOptions = {}): Run {
    this.#events ??= followEvents()
    const run = commence(argv, this.optionsFrom(options))
    this.typed.push({ argv, run })
    return run
  }

  private optionsFrom(options: RunOptions): RunOptions {
    const as = this.as === undefined ? {} : { as: this.as }
    // What one test run keeps for later is no affair of the next.
    const cache = { XDG_CACHE_HOME: join(this.folder, 'cache') }
    return { cwd: this.path, ...as, ...options, env: { ...cache, ...this.env, ...options.env } }
  }

  /** @throws what devenv said, where it fails */
  async start(): Promise<Outcome> {
    return succeeded(await this.devenv('start'))
  }

  containers(): Promise<Container[]> {
    return containersOf(this.path)
  }

  async container(service: string): Promise<Container> {
    const [found] = await containersOf(this.path, service)
    if (found === undefined) throw new Error(`${this.path} has no container ${service}`)
    return found
  }

  /** Where it answers, as the engine has it. @param port in the container */
  async url(port = this.origin.port): Promise<string> {
    const { ports } = await this.container(this.origin.service)
    return `http://localhost:${ports[port]?.port}`
  }

  async get(page: string, port?: number): Promise<Answer> {
    return await get(`${await this.url(port)}${page}`)
  }

  read(file: string): Promise<string> {
    return readFile(join(this.path, file), 'utf8')
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.path, file), text)
  }

  /** Saves a file with one text in the place of another. */
  async edit(file: string, from: string, to: string): Promise<void> {
    const text = await this.read(file)
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`)
    await this.write(
      file,
      text.replace(from, () => to),
    )
  }

  /** As if another person had cloned it. */
  async giveTo(uid: number): Promise<void> {
    await ask('chown', '-R', `${uid}:${uid}`, this.folder)
  }

  async commitToGit(): Promise<void> {
    const git = ['git', '-C', this.path, '-c', 'user.name=A', '-c', 'user.email=a@example.com']
    await ask('git', 'init', '--quiet', this.path)
    await ask('git', '-C', this.path, 'add', '--all')
    await ask(...git, 'commit', '--quiet', '--message', 'first')
  }

  move(name: string): void {
    const path = join(dirname(this.path), name)
    renameSync(this.path, path)
    this.path = path
  }

  /** After a test has failed: keeps what tells why, and with DEVENV_KEEP_FAILED all of it. */
  async keep(test: string): Promise<void> {
    const folder = await keepEvidence(this, test, this.#events?.written() ?? '')
    console.error(`The evidence of this failure is in ${folder}`)
    if (!process.env.DEVENV_KEEP_FAILED) return
    this.#left = true
    console.error(`Its checkout and its containers stay (DEVENV_KEEP_FAILED): ${this.path}`)
  }

  /** Removes everything, whatever state it is in. */
  async remove(): Promise<void> {
    this.#events?.kill()
    if (this.#left) return
    const [container] = await containersBelow(this.folder)
    await removeBelow(this.folder)
    try {
      rmSync(this.folder, { recursive: true, force: true })
    } catch {
      // Databases write as users of their own.
      const mount = `type=bind,source=${dirname(this.folder)},target=/around`
      const image = container?.image ?? (await anyImage())
      const remove = ['--entrypoint', 'rm', image, '-rf', `/around/${basename(this.folder)}`]
      await ask('docker', 'run', '--rm', '--network', 'none', '--user', '0:0', '--mount', mount, ...remove)
    }
  }
}

/** What npm would publish of a package. */
export async function pack(folder: string, into: string): Promise<string> {
  const { stdout } = succeeded(
    await run(['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', into], { cwd: folder }),
  )
  return join(into, stdout.trim().split('\n').at(-1) ?? '')
}

export function succeeded(outcome: Outcome): Outcome {
  if (outcome.exitCode !== 0) throw new Error(`it ended with ${outcome.exitCode}: ${outcome.stderr}${outcome.stdout}`)
  return outcome
}

export type Answer = { status: number; body: string }

/** One request on a connection of its own. */
export const get = (url: string): Promise<Answer> => send('GET', url)
export const post = (url: string, form: Readonly<Record<string, string>>): Promise<Answer> =>
  send('POST', url, new URLSearchParams(form).toString())

function send(method: string, url: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }
    const asking = request(url, { method, agent: false, timeout: 60_000, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
    })
    asking.once('timeout', () => asking.destroy(new Error(`${url} does not answer`)))
    asking.once('error', reject)
    asking.end(body)
  })
}

/** Waits until what is asked holds: gives its value once it does not throw. */
export const eventually = <T>(ask: () => T | Promise<T>, seconds = PATIENCE): Promise<T> =>
  vi.waitFor(ask, { timeout: seconds * 1000, interval: 100 })
