import { describe, expect, test } from 'vitest'
import { PORT_RANGE, portCandidates } from './port-candidates.js'

const first = (service: string, checkout: string, index = 0) => portCandidates(service, checkout, index).next().value

describe('the ports of an environment', () => {
  test('are the same every time', () => {
    const list = () => [...portCandidates('hello', '/home/dev/hello', 0)]
    expect(list()).toEqual(list())
  })

  test('never change by accident: people keep them as bookmarks', () => {
    expect([0, 1, 2].map((index) => first('hello', '/home/dev/hello', index))).toEqual([25610, 25611, 25612])
  })

  test('stay in a range below ephemeral ports and apart from devstack, each once', () => {
    const candidates = [...portCandidates('hello', '/home/dev/hello', 3)]
    expect(Math.min(...candidates)).toBeGreaterThanOrEqual(PORT_RANGE.from)
    expect(Math.max(...candidates)).toBeLessThanOrEqual(PORT_RANGE.to)
    expect(new Set(candidates).size).toBe(candidates.length)
    expect(PORT_RANGE.from).toBeGreaterThan(19_999)
    const wanted = [0, 7].flatMap((index) => [...portCandidates('hello', '/home/dev/hello', index)])
    expect(wanted).not.toEqual(expect.arrayContaining([25_900]))
    expect(wanted).not.toEqual(expect.arrayContaining([27_017]))
    expect(PORT_RANGE.to).toBeLessThan(32_768)
  })

  test('of different wishes are different', () => {
    const ports = Array.from({ length: 10 }, (_, index) => first('hello', '/home/dev/hello', index))
    expect(new Set(ports).size).toBe(10)
  })

  test('of different checkouts are mostly different', () => {
    const ports = Array.from({ length: 20 }, (_, index) => first('hello', `/home/dev/${index}/hello`))
    expect(new Set(ports).size).toBeGreaterThan(15)
  })
})
