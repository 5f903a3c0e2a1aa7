import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { StringDecoder } from 'node:string_decoder'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export type Outcome = { exitCode: number; stdout: string; stderr: string; bytes: Buffer }

export type RunOptions = {
  cwd?: string
  env?: Readonly<Record<string, string | undefined>>
  /** What it reads; without it, nothing. */
  input?: string | Buffer
  /** In a terminal of its own: stdout holds all that it shows. */
  terminal?: boolean
  /** As this user and group, with access to the engine. Takes root. */
  as?: number
}

/** A command that runs. `ended` never rejects for an exit code. */
export type Run = {
  pid: number
  ended: Promise<Outcome>
  /** All that it wrote until now, both channels. */
  written(): string
  /** Waits until it has written this. */
  said(pattern: RegExp, seconds?: number): Promise<RegExpExecArray>
  type(text: string): void
  signal(name: NodeJS.Signals): void
  /** Signals it and all that it started, as a terminal or a job runner does. */
  signalAll(name: NodeJS.Signals): void
  /** Ends it and what it started, if it still runs. */
  kill(): void
}

/** Seconds: how long anything may take on a busy machine. What takes longer hangs. */
export const PATIENCE = 120

const TERMINAL = fileURLToPath(new URL('terminal.py', import.meta.url))

/** Runs a command to its end. */
export const run = (argv: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  commence(argv, options).ended

/** Begins a command; it does not outlive the test. */
export const begin = (argv: readonly string[], options: RunOptions = {}): Run => forThisTest(commence(argv, options))

/** A command that does not outlive the test. */
export function forThisTest(run: Run): Run {
  onTestFinished(run.kill)
  return run
}

/** Runs a tool that must not fail; gives what it printed. */
export async function ask(...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(argv)
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${stderr}`)
  return stdout.trim()
}

/** Begins a command that somebody waits for. */
export function commence(argv: readonly string[], { cwd, env, input, terminal = false, as }: RunOptions = {}): Run {
  const [program, ...words] = [
    ...(as === undefined ? [] : asUser(as)),
    ...(terminal ? ['python3', TERMINAL] : []),
    ...argv,
  ] as [string, ...string[]]
  const child = spawn(program, words, {
    cwd,
    env: { ...cleanEnvironment(argv[0]), ...(as !== undefined && { HOME: tmpdir(), DOCKER_CONFIG: tmpdir() }), ...env },
    // A group of its own, so that it can be ended with all that it started.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const chunks = { out: [] as Buffer[], err: [] as Buffer[] }
  const decoder = new StringDecoder()
  let text = ''
  const waiting = new Set<() => void>()
  const keep = (channel: 'out' | 'err') => (chunk: Buffer) => {
    chunks[channel].push(chunk)
    text += decoder.write(chunk)
    for (const look of waiting) look()
  }
  child.stdout.on('data', keep('out'))
  child.stderr.on('data', keep('err'))
  child.stdin.on('error', () => {})
  if (input !== undefined) child.stdin.end(input)
  else if (!terminal) child.stdin.end()

  const written = () => text
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const bytes = Buffer.concat(chunks.out)
      const stderr = Buffer.concat(chunks.err).toString()
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
      resolve({ exitCode, bytes, stdout: bytes.toString(), stderr })
    })
  })
  return {
    pid: child.pid ?? 0,
    ended,
    written,
    said: (pattern, seconds = PATIENCE) => waitFor(pattern, seconds, { written, waiting, ended }),
    type: (text) => child.stdin.write(text),
    signal: (name) => child.kill(name),
    signalAll: (name) => signalGroup(child, name),
    kill: () => signalGroup(child, 'SIGKILL'),
  }
}

function waitFor(
  pattern: RegExp,
  seconds: number,
  { written, waiting, ended }: { written: () => string; waiting: Set<() => void>; ended: Promise<Outcome> },
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const leave = (then: () => void) => {
      waiting.delete(look)
      clearTimeout(timer)
      then()
    }
    // From the line on that was the last: what is written may be much.
    let looked = 0
    const look = () => {
      const text = written()
      const found = pattern.exec(text.slice(looked))
      if (found !== null) leave(() => resolve(found))
      looked = text.lastIndexOf('\n') + 1
    }
    const fail = (why: string) => leave(() => reject(new Error(`${why} without ${pattern}; it printed:\n${written()}`)))
    const timer = setTimeout(() => fail(`${seconds} s went by`), seconds * 1000)
    waiting.add(look)
    ended.then(
      ({ exitCode }) => {
        look()
        if (waiting.has(look)) fail(`it ended with ${exitCode}`)
      },
      (error) => fail(String(error)),
    )
    look()
  })
}

function signalGroup({ pid, stdout, stderr }: ChildProcess, name: NodeJS.Signals): void {
  // Once nobody can write any more, the number may be another's.
  if (pid === undefined || (stdout?.closed && stderr?.closed)) return
  try {
    process.kill(-pid, name)
  } catch {
    // Nobody is left in it.
  }
}

/** Without what tells these tests' own surroundings: the make and the vitest that they run in. */
function cleanEnvironment(program: string | undefined): NodeJS.ProcessEnv {
  const foreign = /^(DEVENV_|VITEST|MAKE|MFLAGS|NODE_ENV$|NODE_OPTIONS$|GIT_|NAME$|TESTS$)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  const { DEVENV_MIRROR } = process.env
  // As devenv.mk does: Node reads the bundle of certificates at each start, and devenv itself calls nobody. npm does.
  const certificates = program === 'node' ? { NODE_EXTRA_CA_CERTS: '' } : {}
  return { ...Object.fromEntries(kept), ...certificates, ...(DEVENV_MIRROR && { DEVENV_MIRROR }) }
}

const asUser = (uid: number): string[] => ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, ...engineGroup(), '--']

/** Who may use the engine. */
function engineGroup(): [string] {
  const socket = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '')
  return existsSync(socket) ? [`--groups=${statSync(socket).gid}`] : ['--clear-groups']
}
