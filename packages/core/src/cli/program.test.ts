import { describe, expect, test } from 'vitest'
import { createProgram } from './program.js'
import { version } from './version.js'

describe('the command line', () => {
  const { commands } = createProgram()

  test('has a command for every clause of OEP-5 that names one', () => {
    expect(commands.map((command) => command.name())).toEqual(
      expect.arrayContaining(['watch', 'shell', 'make', 'clean']),
    )
  })

  test.each(commands.map((command) => [command.name(), command] as const))(
    'lists %s with its purpose',
    (_name, command) => {
      expect(command.summary()).not.toBe('')
    },
  )

  test('knows the version of its package', () => {
    expect(version()).toMatch(/^\d+\.\d+\.\d+/)
    expect(createProgram().version()).toBe(version())
  })
})
