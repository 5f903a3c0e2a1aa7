// @ts-check
// A clone of a service, prepared as its team would have it, and what a person does there. What commands print is kept.

import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $ } from 'zx'
import { until } from './until.mjs'

/** @typedef {{ exitCode: number | null, signal: NodeJS.Signals | null, output: string }} Outcome */
/** @typedef {{ seconds?: number, env?: Record<string, string> }} RunOptions */
/** @typedef {{ urls: Record<string, string>, printed: () => string, leave: () => Promise<Outcome> }} View */

const CORE = fileURLToPath(new URL('../../packages/core', import.meta.url))
const COMMAND = join(CORE, 'bin/devenv.js')

/** What belongs to the make and the shell that acceptance itself runs in, and not to a person's. */
const FOREIGN = /^(MAKE|MFLAGS|GIT_|SERVICE$|CHECKOUT$|KEEP$|DEVENV_(PACKAGE|MK|CHECKOUT)$|NODE_OPTIONS$)/

/** What a person has set in the shell: the settings of devenv and of the service among it. */
export const shell = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)))

/** As typed in a checkout that `devenv init` has prepared. */
export const DEVENV = ['npx', '--prefix', 'devenv', 'devenv']

/** What all clones of one acceptance have in common. */
export class Workshop {
  #logs = 0
  /** Groups of processes that run. @type {Set<number>} */
  #running = new Set()
  /** Whether somebody has pressed Ctrl-C: nothing begins after that, but for what cleans up. */
  interrupted = false

  /**
   * @param {{ service: string, folder: string, cache: string | undefined, package: string, snapshots: readonly string[] }} options `folder`:
   * everything is below it; `cache`: where seeds are kept, if not where this machine keeps them; `snapshots`: services whose packages the team
   * has as well
   */
  constructor({ service, folder, cache, package: environmentPackage, snapshots }) {
    this.service = service
    this.folder = folder
    this.package = environmentPackage
    this.snapshots = snapshots.map((name) => join(dirname(environmentPackage), name))
    this.logs = join(folder, 'logs')
    /**
     * With a cache of its own, the first start makes its data itself, and a clone beside it takes them.
     * @type {Record<string, string | undefined>}
     */
    this.env = { ...shell, ...(cache === undefined ? {} : { XDG_CACHE_HOME: cache }) }
    mkdirSync(this.logs, { recursive: true })
  }

  /** What npm would publish. @param {readonly string[]} folders of packages */
  async pack(folders) {
    const tarballs = []
    for (const folder of folders) {
      const npm = $({ cwd: folder, quiet: true })`npm pack --silent --ignore-scripts --pack-destination ${this.folder}`
      tarballs.push(join(this.folder, (await npm).stdout.trim().split('\n').at(-1) ?? ''))
    }
    return tarballs
  }

