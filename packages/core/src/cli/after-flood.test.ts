import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { afterFlood } from './after-flood.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what was told is told again once, when the first flood has ended', () => {
  let told = 0
  const { onLine } = afterFlood(3, () => told++)
  for (let line = 0; line < 2; line++) onLine()
  vi.advanceTimersByTime(5000)
  expect(told, 'it is still on the screen').toBe(0)
  for (let line = 0; line < 10; line++) {
    onLine()
    vi.advanceTimersByTime(900)
  }
  expect(told, 'lines still come').toBe(0)
  vi.advanceTimersByTime(100)
  expect(told).toBe(1)
  for (let line = 0; line < 10; line++) onLine()
  vi.advanceTimersByTime(5000)
  expect(told).toBe(1)
})

test('nothing is told when the view has ended', () => {
  let told = 0
  const { onLine, end } = afterFlood(1, () => told++)
  onLine()
  end()
  vi.advanceTimersByTime(5000)
  expect(told).toBe(0)
})
