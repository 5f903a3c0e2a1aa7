import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { tellWaits, within } from './patience.js'

const told: string[] = []

beforeEach(() => {
  vi.useFakeTimers()
  told.length = 0
  tellWaits((progress) => void (progress.kind === 'note' && told.push(progress.text)))
})
afterEach(() => {
  tellWaits(() => {})
  vi.useRealTimers()
})

const never = () => new Promise<never>(() => {})
const wait = (seconds: number) => ({ of: 'the cook has not answered', seconds, late: () => new Error('late') })

describe('who waits for others', () => {
  test('is told nothing within a few seconds', async () => {
    const done = within(wait(60), () => new Promise((resolve) => setTimeout(resolve, 4000, 'soup')))
    await vi.advanceTimersByTimeAsync(4000)
    expect(await done).toBe('soup')
    await vi.runAllTimersAsync()
    expect(told).toEqual([])
  })

  test('is then told for what, and how long at most, once for all that wait for the same', async () => {
    for (let guest = 0; guest < 3; guest++) within(wait(60), never).catch(() => {})
    await vi.advanceTimersByTimeAsync(20_000)
    expect(told).toEqual(['the cook has not answered yet; devenv waits for it, at most 60 s'])
  })

  test('waits no longer than that, and ends the work', async () => {
    let ended: AbortSignal | undefined
    const waiting = within(wait(60), (signal) => {
      ended = signal
      return never()
    })
    const late = expect(waiting).rejects.toThrow('late')
    await vi.advanceTimersByTimeAsync(59_000)
    expect(ended?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    expect(ended?.aborted).toBe(true)
    await late
  })

  test('may wait without an end, and is told so', async () => {
    const work = new Promise((resolve) => setTimeout(resolve, 10_000_000, 'soup'))
    const done = within(wait(Infinity), () => work)
    await vi.advanceTimersByTimeAsync(10_000_000)
    expect(await done).toBe('soup')
    expect(told).toEqual(['the cook has not answered yet; devenv waits for it'])
  })
})
