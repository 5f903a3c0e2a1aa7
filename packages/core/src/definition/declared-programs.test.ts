import { describe, expect, test } from 'vitest'
import { parsePrograms } from './declared-programs.js'

describe('parsePrograms', () => {
  test('finds programs, on which lines, with what they run', () => {
    const text =
      '; a comment\n[program:web]\ncommand=x --a=b\nstdout_logfile=/dev/null\n\n[program:worker]\ncommand = y\n'
    expect(parsePrograms('web.conf', text)).toEqual([
      { name: 'web', file: 'web.conf', line: 2, command: 'x --a=b', logfile: 'stdout_logfile' },
      { name: 'worker', file: 'web.conf', line: 6, command: 'y', logfile: undefined },
    ])
  })

  test('takes nothing of another section for a program’s', () => {
    const text = '[program:web]\ncommand=x\n[eventlistener:y]\ncommand=z\nstdout_logfile=/tmp/z\n'
    expect(parsePrograms('web.conf', text)).toMatchObject([{ name: 'web', command: 'x', logfile: undefined }])
  })
})
