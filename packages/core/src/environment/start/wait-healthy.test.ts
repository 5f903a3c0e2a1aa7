import { describe, expect, test } from 'vitest'
import { engineRunning, listedContainer, STARTED_AT } from '../../../test/engine.js'
import { sampleEnvironment } from '../../../test/samples.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import type { Progress } from '../../progress/progress.js'
import { patienceOf, renderProbe, sortPrograms, unseen, waitHealthy } from './wait-healthy.js'

const SECOND = 1e9

test.each([
  [['a', 'b', 'c'], undefined, ['a', 'b', 'c']],
  [['a', 'b', 'c'], ['a', 'b', 'c'], []],
  [['b', 'c', 'd'], ['a', 'b', 'c'], ['d']],
  [
    ['x', 'y', 'z'],
    ['a', 'b', 'c'],
    ['x', 'y', 'z'],
  ],
])('of the last lines %j, after %j, those that are new are shown', (lines, before, shown) => {
  expect(unseen(lines, before)).toEqual(shown)
})

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
    expect(renderProbe(said({ ...probe, Start: '1', Output: 'old' }, probe), undefined)).toBe('ended with 7: refused')
  })

  test('is told in words, a success and silence too', () => {
    const probed = (ExitCode: number, Output: string) => renderProbe(said({ Start: '1', ExitCode, Output }), undefined)
    expect(probed(0, '')).toBe('has just succeeded')
    expect(probed(0, 'mysqld is alive\n')).toBe('has just succeeded: mysqld is alive')
    expect(probed(1, '\n')).toBe('ended with 1, without a word')
  })

  test('before it was waited for is not told', () => {
    const probe = { Start: '1', ExitCode: 1, Output: 'held' }
    expect(renderProbe(said(probe), '1')).toBe('has not answered yet')
    expect(renderProbe(said(probe, { ...probe, Start: '2', Output: 'refused' }), '1')).toBe('ended with 1: refused')
  })

  test('is nothing where none has ended', () => {
    expect(
      renderProbe(
        { State: { Running: true, ExitCode: 0, StartedAt: '', Health: { Status: 'starting', Log: null } } },
        undefined,
      ),
    ).toBe('has not answered yet')
  })
})

describe('a program that waits for its code to be mended', () => {
  const FAULT = 'hello/web.py:3: SyntaxError: invalid syntax'
  const web = (state: string, fault = FAULT) => [{ name: 'web', state, memoryBytes: undefined, fault }]
  /** What looks at these moments, in seconds, make of it. */
  const looks = (...seen: [number, ReturnType<typeof web>][]) => {
    let last: Parameters<typeof sortPrograms>[1]
    return seen.map(([seconds, programs]) => {
      const { look, fresh, stuck } = sortPrograms(programs, last, seconds * 1000)
      last = look
      return [...fresh.map(() => 'told'), ...stuck.map(() => 'refused')].join()
    })
  }

  test('is told at once, and refused when it still does after a few seconds', () => {
    expect(looks([0, web('WAITING')], [1, web('WAITING')], [5, web('WAITING')])).toEqual(['told', '', 'refused'])
  })

  test('is refused as well where it has tried again meanwhile, and ended for the same reason', () => {
    expect(looks([0, web('WAITING')], [1, web('RUNNING')], [9, web('WAITING')])).toEqual(['told', '', 'refused'])
  })

  test('has its time again where the reason is another', () => {
    const other = web('WAITING', 'hello/web.py:9: NameError')
    expect(looks([0, web('WAITING')], [5, other], [9, other], [10, other])).toEqual(['told', 'told', '', 'refused'])
  })

  test('is none that boots, is held or left out, however long that takes', () => {
    for (const state of ['STARTING', 'RUNNING', 'HELD', 'LEFT_OUT'])
      expect(looks([0, web(state)], [100, web(state)])).toEqual(['', ''])
  })

  test('is not told to answer before it does, although the last answer to its health check was good', async () => {
    const environment = sampleEnvironment()
    const listed = listedContainer(environment.project, { [COMPOSE_LABELS.service]: 'hello' })
    const lines = [[`web WAITING - ${STARTED_AT} ${FAULT}`], []]
    const engine = await engineRunning(
      () => [{ ...listed, Status: 'Up 5 seconds (healthy)' }],
      () => ({ lines: lines.shift() ?? [] }),
    )
    const told: Progress[] = []
    await waitHealthy({ engine, environment, report: (progress) => told.push(progress) }, ['hello'], 'ours')
    expect(told.map(({ kind }) => kind)).toEqual(['begin', 'note', 'end'])
    expect(told[1]).toMatchObject({ text: expect.stringContaining(`web of hello has ended: ${FAULT}`) })
    expect(lines).toEqual([])
  })

  test('is begun again where a server has been started since', async () => {
    const environment = sampleEnvironment()
    const listed = ['hello', 'mysql'].map((service) => ({
      ...listedContainer(environment.project, { [COMPOSE_LABELS.service]: service }),
      Status: 'Up 5 seconds (healthy)',
    }))
    const typed: string[] = []
    const engine = await engineRunning(
      () => listed,
      (argv) => {
        typed.push(argv.join(' '))
        return { lines: typed.length === 1 ? ['worker WAITING - 2026-01-31T09:59:59.000Z refused'] : [] }
      },
    )
    const told: Progress[] = []
    await waitHealthy({ engine, environment, report: (progress) => told.push(progress) }, ['hello'], 'ours')
    expect(told[1]).toEqual({ kind: 'note', text: 'worker of hello had to run without mysql: starting again' })
    expect(typed.map((words) => words.split(' ').slice(-2))).toEqual([
      ['/opt/devenv/bin/programs', '--waiting'],
      ['restart', 'worker'],
      ['/opt/devenv/bin/programs', '--waiting'],
    ])
  })
})
