import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NO_PROCESS, problemsOf, SAMPLE_PACKAGE, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { processMark } from '../../process/process-mark.js'
import type { Report } from '../../progress/progress.js'
import { type Environment, identify } from '../environment.js'
import { isClaim, isLocked, withLock } from './mutex.js'
import { readRemoval } from './removal.js'

function environment(): Environment {
  const made = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  mkdirSync(made.paths.home, { recursive: true })
  return made
}
const silent = () => {}
const locked = <T>(environment: Environment, work: () => Promise<T>, report: Report = silent) =>
  withLock({ environment, report }, work)
const claims = ({ paths }: Environment) => readdirSync(paths.home).filter(isClaim)

/** A promise, and what fulfils it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = silent
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

test('two commands never change one data directory at once; the one that waits says so', async () => {
  const made = environment()
  const order: string[] = []
  const texts: string[] = []
  const [begun, told] = [gate(), gate()]
  const one = locked(made, async () => {
    order.push('one begins')
    begun.open()
    await told.opened
    order.push('one ends')
  })
  await begun.opened
  const other = locked(
    made,
    async () => void order.push('other begins'),
    (progress) => {
      if (progress.kind === 'note') texts.push(progress.text)
      told.open()
    },
  )
  await Promise.all([one, other])
  expect(order).toEqual(['one begins', 'one ends', 'other begins'])
  expect(texts).toEqual([expect.stringContaining(made.paths.home)])
})

test('of many that begin together each has it alone, and all have it', async () => {
  const made = environment()
  let inside = 0
  const seen: number[] = []
  const work = async () => {
    seen.push(++inside)
    await new Promise((resolve) => setTimeout(resolve, 1))
    inside--
  }
  await Promise.all(Array.from({ length: 8 }, () => locked(made, work)))
  expect(seen).toEqual(Array(8).fill(1))
})

test('who waits for a clean goes on once the folder has gone with it', async () => {
  const made = environment()
  const [begun, told] = [gate(), gate()]
  const cleaning = locked(made, async () => {
    begun.open()
    await told.opened
  })
  await begun.opened
  const waiting = locked(
    made,
    async () => claims(made),
    () => {
      rmSync(made.paths.home, { recursive: true })
      told.open()
    },
  )
  await cleaning
  expect(await waiting).toHaveLength(1)
})

test('a lock is given back, and what was found is handed on', async () => {
  const made = environment()
  expect(await locked(made, async () => 42)).toBe(42)
  expect(readdirSync(made.paths.home)).toEqual([])
})

test('a lock is given back also after a failure', async () => {
  const made = environment()
  await expect(locked(made, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(readdirSync(made.paths.home)).toEqual([])
})

/** A claim as a process leaves it that was killed: its number is nobody's, or another's by now. */
async function abandon(made: Environment, change: object = {}): Promise<string> {
  const file = join(made.paths.home, 'start.0123abcd.lock')
  await locked(made, async () => {
    const [own] = claims(made)
    const claim = JSON.parse(readFileSync(join(made.paths.home, own ?? ''), 'utf8'))
    writeFileSync(file, JSON.stringify({ ...claim, ...change }))
  })
  return file
}

test.each([
  ['whose process has ended', { pid: NO_PROCESS }],
  ['whose process number another process has now', { started: '1' }],
  ['that holds no claim', { host: undefined, pid: 'x' }],
  ['whose process number is text', { pid: 'x', started: '' }],
  ['whose process number is that of a group', { pid: -1, started: '' }],
])('a claim %s counts for nothing, and is removed', async (_what, change) => {
  const made = environment()
  const file = await abandon(made, change)
  if ('host' in change) writeFileSync(file, 'garbage')
  expect(isLocked(made)).toBe(false)
  expect(existsSync(file)).toBe(false)
})

test('a folder under the name of a claim counts for nothing, and stays', async () => {
  const made = environment()
  writeFiles(made.paths.home, { 'start.0123abcd.lock/precious': '' })
  expect(await locked(made, async () => 42)).toBe(42)
  expect(existsSync(join(made.paths.home, 'start.0123abcd.lock/precious'))).toBe(true)
  expect(readRemoval(made.paths)).toMatchObject({ remove: [], leave: [join(made.paths.home, 'start.0123abcd.lock')] })
})

test('a claim of another machine counts while it shows signs of life, whatever time that machine has', async () => {
  const made = environment()
  const file = await abandon(made, { host: 'elsewhere' })
  const future = new Date('2999-01-01')
  utimesSync(file, future, future)
  expect(isLocked(made)).toBe(true)
})

test('a process that is killed in the middle keeps nobody waiting', async () => {
  const made = environment()
  const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder, 'spawn')
  // As proc(5) has it; elsewhere a claim cannot say.
  const stat = existsSync('/proc/self/stat') ? readFileSync(`/proc/${holder.pid}/stat`, 'utf8') : ''
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  await abandon(made, { pid: holder.pid, started })
  expect(isLocked(made)).toBe(true)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  expect(await locked(made, async () => 'had it')).toBe('had it')
})

test('a lock that is left behind is ours to clean', async () => {
  const made = environment()
  await locked(made, async () => {
    expect(readRemoval(made.paths).leave).toEqual([])
    expect(readRemoval(made.paths).remove.filter(isClaim)).toHaveLength(1)
  })
})

test('who only looks tidies what a process that was killed began to write', () => {
  const made = environment()
  const [, , host] = processMark().split('-')
  const names = [processMark(), `${NO_PROCESS}-1-${host}`].map((mark) => `start.0123abcd.lock.${mark}.tmp`)
  writeFiles(made.paths.home, Object.fromEntries(names.map((name) => [name, ''])))
  expect(isLocked(made)).toBe(false)
  expect(readdirSync(made.paths.home)).toEqual([names[0]])
})

test('nothing is claimed, and nothing tidied, behind a link', async () => {
  const made = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  const target = writeFiles(temporaryFolder(), { 'start.0123abcd.lock': 'garbage' })
  writeFiles(made.paths.dataDirectory, { devenv: { link: target } })
  expect(isLocked(made)).toBe(false)
  expect(await problemsOf(() => locked(made, async () => {}))).toMatchObject([{ code: 'data-unusable' }])
  expect(readdirSync(target)).toEqual(['start.0123abcd.lock'])
})
