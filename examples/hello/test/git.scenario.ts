import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Checkout } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout } from './checkout.js'

const isRoot = process.getuid?.() === 0
/** Not root: git refuses a repository of another user. */
const OWNER = isRoot ? 501 : (process.getuid?.() ?? 0)
const PERSON = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']

const commitInside = async (hello: Checkout) => {
  const inside = async (...words: readonly string[]) => {
    const outcome = await hello.devenv('exec', '--', 'git', ...words)
    expect({ words, exitCode: outcome.exitCode, stderr: outcome.stderr }).toEqual({ words, exitCode: 0, stderr: '' })
    return outcome.stdout.trim()
  }
  expect(await inside('status', '--porcelain')).toBe('')
  await hello.edit('README', 'hello', 'hello from inside')
  expect(await inside('diff', '--name-only')).toBe('README')
  await inside(...PERSON, 'commit', '--quiet', '--all', '--message', 'from inside')
  expect(await inside('log', '--format=%s', '-1')).toBe('from inside')
  expect(await inside('status', '--porcelain')).toBe('')
}

const commitOutside = (hello: Checkout) =>
  ask('git', '-c', `safe.directory=*`, '-C', hello.path, 'log', '--format=%s', '-1')

const cloned = async () => {
  const hello = freshCheckout()
  await hello.write('README', 'hello\n')
  await hello.commitToGit()
  return hello
}

test('git works inside', async () => {
  const hello = await cloned()
  if (isRoot) await hello.giveTo(OWNER)
  await hello.start()
  await commitInside(hello)
  expect(await commitOutside(hello)).toBe('from inside')
  expect(await ask('find', join(hello.path, '.git'), '!', '-uid', String(OWNER))).toBe('')
})

test('git works inside a submodule whose folder has another name than the one inside', async () => {
  const hello = await cloned()
  const around = join(hello.folder, 'around')
  await ask('git', 'init', '--quiet', around)
  const adding = [
    '-c',
    'protocol.file.allow=always',
    '-C',
    around,
    'submodule',
    'add',
    '--quiet',
    hello.path,
    'course-hello',
  ]
  await ask('git', ...adding)
  hello.path = join(around, 'course-hello')
  if (isRoot) await hello.giveTo(OWNER)
  await hello.start()
  await commitInside(hello)
  expect(await commitOutside(hello)).toBe('from inside')
})

test('git works inside a worktree, beside the repository that it belongs to', async () => {
  const hello = await cloned()
  const repository = hello.path
  const tree = join(hello.folder, 'a worktree')
  await ask('git', '-C', repository, 'worktree', 'add', '--quiet', '-b', 'side', tree)
  hello.path = tree
  if (isRoot) await hello.giveTo(OWNER)
  await hello.start()
  await commitInside(hello)
  expect(await commitOutside(hello)).toBe('from inside')
  // The cache is that of whoever runs devenv.
  const places = [repository, tree]
  expect(
    await ask('find', ...places, '-path', join(tree, '.dev'), '-prune', '-o', '!', '-uid', String(OWNER), '-print'),
  ).toBe('')
})

test('a start names the migrations of another branch that a database holds, until it was provisioned without them', async () => {
  const hello = await cloned()
  const git = (...words: readonly string[]) => ask('git', ...PERSON, '-C', hello.path, ...words)
  await git('checkout', '--quiet', '-b', 'theirs')
  await hello.write('hello/migrations/0098_theirs.sql', 'ALTER TABLE greetings ADD COLUMN theirs INT;\n')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'one more migration')
  const told = /the database mysql holds migrations that this branch lacks: hello\/0098_theirs; .* clean mysql`/
  expect((await hello.start()).stderr).not.toMatch(told)

  await git('checkout', '--quiet', '-')
  expect((await hello.devenv('start', '--dry-run')).stdout).toMatch(told)
  expect((await hello.start()).stderr).toMatch(told)
  expect((await hello.start()).stderr).not.toMatch(told)
  await git('checkout', '--quiet', 'theirs')
  expect((await hello.start()).stderr).not.toMatch(told)
})
