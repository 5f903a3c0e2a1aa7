// @ts-check
import { expect, test } from 'vitest'
import { run, runPiped, succeeds } from './command.mjs'

test('a command gets its words as they are, and its input', async () => {
  expect(await run(['printf', '%s|', 'a b', '$HOME', "it's"])).toBe("a b|$HOME|it's|")
  expect(await run(['cat'], 'FROM x\n')).toBe('FROM x')
  expect(await run(['cat'])).toBe('')
})

test('a command that fails shows the end of what it said', async () => {
  const script = 'seq 1 40 >&2; exit 3'
  const failed = await run(['sh', '-c', script]).catch((error) => error.message)
  expect(failed).toBe(`${Array.from({ length: 30 }, (_, at) => at + 11).join('\n')}\nsh -c ${script} ended with 3.`)
})

test('a command that leaves its input alone may end before it was read', async () => {
  expect(await run(['true'], 'x'.repeat(1_000_000))).toBe('')
})

test('one command reads what the other writes, and either may fail', async () => {
  await runPiped(['echo', 'a'], ['grep', '-q', 'a'])
  await expect(runPiped(['echo', 'a'], ['grep', '-q', 'b'])).rejects.toThrow('echo a | grep -q b ended with 1.')
  await expect(runPiped(['false'], ['cat'])).rejects.toThrow('false | cat ended with 1.')
})

test('what takes too long does not succeed', async () => {
  expect(await succeeds(['true'])).toBe(true)
  expect(await succeeds(['false'])).toBe(false)
  const before = Date.now()
  expect(await succeeds(['sleep', '60'], 100)).toBe(false)
  expect(Date.now() - before).toBeLessThan(30_000)
})
