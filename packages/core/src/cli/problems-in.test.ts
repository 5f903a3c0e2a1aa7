import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, testEach } from '../../test/samples.js'
import { EngineRefusal } from '../engine/engine.js'
import { renderProblem } from '../problem/explain-problem.js'
import { DevenvError } from '../problem/problem.js'
import { problemsIn, withoutOutput } from './problems-in.js'

const thrownBy = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('it threw nothing')
}

describe('anything that is thrown has words', () => {
  test('a problem keeps its own', () => {
    const problem = { code: 'target-missing' } as const
    expect(problemsIn(new DevenvError(problem))).toEqual([problem])
  })

  test('a refusal of the engine has the engine’s', () => {
    expect(problemsIn(new EngineRefusal(500, 'no space'))).toMatchObject([
      { code: 'engine-refused', detail: 'no space' },
    ])
  })

  test('an error of the file system names the file', () => {
    const folder = join(temporaryFolder(), 'folder')
    expect(problemsIn(thrownBy(() => mkdirSync(join(folder, 'below'))))).toMatchObject([
      { code: 'file-unusable', path: join(folder, 'below'), doing: 'mkdir', errno: 'ENOENT' },
    ])
    mkdirSync(folder)
    expect(problemsIn(thrownBy(() => readFileSync(folder)))).toMatchObject([
      { code: 'file-unusable', errno: 'EISDIR', doing: 'read' },
    ])
  })

  test('a file in the place of a folder is the one that is named', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(problemsIn(thrownBy(() => readFileSync(join(file, 'a/b'))))).toMatchObject([
      { code: 'file-unusable', path: file, errno: 'ENOTDIR' },
    ])
  })

  test('a connection that broke is no file', async () => {
    const error = await new Promise((resolve) =>
      createConnection({ port: 1, host: '127.0.0.1' }).once('error', resolve),
    )
    expect(problemsIn(error)).toMatchObject([{ code: 'connection-lost' }])
    expect(problemsIn(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))).toMatchObject([
      { code: 'connection-lost', detail: 'aborted' },
    ])
  })

  testEach<{ title: string; thrown: unknown }>([
    { title: 'a mistake of devenv', thrown: thrownBy(() => (undefined as unknown as string[]).length) },
    { title: 'text', thrown: 'broken' },
    { title: 'nothing', thrown: undefined },
  ])('$title is a fault, in one line that can be reported', ({ thrown }) => {
    const [problem] = problemsIn(thrown)
    expect(problem).toMatchObject({ code: 'fault', detail: expect.stringMatching(/^devenv \d.*, Node v\d[^\n]*$/) })
    if (problem !== undefined) expect(renderProblem(problem)).not.toMatch(/\n\s+at .*\n\s+at /)
  })
})

testEach<{ errno: string; fix: RegExp }>([
  { errno: 'EACCES', fix: /sudo chown "\$USER" '\/a b' && chmod u\+rwX '\/a b'/ },
  { errno: 'EPERM', fix: /sudo chown/ },
  { errno: 'ENOSPC', fix: /Free some space/ },
  { errno: 'EDQUOT', fix: /Free some space/ },
  { errno: 'EROFS', fix: /DEVENV_DIR=PATH/ },
  { errno: 'EISDIR', fix: /Move '\/a b' away/ },
  { errno: 'ELOOP', fix: /Move '\/a b' away/ },
  { errno: 'EMFILE', fix: /ulimit/ },
  { errno: 'EIO', fix: /Fix the cause/ },
])('a file that cannot be used ($errno) comes with a way out', ({ errno, fix }) => {
  const text = renderProblem({ code: 'file-unusable', path: '/a b', doing: 'open', errno, detail: `${errno}: words` })
  expect(text).toMatch(fix)
  expect(text).toContain('cannot open /a b')
})

test('the output of a step that failed is not printed twice', () => {
  const failed = { code: 'provision-failed', step: 'migrations', exitCode: 3, stores: [] } as const
  const wordsFor = (log: readonly string[]) => renderProblem(withoutOutput({ ...failed, log }))
  expect(wordsFor(['the first line', 'the last line'])).not.toContain('line')
  expect(wordsFor(['the first line', 'the last line'])).toContain('Its output above shows the cause.')
  expect(wordsFor([])).toContain('It printed nothing.')
})
