import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { problemsOf, temporaryFolder } from '../../test/samples.js'
import { tellWaits } from '../progress/patience.js'
import { runCommand } from './run-command.js'

const shell = (script: string, ...words: string[]) => runCommand({ argv: ['sh', '-c', script, 'sh', ...words] })

describe('a program', () => {
  test('is run to its end; what it printed and how it ended are kept', async () => {
    expect(await shell('echo one; echo two >&2; exit 3')).toEqual({ exitCode: 3, stdout: 'one\n', stderr: 'two\n' })
  })

  test('is given its words as they are: no shell reads them', async () => {
    const words = ['a b', '$HOME', "it's", '*', '', '; exit 1', 'größe\n🚀']
    const { stdout } = await runCommand({ argv: ['printf', '%s\\0', ...words] })
    expect(stdout.split('\0').slice(0, -1)).toEqual(words)
  })

  test('runs where it was told, with the variables that it was told and no other', async () => {
    const cwd = temporaryFolder()
    const env = { PATH: process.env.PATH, ONLY: 'this' }
    const { stdout } = await runCommand({ argv: ['sh', '-c', 'pwd -P; echo $ONLY; echo $HOME'], cwd, env })
    expect(stdout).toBe(`${cwd}\nthis\n\n`)
  })

  test('is one of many at the same time, and Node warns of nothing', async () => {
    const warned = vi.spyOn(process, 'emitWarning')
    const ended = await Promise.all(Array.from({ length: 12 }, (_, index) => shell(`exit ${index}`)))
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 12 }, (_, index) => index))
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })

  test('reads its input to the end; without any there is nothing to read', async () => {
    const input = `${'x'.repeat(1_000_000)}\n`
    expect((await runCommand({ argv: ['cat'], input })).stdout).toBe(input)
    expect(await runCommand({ argv: ['cat'] })).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  test('may end without reading its input', async () => {
    expect(await runCommand({ argv: ['sh', '-c', 'exit 4'], input: 'x'.repeat(1_000_000) })).toMatchObject({
      exitCode: 4,
    })
  })

  test('may print much on both streams', async () => {
    const { stdout, stderr } = await shell(
      'head -c 3000000 /dev/zero | tr "\\0" a; head -c 3000000 /dev/zero | tr "\\0" b >&2',
    )
    expect([stdout.length, stderr.length]).toEqual([3_000_000, 3_000_000])
  })

  test('that a signal ended did not end well', async () => {
    expect((await shell('kill -9 $$')).exitCode).not.toBe(0)
  })

  test('that answers 127 itself is there: that is its exit code', async () => {
    expect((await shell('exit 127')).exitCode).toBe(127)
  })

  const LINUX = existsSync('/proc/self/fd')
  test.skipIf(!LINUX).each([
    ['nothing', 1, 1],
    ['progress', 1, 0],
    ['output', 0, 1],
  ] as const)('shows %s on our stderr', async (show, outputKept, errorsKept) => {
    const isOurs = (fd: number) => `[ /proc/self/fd/${fd} -ef /proc/${process.pid}/fd/2 ]`
    const run = async (fd: number) => (await runCommand({ argv: ['sh', '-c', isOurs(fd)] }, show)).exitCode
    expect(await run(1)).toBe(outputKept)
    expect(await run(2)).toBe(errorsKept)
  })
})

describe('a program that hangs', () => {
  test('is ended, also where what it has started goes on', async () => {
    const began = performance.now()
    const argv = ['sh', '-c', 'sleep 10 & wait'] as const
    expect(await problemsOf(() => runCommand({ argv, seconds: 0.3 }))).toEqual([
      { code: 'program-silent', program: 'sh', seconds: 0.3 },
    ])
    expect(performance.now() - began).toBeLessThan(9000)
  })

  test('is named without its arguments, and waited for while it shows what it does', async () => {
    const told: unknown[] = []
    tellWaits((progress) => void told.push(progress))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const secret = runCommand({ argv: ['sh', '-c', 'read line', 'https://me:secret@host'], input: '' })
      const shown = runCommand({ argv: ['true'] }, 'progress')
      await vi.advanceTimersByTimeAsync(5000)
      await Promise.all([secret, shown])
    } finally {
      vi.useRealTimers()
      tellWaits(() => {})
    }
    expect(told).toEqual([{ kind: 'note', text: 'sh has not finished yet; devenv waits for it' }])
  })
})

describe('a program that is not there', () => {
  test('is named', async () => {
    expect(await problemsOf(() => runCommand({ argv: ['no-such-program', 'x'] }))).toEqual([
      { code: 'program-missing', program: 'no-such-program' },
    ])
  })

  test('means, for Docker’s, that there is no engine', async () => {
    const env = { PATH: temporaryFolder() }
    expect(await problemsOf(() => runCommand({ argv: ['docker', 'version'], env }))).toMatchObject([
      { code: 'engine-missing', endpoint: 'docker' },
    ])
  })

  test('is not the error for one whose folder is missing', async () => {
    const cwd = join(temporaryFolder(), 'none')
    await expect(runCommand({ argv: ['true'], cwd })).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
