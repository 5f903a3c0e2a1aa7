import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Checkout, CORE, eventually, succeeded } from '../../../tools/scenarios/checkout.js'
import { networksOf } from '../../../tools/scenarios/engine.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { freshCheckout } from './checkout.js'

const PERSON = 4242

const dataOf = (hello: Checkout) => join(hello.path, '.dev/devenv')

/** A file outside the data directory that a link leads to. */
function precious(hello: Checkout): { folder: string; file: string } {
  const folder = join(hello.folder, 'precious')
  mkdirSync(folder)
  const file = join(folder, 'thesis.txt')
  writeFileSync(file, 'years of work')
  return { folder, file }
}

test('clean removes all that was made, leaves git nothing to see, and may be repeated', async () => {
  const hello = freshCheckout()
  await hello.commitToGit()
  await hello.start()
  const [{ project } = { project: '' }] = await hello.containers()
  expect(await networksOf(project)).toHaveLength(1)
  expect(await ask('git', '-C', hello.path, 'status', '--porcelain')).toBe('')

  succeeded(await hello.make('dev.clean'))
  expect(await hello.containers()).toEqual([])
  expect(await networksOf(project)).toEqual([])
  expect(existsSync(join(hello.path, '.dev'))).toBe(false)
  expect(await ask('git', '-C', hello.path, 'status', '--porcelain')).toBe('')

  succeeded(await hello.make('dev.clean'))
  expect(existsSync(join(hello.path, '.dev'))).toBe(false)
})

test('clean leaves what is not ours, and never follows a link out of the data directory', async () => {
  const hello = freshCheckout()
  const { folder, file } = precious(hello)
  mkdirSync(join(hello.path, '.dev/volumes'), { recursive: true })
  writeFileSync(join(hello.path, '.dev/volumes/.keep'), '')
  await hello.edit('.gitignore', '.dev/', '.dev/*\n!.dev/volumes/\n.dev/volumes/*\n!.dev/volumes/.keep')
  await hello.commitToGit()
  expect(await ask('git', '-C', hello.path, 'ls-files', '.dev')).toBe('.dev/volumes/.keep')
  await hello.start()
  writeFileSync(join(hello.path, '.dev/mine.sqlite'), 'mine')
  writeFileSync(join(dataOf(hello), 'notes.txt'), 'mine as well')
  symlinkSync(folder, join(hello.path, '.dev/elsewhere'))
  symlinkSync(folder, join(dataOf(hello), 'elsewhere'))
  symlinkSync(folder, join(dataOf(hello), 'logs/elsewhere'))
  symlinkSync(folder, join(dataOf(hello), 'stores/elsewhere'))

  const { stdout } = succeeded(await hello.make('dev.clean'))
  expect(await hello.containers()).toEqual([])
  expect(readFileSync(file, 'utf8')).toBe('years of work')
  expect(existsSync(join(hello.path, '.dev/volumes/.keep'))).toBe(true)
  expect(readFileSync(join(hello.path, '.dev/mine.sqlite'), 'utf8')).toBe('mine')
  expect(readFileSync(join(dataOf(hello), 'notes.txt'), 'utf8')).toBe('mine as well')
  expect(lstatSync(join(hello.path, '.dev/elsewhere')).isSymbolicLink()).toBe(true)
  for (const link of ['elsewhere', 'logs/elsewhere', 'stores/elsewhere']) {
    expect(lstatSync(join(dataOf(hello), link)).isSymbolicLink()).toBe(true)
    expect(stdout).toContain(link)
  }
  for (const ours of ['stores/mysql-8.4', 'logs/web.log', 'README']) {
    expect(existsSync(join(dataOf(hello), ours))).toBe(false)
  }
  expect(await ask('git', '-C', hello.path, 'ls-files', '--deleted')).toBe('')
  expect(stdout).toContain('notes.txt')
})

test('clean does not empty a folder of which it finds a link in the place of its own', async () => {
  const hello = freshCheckout()
  const { folder, file } = precious(hello)
  await hello.start()
  await hello.devenv('stop')
  await run(['rm', '-rf', join(dataOf(hello), 'logs')])
  symlinkSync(folder, join(dataOf(hello), 'logs'))
  await hello.devenv('clean')
  expect(readFileSync(file, 'utf8')).toBe('years of work')

  await run(['rm', '-rf', join(hello.path, '.dev')])
  mkdirSync(join(hello.path, '.dev'))
  symlinkSync(folder, join(hello.path, '.dev/devenv'))
  mkdirSync(join(folder, 'stores'))
  writeFileSync(join(folder, 'stores/chapter.txt'), 'more of it')
  await hello.devenv('clean')
  const refused = await hello.devenv('start')
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain('data-unusable')
  expect(readFileSync(join(folder, 'stores/chapter.txt'), 'utf8')).toBe('more of it')
  expect(readFileSync(file, 'utf8')).toBe('years of work')
})

