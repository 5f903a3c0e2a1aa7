import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Checkout, REPOSITORY } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'

const PACKAGE = join(REPOSITORY, 'packages/edx-platform')

/** The ports of LMS and Studio, in the container. */
export const LMS = 18000
export const STUDIO = 18010

/** Where webpack tells the pages what it does, and where the bundles are. */
const STATS = '.dev/devenv/stores/edx-platform/data/staticfiles/webpack-stats.json'

const me = process.getuid?.() ?? 0
/** Whose the checkouts are. Only root can give one away. */
export const OWNER = me === 0 ? 1000 : me

/** A checkout of the platform in miniature. */
export class Platform extends Checkout {
  /** @param shapes the folders that are laid over what all releases have in common */
  constructor(...shapes: readonly string[]) {
    const sources = ['miniature', ...shapes].map((folder) => join(PACKAGE, 'test', folder))
    super({ service: 'edx-platform', sources, package: PACKAGE, port: LMS })
    // The miniature has nothing that searches, and nothing stands in for it.
    this.env.DEVENV_WITHOUT = 'meilisearch'
  }

  /** Cloned by somebody who is not root. */
  async clone(): Promise<void> {
    await this.commitToGit()
    if (OWNER !== me) await this.giveTo(OWNER)
  }

  /** What git says in it; to root as well, whose it is not. */
  git = (...words: readonly string[]): Promise<string> =>
    ask('git', '--no-optional-locks', '-c', `safe.directory=${this.path}`, '-C', this.path, ...words)

  /** Whether webpack compiles, as pages are told: compiling or done. */
  async bundles(): Promise<string> {
    return (JSON.parse(await this.read(STATS)) as { status: string }).status
  }

  /** As whoever reads where the bundles are finds it while webpack writes it. */
  emptyStats(): Promise<void> {
    return this.write(STATS, '')
  }

  /** As it stays where webpack was killed while it compiled. */
  leaveCompiling(): Promise<void> {
    return this.write(STATS, '{"status": "compiling"}')
  }

  /** What a program, or `provision`, has written since the environment was made. */
  log(program: string): Promise<string> {
    return this.read(`.dev/devenv/logs/${program}.log`)
  }

  /** From now on no build of webpack ends, until what is given back is called. */
  async holdBuilds(): Promise<() => void> {
    await this.write('held', '')
    const release = () => rmSync(join(this.path, 'held'), { force: true })
    onTestFinished(release)
    return release
  }

  async query(sql: string): Promise<string> {
    const words = ['-uedxapp001', '-ppassword', '--batch', '--skip-column-names', 'edxapp', '-e', sql]
    return (await this.devenv('exec', 'mysql', '--', 'mysql', ...words)).stdout.trim()
  }

  /** The services that run, and each one's image, as `status` tells. */
  async images(): Promise<Record<string, string>> {
    const { containers } = JSON.parse((await this.devenv('status', '--json')).stdout) as {
      containers: { service: string; state: string; image: string }[]
    }
    const running = containers.filter(({ state }) => state === 'running')
    return Object.fromEntries(running.map(({ service, image }) => [service, image]))
  }
}
