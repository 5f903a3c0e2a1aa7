import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { engineWith } from '../../../test/engine.js'
import { samplePackage } from '../../../test/package.js'
import { problemsOf, sampleArchive, temporaryFolder } from '../../../test/samples.js'
import { writeArchive } from '../../environment/data/archive.js'
import { createProgram } from '../program.js'

/** Who types: a person at a terminal, with an answer, or a program. */
type Typist = { types: string } | 'program'

/** `devenv data delete` where there is a save of two days ago; `shown` is what stderr got. */
async function deleteSave(typist: Typist, ...words: string[]) {
  const { directory } = samplePackage()
  const checkout = temporaryFolder()
  const folder = join(checkout, '.dev/devenv/saves/demo')
  const created = new Date(Date.now() - 2 * 86_400_000).toISOString()
  const { description } = sampleArchive({ created, label: 'master' })
  mkdirSync(dirname(folder), { recursive: true })
  await writeArchive(folder, description, { 'mysql-8.4': async (out) => void out.write('data') })
  vi.stubEnv('DOCKER_HOST', (await engineWith([])).engine.endpoint)
  const isTTY = typist !== 'program'
  const stdin = Object.assign(new PassThrough(), { isTTY })
  if (typist !== 'program') stdin.write(typist.types)
  const stderr = Object.assign(new PassThrough(), { isTTY })
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as never)
  vi.spyOn(process, 'stderr', 'get').mockReturnValue(stderr as never)
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`ends with ${code}`)
  })
  onTestFinished(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })
  const argv = ['data', 'delete', '--package', directory, '--checkout', checkout, ...words]
  const run = () => createProgram().parseAsync(argv, { from: 'user' })
  return { run, isThere: () => existsSync(folder), shown: () => String(stderr.read() ?? '') }
}

test('a person is told which data a deletion is about, and asked', async () => {
  const agreed = await deleteSave({ types: 'y\n' }, 'demo')
  await agreed.run()
  expect(agreed.isThere()).toBe(false)
  expect(agreed.shown()).toMatch(
    /^devenv: delete removes the save demo for good: made 2 days ago, \S+ \S*B, mysql-8\.4, on master\nDelete it \(y\)/,
  )
})

test('a save stays where that person does not agree', async () => {
  const cancelled = await deleteSave({ types: '\n' }, 'demo')
  await expect(cancelled.run()).rejects.toThrow('ends with 130')
  expect(cancelled.isThere()).toBe(true)
})

test.each<[string, Typist, string[]]>([
  ['a program', 'program', ['demo']],
  ['a person who says --yes', { types: '' }, ['demo', '--yes']],
])('%s is not asked', async (_who, typist, words) => {
  const { run, isThere, shown } = await deleteSave(typist, ...words)
  await run()
  expect(isThere()).toBe(false)
  expect(shown()).toBe('')
})

test('a save that is not there is told without a question', async () => {
  const { run, isThere, shown } = await deleteSave({ types: 'y\n' }, 'dmo')
  expect(await problemsOf(run)).toMatchObject([{ code: 'save-unknown', known: ['demo'] }])
  expect(isThere()).toBe(true)
  expect(shown()).toBe('')
})
