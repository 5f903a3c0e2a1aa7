import type { Command } from 'commander'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { asTyped } from './as-typed.js'
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

  test.each(commands.map((command) => [command.name(), command.helpInformation()]))(
    'makes %s alone where that is asked, the same',
    (name, help) => {
      const alone = createProgram(name).commands
      expect(alone.map((command) => [command.name(), command.helpInformation()])).toEqual([[name, help]])
    },
  )

  test('is whole where something else is asked', () => {
    for (const word of ['help', '--help', '', 'constructor', 'starts'])
      expect(createProgram(word).commands).toHaveLength(commands.length)
  })

  test('knows the version of its package', () => {
    expect(version()).toMatch(/^\d+\.\d+\.\d+/)
    expect(createProgram().version()).toBe(version())
  })
})

test.each([
  [['start', '--nope'], 'devenv start --help'],
  [['data', 'save'], 'devenv data save --help'],
  [['data', 'restore', '--nope', 'x'], 'devenv data restore --help'],
])('who mistypes %j is told of the help for exactly that', async (words, help) => {
  const said: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`ends with ${code}`)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  await expect(createProgram(words[0]).parseAsync(words, { from: 'user' })).rejects.toThrow()
  expect(said.join('')).toContain(asTyped(`\`${help}\``))
})

test('a word behind `data` that is none of its commands is answered with the nearest that is', async () => {
  const typed = createProgram().parseAsync(['node', 'devenv', 'data', 'restor', 'x'])
  await expect(typed).rejects.toMatchObject({
    problems: [{ code: 'usage', detail: expect.stringContaining('did you mean restore?') }],
  })
})

describe('exec', () => {
  const words = (...given: string[]) => {
    const exec = createProgram().commands.find((command) => command.name() === 'exec') as Command & {
      behind?: string[]
    }
    const { operands } = exec.parseOptions(given)
    return { operands, behind: exec.behind }
  }

  test.each([
    [['--', './manage.py', 'shell', '-c', 'x'], { operands: [], behind: ['./manage.py', 'shell', '-c', 'x'] }],
    [['mysql', '--', 'mysql', '-uroot', '--', 'x'], { operands: ['mysql'], behind: ['mysql', '-uroot', '--', 'x'] }],
    [['--offline', 'mysql', '--', 'true'], { operands: ['mysql'], behind: ['true'] }],
    [['id', '-u', '--offline'], { operands: ['id', '-u', '--offline'], behind: undefined }],
    [['--', 'exec', '--', 'exec'], { operands: [], behind: ['exec', '--', 'exec'] }],
  ])('%j tells a service from a command', (given, told) => {
    expect(words(...given)).toEqual(told)
  })
})