  /** @param {import('zx').ProcessPromise} child that leads a group */
  running(child) {
    const group = Number(child.pid)
    this.#running.add(group)
    child.finally(() => this.#running.delete(group))
  }

  /** Ctrl-C on all that runs. */
  interrupt() {
    this.interrupted = true
    for (const group of this.#running) process.kill(-group, 'SIGINT')
  }

  /** @param {string} command */
  log(command) {
    this.#logs += 1
    const name = command.replace(/[^\w.=-]+/g, '-').slice(0, 60)
    return join(this.logs, `${String(this.#logs).padStart(3, '0')}-${name}.log`)
  }
}

export class Clone {
  /**
   * @param {Workshop} workshop
   * @param {string} path
   */
  constructor(workshop, path) {
    this.workshop = workshop
    this.path = path
  }

  /**
   * What a person has after `git clone`, where the team has committed what `devenv init` writes.
   * @param {Workshop} workshop
   * @param {string} checkout what is cloned: the commit that is checked out there
   */
  static async of(workshop, checkout) {
    const team = new Clone(workshop, join(workshop.folder, 'team'))
    await $({ quiet: true })`git clone --quiet ${checkout} ${team.path}`
    const own = await workshop.pack([CORE, workshop.package])
    await team.succeed(['node', COMMAND, '--package', workshop.package, 'init', ...own])
    const others = await workshop.pack(workshop.snapshots)
    const npm = ['npm', 'install', '--prefix', 'devenv', '--save-dev', '--save-exact', '--no-audit', '--no-fund']
    if (others.length > 0) await team.succeed([...npm, ...others])
    await team.succeed(['git', 'add', '--all'])
    await team.commit('Depend on the environment package')
    const clone = new Clone(workshop, join(workshop.folder, basename(checkout)))
    await $({ quiet: true })`git clone --quiet ${team.path} ${clone.path}`
    return clone
  }

  /** @param {string} message of a commit that takes what git tracks */
  commit(message) {
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false']
    return this.succeed(['git', ...who, 'commit', '--quiet', '--all', '--no-verify', '--message', message])
  }

  /**
   * A second worktree of this clone, on a branch of its own.
   * @param {string} name
   */
  async worktree(name) {
    const path = join(this.workshop.folder, name)
    await this.succeed(['git', 'worktree', 'add', '--quiet', '-b', name, path])
    return new Clone(this.workshop, path)
  }

  /**
   * Runs a command as typed, here, whatever comes of it.
   * @param {readonly string[]} argv
   * @param {RunOptions} [options]
   * @returns {Promise<Outcome>}
   */
  async run(argv, { seconds = 3600, env = {} } = {}) {
    const running = this.#begin(argv, env)
    return running.outcome(running.child.timeout(`${seconds}s`))
  }

  /**
   * The same, where it has to end well.
   * @param {readonly string[]} argv
   * @param {RunOptions} [options]
   * @returns {Promise<string>} what it printed, on both channels
   */
  async succeed(argv, options) {
    const { exitCode, signal, output } = await this.run(argv, options)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${signal ?? exitCode}:\n${lastLines(output)}`)
    return output
  }

  /** Removes its containers and its data, whatever has happened. @returns {Promise<Outcome>} */
  async clean() {
    const { child, outcome } = this.#start([...DEVENV, 'clean'], {})
    return await outcome(child)
  }

  /** @param {readonly string[]} words as typed behind `make` */
  make(...words) {
    return this.succeed(['make', ...words])
  }

  /** @param {readonly string[]} words as typed behind `devenv` */
  devenv(...words) {
    return this.succeed([...DEVENV, ...words])
  }

  /**
   * `make dev.watch`, until the address is printed. The view stays open; all its lines are kept.
   * @param {{ words?: readonly string[], service?: string, seconds?: number }} [options] `words`: typed behind it; `service`: that
   * answers, if not this one
   * @returns {Promise<View>} `urls`: where it answers, by the names of the addresses. `printed`: all that it has printed so far. `leave`: Ctrl-C
   */
  async watch({ words = [], service = this.workshop.service, seconds = 3600 } = {}) {
    const argv = ['make', 'dev.watch', ...words]
    const view = this.#begin(argv, {})
    let ended = false
    view.child.finally(() => {
      ended = true
    })
    const answers = `${service} answers at`
    await until(
      () => {
        if (view.printed().includes(answers)) return
        if (ended) return
        throw new Error(`it did not print “${answers}”:\n${lastLines(view.printed())}`)
      },
      { seconds },
    )
    if (ended) throw new Error(`${argv.join(' ')} ended:\n${lastLines(view.printed())}`)
    const leave = async () => {
      if (!ended) process.kill(-Number(view.child.pid), 'SIGINT')
      return view.outcome(view.child)
    }
    return { urls: await this.urls(), printed: view.printed, leave }
  }

  /**
   * Where it answers, by the names of the addresses.
   * @param {string} [place] the folder of another environment
   * @returns {Promise<Record<string, string>>}
   */
  async urls(place = '.') {
    const { stdout } = await this.#quiet([...DEVENV, 'status', '--json', '--checkout', place])
    const { addresses } = JSON.parse(stdout)
    return Object.fromEntries(
      addresses.map((/** @type {{ name: string, url: string }} */ { name, url }) => [name, url]),
    )
  }

  /** @param {string} file */
  read(file) {
    return readFileSync(join(this.path, file), 'utf8')
  }

  /**
   * Saves a file, new or not.
   * @param {string} file
   * @param {string} text
   */
  write(file, text) {
    writeFileSync(join(this.path, file), text)
  }

  /**
   * Saves a file with one text in the place of another.
   * @param {string} file
   * @param {string | RegExp} from
   * @param {string} to
   */
  edit(file, from, to) {
    const text = this.read(file)
    const edited = text.replace(from, () => to)
    if (edited === text) throw new Error(`${file} does not contain ${from}`)
    this.write(file, edited)
  }

  /** What git shows as changed or new: nothing, in a checkout that nobody edited. */
  async status() {
    return (await this.#quiet(['git', 'status', '--porcelain'])).stdout.trim()
  }

  /** @param {readonly string[]} argv */
  #quiet(argv) {
    return $({ cwd: this.path, env: this.workshop.env, quiet: true })`${argv}`
  }

  /**
   * @param {readonly string[]} argv
   * @param {Record<string, string>} env
   */
  #begin(argv, env) {
    if (this.workshop.interrupted) throw new Error('Somebody has pressed Ctrl-C.')
    return this.#start(argv, env)
  }

  /**
   * @param {readonly string[]} argv
   * @param {Record<string, string>} env
   */
  #start(argv, env) {
    const typed = argv.join(' ')
    const file = createWriteStream(this.workshop.log(typed))
    file.write(`$ ${typed}\n`)
    // A group of its own: Ctrl-C reaches make and what it started, and not us.
    const child = $({
      cwd: this.path,
      env: { ...this.workshop.env, ...env },
      quiet: true,
      nothrow: true,
      detached: true,
    })`${argv}`
    this.workshop.running(child)
    let printed = ''
    for (const channel of [child.stdout, child.stderr])
      channel.setEncoding('utf8').on('data', (part) => {
        printed += part
        file.write(part)
      })
    /** @param {PromiseLike<import('zx').ProcessOutput>} ending @returns {Promise<Outcome>} */
    const outcome = async (ending) => {
      const { exitCode, signal } = await ending
      file.end(`\nended with ${signal ?? exitCode}\n`)
      return { exitCode, signal, output: printed }
    }
    return { child, outcome, printed: () => printed }
  }
}

/** @param {string} text */
const lastLines = (text) => text.trimEnd().split('\n').slice(-15).join('\n')