test('clean of what was never started changes nothing', async () => {
  const hello = freshCheckout()
  await hello.commitToGit()
  succeeded(await hello.make('dev.clean'))
  expect(existsSync(join(hello.path, '.dev'))).toBe(false)
})

test('clean on a terminal names the databases, and removes none before a person agrees; with --yes it asks nobody', async () => {
  const hello = freshCheckout()
  await hello.start()
  const before = (await hello.container('mysql')).id
  const askedBy = async (argv: readonly string[], typed: string) => {
    const cleaning = hello.begin(argv, { terminal: true })
    await cleaning.said(/or cancel \(Enter\)\? $/)
    cleaning.type(typed)
    return await cleaning.ended
  }
  const clean = ['node', ...hello.words('clean')]
  const kept = await askedBy(clean, '\n')
  expect(kept.exitCode).toBe(130)
  expect(kept.stdout).toMatch(/mysql-8\.4 +\d+ MiB +made (just now|\d+ minutes? ago)\r\n +redis-7 /)
  expect((await askedBy(['make', 'dev.clean'], 'n\n')).stdout).toContain('everything stays as it is')
  expect((await askedBy([...clean, 'redis'], '\n')).stdout).not.toContain('mysql')
  expect((await hello.container('mysql')).id).toBe(before)
  expect((await hello.get('/')).status).toBe(200)

  expect((await askedBy([...clean, 'redis'], 'y\n')).exitCode).toBe(0)
  expect(existsSync(join(dataOf(hello), 'stores/mysql-8.4/data'))).toBe(true)
  expect(existsSync(join(dataOf(hello), 'stores/redis-7/data'))).toBe(false)
  expect((await hello.begin(['make', 'dev.clean', 'YES=1'], { terminal: true }).ended).exitCode).toBe(0)
  expect(existsSync(join(hello.path, '.dev'))).toBe(false)
})

const canBeAnother = async () =>
  process.getuid?.() === 0 &&
  (await run(['node', join(CORE, 'bin/devenv.js'), '--version'], { as: PERSON })).exitCode === 0

test.skipIf(!(await canBeAnother()))(
  'clean removes what databases wrote as users of their own, also for a person who is not root',
  async () => {
    const hello = freshCheckout()
    await hello.giveTo(PERSON)
    hello.as = PERSON
    await hello.start()
    const owners = await ask('find', dataOf(hello), '-printf', '%U\n')
    expect(new Set(owners.split('\n')).size, 'a store belongs to another user').toBeGreaterThan(1)
    expect((await hello.devenv('exec', '--', 'id', '-u')).stdout).toBe(`${PERSON}\n`)
    const around = await ask(
      'find',
      hello.path,
      '-path',
      join(hello.path, '.dev'),
      '-prune',
      '-o',
      '!',
      '-uid',
      String(PERSON),
      '-print',
    )
    expect(around).toBe('')

    succeeded(await hello.devenv('clean'))
    expect(existsSync(join(hello.path, '.dev'))).toBe(false)
    succeeded(await hello.devenv('clean'))
  },
)

test('clean again after an interrupted clean ends what it began', async () => {
  const hello = freshCheckout()
  await hello.start()
  const cleaning = hello.beginDevenv(['clean'])
  await eventually(async () => expect((await hello.containers()).some(({ running }) => !running)).toBe(true))
  cleaning.kill()
  await cleaning.ended
  succeeded(await hello.devenv('clean'))
  expect(await hello.containers()).toEqual([])
  expect(existsSync(join(hello.path, '.dev'))).toBe(false)
})

test('a start that is begun while it is at work waits for it, and starts afresh', async () => {
  const hello = freshCheckout()
  await hello.start()
  const before = (await hello.container('mysql')).id
  const cleaning = hello.beginDevenv(['clean'])
  await eventually(() => expect(readdirSync(dataOf(hello)).some((name) => name.endsWith('.lock'))).toBe(true))
  const starting = hello.beginDevenv(['start'])
  expect((await cleaning.ended).exitCode).toBe(0)
  expect((await starting.ended).exitCode).toBe(0)
  expect((await hello.container('mysql')).id).not.toBe(before)
  expect((await hello.get('/')).status).toBe(200)
})
