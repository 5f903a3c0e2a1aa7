import { describe, expect, test } from 'vitest'
import { patienceOf, renderProbe } from './wait-healthy.js'

const SECOND = 1e9

describe('a health check has failed', () => {
  test('when its start period and its retries are over', () => {
    expect(patienceOf({ StartPeriod: 60 * SECOND, Interval: 10 * SECOND, Retries: 3 })).toBe(90)
  })

  test('as the engine counts by default', () => {
    expect(patienceOf({ StartPeriod: 0, Interval: 0, Retries: 0 })).toBe(90)
    expect(patienceOf()).toBe(90)
  })
})

describe('what a probe said', () => {
  const said = (...probes: { Start: string; ExitCode: number; Output: string }[]) => ({
    State: { Running: true, ExitCode: 0, StartedAt: '', Health: { Status: 'starting', Log: probes } },
  })

  test('is its exit code and its last line', () => {
    const probe = { Start: '2', ExitCode: 7, Output: 'trying\nrefused\n' }
    expect(renderProbe(said({ ...probe, Start: '1', Output: 'old' }, probe), undefined)).toBe('exit 7: refused')
  })

  test('before it was waited for is not told', () => {
    const probe = { Start: '1', ExitCode: 1, Output: 'held' }
    expect(renderProbe(said(probe), '1')).toBe('it has not answered yet')
    expect(renderProbe(said(probe, { ...probe, Start: '2', Output: 'refused' }), '1')).toBe('exit 1: refused')
  })

  test('is nothing where none has ended', () => {
    expect(
      renderProbe(
        { State: { Running: true, ExitCode: 0, StartedAt: '', Health: { Status: 'starting', Log: null } } },
        undefined,
      ),
    ).toBe('it has not answered yet')
  })
})
