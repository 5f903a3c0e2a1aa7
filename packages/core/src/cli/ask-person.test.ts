import { PassThrough } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { betweenQuestions, personAt, requireConsent } from './ask-person.js'

/** A person who types this; with nothing to type, one who ends the input. */
function typing(text: string, terminal = { stdin: true, stderr: true }) {
  const stdin = Object.assign(new PassThrough(), { isTTY: terminal.stdin })
  const stderr = Object.assign(new PassThrough(), { isTTY: terminal.stderr })
  if (text === '') stdin.end()
  else stdin.write(text)
  const at = { stdin, stderr } as unknown as Parameters<typeof personAt>[0]
  return { stdin, at, ask: personAt(at), shown: () => String(stderr.read() ?? '') }
}

test.each([
  ['\n', 'awaited'],
  ['w\n', 'awaited'],
  [' Wait \n', 'awaited'],
  ['e\n', 'ended'],
  ['END\n', 'ended'],
])('%j means that the commands are %s', async (typed, answer) => {
  expect(await typing(typed).ask?.('bash runs there')).toBe(answer)
})

test('a person is told of the commands, and asked until there is an answer', async () => {
  const { ask, shown } = typing('yes\ne\n')
  expect(await ask?.('hello changed, and bash runs in its container')).toBe('ended')
  const [told, ...asked] = shown().split(/(?=Wait until)|\n/)
  expect(told).toBe('devenv: hello changed, and bash runs in its container')
  expect(asked).toHaveLength(2)
})

test('after the answer nobody reads the terminal, so that the process can end', async () => {
  const { stdin, ask } = typing('\n')
  await ask?.('bash runs there')
  expect({ paused: stdin.isPaused(), readers: stdin.listenerCount('data') }).toEqual({ paused: true, readers: 0 })
})

/** An end of this process, as an error that says its exit code. */
const endsAsError = () =>
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`ends with ${code}`)
  })

test.each(['c\n', 'Cancel\n', ''])('a person who types %j changes nothing', async (text) => {
  const exit = endsAsError()
  const { ask, shown } = typing(text)
  await expect(ask?.('bash runs there')).rejects.toThrow('ends with 130')
  expect(shown()).toContain('everything stays as it is')
  exit.mockRestore()
})

describe('what cannot be undone', () => {
  test.each(['y\n', ' Yes\n', 'what?\ny\n'])('is agreed to with %j, once it was told', async (text) => {
    const { at, shown } = typing(text)
    await requireConsent('clean removes mysql-8.4', at)
    expect(shown()).toMatch(/^devenv: clean removes mysql-8\.4\nRemove them/)
  })

  test.each(['\n', 'n\n', 'No\n', 'c\n', ''])('is not done after %j', async (text) => {
    const exit = endsAsError()
    const { at, shown } = typing(text)
    await expect(requireConsent('clean removes mysql-8.4', at)).rejects.toThrow('ends with 130')
    expect(shown()).toContain('everything stays as it is')
    exit.mockRestore()
  })
})

test('nobody is asked where a program reads or writes', () => {
  expect(typing('', { stdin: false, stderr: true }).ask).toBeUndefined()
  expect(typing('', { stdin: true, stderr: false }).ask).toBeUndefined()
})

test('a view shows nothing while a question stands, and all of it after the answer', async () => {
  const lines: string[] = []
  const { show, ask } = betweenQuestions(
    (line: string) => lines.push(line),
    async () => {
      show('web | during')
      expect(lines).toEqual(['web | before'])
      return 'ended'
    },
  )
  show('web | before')
  expect(await ask?.('bash runs there')).toBe('ended')
  show('web | after')
  expect(lines).toEqual(['web | before', 'web | during', 'web | after'])
})

test('a view without a person has nobody to ask', () => {
  expect(betweenQuestions(() => {}, undefined).ask).toBeUndefined()
})
