import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SAMPLE_PACKAGE, temporaryFolder } from '../../../test/samples.js'
import { type Environment, identify } from '../environment.js'
import { planRemoval } from './data-directory.js'
import { withLock } from './mutex.js'

function environment(): Environment {
  const made = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  mkdirSync(made.paths.home, { recursive: true })
  return made
}
const silent = () => {}

test('two commands never change one data directory at once; the one that waits says so', async () => {
  const made = environment()
  const order: string[] = []
  const told: string[] = []
  let finish = silent
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  let begun = silent
  const first = new Promise<void>((resolve) => {
    begun = resolve
  })
  const one = withLock(made, silent, async () => {
    order.push('one begins')
    begun()
    await finished
    order.push('one ends')
  })
  await first
  const other = withLock(
    made,
    (progress) => {
      if (progress.kind === 'note') told.push(progress.text)
      finish()
    },
    async () => {
      order.push('other begins')
    },
  )
  await Promise.all([one, other])
  expect(order).toEqual(['one begins', 'one ends', 'other begins'])
  expect(told).toEqual([expect.stringContaining(made.paths.home)])
})

test('who waits for a clean goes on once the folder has gone with it', async () => {
  const made = environment()
  let taken = silent
  let begun = silent
  const locked = new Promise<void>((resolve) => {
    begun = resolve
  })
  const cleaning = withLock(
    made,
    silent,
    () =>
      new Promise<void>((resolve) => {
        taken = resolve
        begun()
      }),
  )
  await locked
  const waiting = withLock(
    made,
    () => {
      rmSync(made.paths.home, { recursive: true })
      taken()
    },
    async () => readdirSync(made.paths.home),
  )
  await cleaning
  expect(await waiting).toContain('start.lock')
})

test('a lock is given back, and what was found is handed on', async () => {
  const made = environment()
  expect(await withLock(made, silent, async () => 42)).toBe(42)
  expect(readdirSync(made.paths.home)).toEqual([])
})

test('a lock is given back also after a failure', async () => {
  const made = environment()
  await expect(withLock(made, silent, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(readdirSync(made.paths.home)).toEqual([])
})

test('a lock that is left behind is ours to clean', async () => {
  const made = environment()
  await withLock(made, silent, async () => {
    expect(planRemoval(made.paths).leave).toEqual([])
    expect(planRemoval(made.paths).remove.every((path) => existsSync(path))).toBe(true)
    expect(planRemoval(made.paths).remove).toHaveLength(2)
  })
})
