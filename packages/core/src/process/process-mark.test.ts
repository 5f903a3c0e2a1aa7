import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { isAbandoned, PROCESS_MARK, processMark } from './process-mark.js'

/** The mark that a process would have given itself, while it lives. */
async function another() {
  const child = spawn('sleep', ['60'])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  const [, start, host] = processMark().split('-')
  const ended = once(child, 'exit')
  const end = async () => {
    child.kill('SIGKILL')
    await ended
  }
  // Without a start, only whether it is there can be told.
  return { pid: child.pid, mark: `${child.pid}--${host}`, start, host, end }
}

test('what a process made is abandoned once that process has ended', async () => {
  const { mark, end } = await another()
  expect([`README.${mark}.tmp`, mark, processMark()].map(isAbandoned)).toEqual([false, false, false])
  await end()
  expect(isAbandoned(`README.${mark}.tmp`)).toBe(true)
})

test('a later process of the same number is another one, where the system tells', async () => {
  const [pid, start, host] = processMark().split('-')
  expect(isAbandoned(`${pid}-${Number(start) + 1}-${host}`)).toBe(start !== '')
})

test('what another machine made, or nobody can tell whose it is, may be at work', () => {
  expect([`1-2-${'0'.repeat(16)}`, '4711', 'README.4711.tmp', '42-0123abcd', ''].map(isAbandoned)).toEqual(
    Array(5).fill(false),
  )
})

test('a mark can be part of a file name', () => {
  expect(processMark()).toMatch(new RegExp(`^${PROCESS_MARK.source}$`))
})
