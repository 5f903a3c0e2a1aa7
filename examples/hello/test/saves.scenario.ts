import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually, shared, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout, Hello } from './checkout.js'

const save = async (hello: Hello, name: string) => succeeded(await hello.devenv('data', 'save', name))
const restore = async (hello: Hello, name: string) => succeeded(await hello.devenv('data', 'restore', name))

async function started(): Promise<Hello> {
  const hello = freshCheckout()
  await hello.start()
  await hello.greet('Before')
  return hello
}

describe('in one environment', () => {
  const hello = shared(new Hello(), async (checkout) => {
    await checkout.start()
    await checkout.greet('Before')
  })
  let count = 0
  /** A save, and one greeting more. What the test before left at a halt, a start mends. */
  async function saved() {
    await hello.start()
    const before = await hello.greeted()
    const name = `save-${++count}`
    await save(hello, name)
    await hello.greet(`After ${name}`)
    return { name, before, after: [`After ${name}`, ...before] }
  }

  test('a save is made while the environment runs, and brings back what was there', async () => {
    const container = await hello.container('hello')
    const { name, before, after } = await saved()
    expect((await hello.container('hello')).id).toBe(container.id)
    expect(await hello.greeted()).toEqual(after)

    await restore(hello, name)
    expect(await hello.greeted()).toEqual(before)
    await hello.greet('Then')
    expect(await hello.greeted()).toEqual(['Then', ...before])
    // Nothing of what was replaced is left.
    expect(await ask('find', join(hello.path, '.dev/devenv/stores'), '-name', '*aside*')).toBe('')
  })

  test('a restore waits for a command of a person, or with --now ends it', async () => {
    const { name, before, after } = await saved()
    const { id } = await hello.container('hello')
    const command = hello.beginDevenv(['exec', 'hello', '--', 'sh', '-c', 'echo begun; sleep 600'])
    await command.said(/begun/)
    const restoring = hello.beginDevenv(['data', 'restore', name])
    await restoring.said(
      new RegExp(`wait for commands: hello gets the data of ${name}, and sh -c .* runs in its container`),
    )
    expect(restoring.written()).toContain(` data restore ${name} --now\` ends them`)
    restoring.signal('SIGINT')
    expect((await restoring.ended).exitCode).toBe(130)
    expect((await hello.container('hello')).id).toBe(id)
    expect(await hello.greeted()).toEqual(after)

    succeeded(await hello.devenv('data', 'restore', name, '--now'))
    expect(await hello.greeted()).toEqual(before)
    expect((await command.ended).stderr).toContain('the container of this command ended under it')
  })

  test('a save of another service, a damaged file and a wrong name are refused, and all stays as it is', async () => {
    const { name, after } = await saved()
    writeFileSync(join(hello.folder, 'note.tar'), 'no tar')
    const refused = async (...words: string[]) => {
      const { exitCode, stderr } = await hello.devenv('data', ...words)
      expect(exitCode).toBe(1)
      return stderr
    }
    expect(await refused('import', join(hello.folder, 'note.tar'))).toContain('save-file-unusable')
    expect(await refused('import', join(hello.folder, 'nowhere.tar'))).toMatch(
      /save-file-unusable[\s\S]*It is not there/,
    )
    expect(await refused('save', 'x.tmp')).toContain('save-misnamed')
    expect(await refused('restore', `${name}x`)).toMatch(new RegExp(`save-unknown[^]*Did you mean ${name}`))
    expect(await refused('save', '../x')).toContain('save-misnamed')
    expect(await refused('save', name)).toContain('save-taken')
    expect(await refused('export', name, join(hello.folder, 'note.tar'))).toContain('file-taken')
    expect(await hello.greeted()).toEqual(after)
  })

  test('a save that is killed leaves none, and all programs go on', async () => {
    const before = await hello.greeted()
    const saving = hello.beginDevenv(['data', 'save', 'killed'])
    await saving.said(/save: mysql/)
    saving.signal('SIGKILL')
    await saving.ended
    await eventually(async () => expect((await hello.get('/')).status).toBe(200))
    const listed = JSON.parse(succeeded(await hello.devenv('data', 'list', '--json')).stdout)
    const made = listed.saves.filter(({ name }: { name: string }) => name === 'killed')
    expect(made.length + listed.damaged.length).toBeLessThan(2)
    if (made.length === 0) await save(hello, 'killed')
    await hello.greet('After it')
    await restore(hello, 'killed')
    expect(await hello.greeted()).toEqual(before)
  })

  test('a restore that is killed when the old data were set aside loses nothing: the next start has the old data', async () => {
    const { name, before, after } = await saved()
    const restoring = hello.beginDevenv(['data', 'restore', name])
    await restoring.said(/create mysql/)
    restoring.signal('SIGKILL')
    await restoring.ended
    await hello.start()
    expect(await hello.greeted()).toEqual(after)
    await restore(hello, name)
    expect(await hello.greeted()).toEqual(before)
  })

  test('who interrupts a restore when the new data are loaded is told what becomes of the data', async () => {
    const { name, after } = await saved()
    const restoring = hello.beginDevenv(['data', 'restore', name])
    await restoring.said(/data of mysql/)
    restoring.signal('SIGINT')
    const { exitCode, stderr } = await restoring.ended
    expect(exitCode).toBe(130)
    expect(stderr).toMatch(
      new RegExp(`the data from before are kept, and the next start .*data restore ${name}\` begins again\\n$`),
    )
    await hello.start()
    expect(await hello.greeted()).toEqual(after)
    expect((await hello.devenv('data', 'restore', name)).stderr).not.toContain('is not restored')
  })

  test('a restore that was killed may be said again at once; killed again, the old data are still there', async () => {
    const { name, after } = await saved()
    for (const line of [/data of mysql/, /create mysql/]) {
      const restoring = hello.beginDevenv(['data', 'restore', name])
      await restoring.said(line)
      restoring.signal('SIGKILL')
      await restoring.ended
    }
    const half = await hello.devenv('data', 'save', 'half')
    expect(half.stderr).toContain('not-running')
    await hello.start()
    expect(await hello.greeted()).toEqual(after)
  })

  test('what a restore that was killed at its very end has left is in nobody’s way', async () => {
    const { name, before } = await saved()
    // As it is after the mark is gone, and before what was replaced is.
    const store = join(hello.path, '.dev/devenv/stores/mysql-8.4')
    mkdirSync(join(store, 'data.aside'))
    writeFileSync(join(store, 'data.aside/old'), '')
    writeFileSync(join(store, 'ledger.aside.json'), '{}')
    await restore(hello, name)
    expect(await hello.greeted()).toEqual(before)
    expect(await ask('find', join(hello.path, '.dev/devenv/stores'), '-name', '*aside*')).toBe('')
  })

  test('a restore that fails puts the old data back', async () => {
    const { name, after } = await saved()
    await hello.edit('hello/migrate.py', 'import pathlib', 'import pathlib_of_nobody')
    await hello.write('hello/migrations/0003_tags.sql', 'CREATE TABLE tags (name VARCHAR(80) PRIMARY KEY);')
    const failed = await hello.devenv('data', 'restore', name)
    expect(failed.exitCode).toBe(1)
    expect(failed.stderr).toContain('provision-failed')
    await hello.edit('hello/migrate.py', 'import pathlib_of_nobody', 'import pathlib')
    await hello.start()
    expect(await hello.greeted()).toEqual(after)
  })
})

test('a save outlasts a clean, and travels as one file into another checkout', async () => {
  const hello = await started()
  await save(hello, 'demo')
  const { stdout } = succeeded(await hello.devenv('clean', '--yes'))
  expect(stdout).toContain('Saves stay: demo')
  expect(existsSync(join(hello.path, '.dev/devenv/stores'))).toBe(false)
  await restore(hello, 'demo')
  expect(await hello.greeted()).toEqual(['Before'])

  succeeded(await hello.devenv('data', 'export', 'demo', join(hello.folder, 'demo.tar')))
  const colleague = freshCheckout()
  succeeded(await colleague.devenv('data', 'import', join(hello.folder, 'demo.tar')))
  await restore(colleague, 'demo')
  expect(await colleague.greeted()).toEqual(['Before'])
  succeeded(await colleague.devenv('data', 'delete', 'demo'))
  succeeded(await colleague.devenv('clean', '--yes'))
  expect(existsSync(join(colleague.path, '.dev/devenv/stores'))).toBe(false)
})

test('on a branch that lacks migrations of the database, a start offers the save that was made there', async () => {
  const hello = freshCheckout()
  await hello.commitToGit()
  await hello.start()
  await save(hello, 'on-main')
  await ask('git', '-C', hello.path, 'checkout', '--quiet', '-b', 'feature')
  await hello.write('hello/migrations/0003_tags.sql', 'CREATE TABLE tags (name VARCHAR(80) PRIMARY KEY);')
  await hello.start()
  await ask('rm', join(hello.path, 'hello/migrations/0003_tags.sql'))
  await ask('git', '-C', hello.path, 'checkout', '--quiet', '-')
  const { stderr } = await hello.start()
  expect(stderr).toMatch(/migrations that this branch lacks: hello\/0003_tags; .*`[^`]* data restore on-main`/)
})

describe('where data follow the branch', () => {
  /** Beside main, each with a migration of its own. */
  const BRANCHES = ['feature/tags', 'stopped', 'one', 'two', 'interrupted', 'cleaned']
  const git = (...words: string[]) => ask('git', '-C', hello.path, '-c', 'user.name=x', '-c', 'user.email=x', ...words)
  const go = (branch: string, ...how: string[]) => git('checkout', '--quiet', ...how, branch)
  const following = (follow: '0' | '1') => {
    hello.env = { ...hello.env, DEVENV_FOLLOW_BRANCH: follow }
  }
  const hello = shared(new Hello(), async (checkout) => {
    following('1')
    await checkout.commitToGit()
    await git('branch', '--move', 'main')
    for (const branch of BRANCHES) {
      await go('main')
      await git('checkout', '--quiet', '-b', branch)
      const table = branch.replace(/\W/g, '_')
      await checkout.write(
        `hello/migrations/0003_${table}.sql`,
        `CREATE TABLE ${table} (name VARCHAR(80) PRIMARY KEY);`,
      )
      await git('add', '.')
      await git('commit', '--quiet', '--message', branch)
    }
  })
  /** It runs on main; gives who is greeted there, the test's own first. */
  const onMain = async (name: string): Promise<string[]> => {
    await go('main')
    await hello.start()
    await hello.greet(name)
    return await hello.greeted()
  }
  const kept = async (): Promise<string[]> =>
    JSON.parse(succeeded(await hello.devenv('data', 'list', '--json')).stdout).saves.map(
      ({ name }: { name: string }) => name,
    )

  test('each branch finds its own again', async () => {
    const main = await onMain('Main')
    await go('feature/tags')
    await hello.start()
    await hello.greet('Feature')
    expect(await hello.greeted()).toEqual(['Feature', ...main])

    await go('main')
    const { stderr } = await hello.start()
    expect(await hello.greeted()).toEqual(main)
    expect(stderr).not.toContain('that this branch lacks')
    await hello.greet('Main again')
    await go('feature/tags')
    await hello.start()
    expect(await hello.greeted()).toEqual(['Feature', ...main])
    await go('main')
    const { stdout: planned } = succeeded(await hello.devenv('start', '--dry-run'))
    expect(planned).toMatch(/^save +auto-feature-tags-\w{8}: /m)
    expect(planned).toMatch(/^restore +auto-main: they are the data of main$/m)
    await hello.start()
    expect(await hello.greeted()).toEqual(['Main again', ...main])
    expect((await kept()).sort()).toEqual(
      ['auto-feature-tags', 'auto-main'].map((name) => expect.stringContaining(name)),
    )
  })

  test('also where the environment was stopped, started without a word of this, or by a target', async () => {
    const main = await onMain('Before the stop')
    await go('stopped')
    await hello.start()
    await hello.greet('Stopped')
    succeeded(await hello.devenv('stop'))
    await go('main')
    following('0')
    await hello.start()
    expect(await hello.greeted()).toEqual(['Stopped', ...main])
    await hello.greet('Elsewhere')
    succeeded(await hello.devenv('stop'))
    following('1')
    expect((await hello.start()).stderr).toContain(
      'the data of stopped are kept as the save auto-stopped; main goes back',
    )
    expect(await hello.greeted()).toEqual(main)
    await go('stopped')
    succeeded(await hello.devenv('stop'))
    succeeded(await hello.devenv('make', 'migrate'))
    await hello.start()
    expect(await hello.greeted()).toEqual(['Elsewhere', 'Stopped', ...main])
  })

  test('also where a branch began with migrations of another, and where none is checked out on the way', async () => {
    const main = await onMain('Before one')
    await go('one')
    await hello.start()
    await go('two')
    await hello.start()
    await hello.greet('Two')
    await go('one')
    await hello.start()
    expect(await hello.greeted()).toEqual(main)
    await go('two', '--detach')
    await hello.start()
    await go('two')
    await hello.start()
    expect(await hello.greeted()).toEqual(['Two', ...main])
  })

  test('also where somebody is interrupted on the way', async () => {
    const main = await onMain('Before it is interrupted')
    await go('interrupted')
    await hello.start()
    await hello.greet('Interrupted')
    await go('main')
    for (const line of [/save: mysql/, /create mysql/, /data of mysql/]) {
      const starting = hello.beginDevenv(['start'])
      await starting.said(line)
      starting.signal('SIGKILL')
      await starting.ended
    }
    await hello.start()
    expect(await hello.greeted()).toEqual(main)
    await go('interrupted')
    await hello.start()
    expect(await hello.greeted()).toEqual(['Interrupted', ...main])
  })

  test('after a clean a branch begins with new data, and loses nothing that was kept of it', async () => {
    const main = await onMain('Before the clean')
    await go('cleaned')
    await hello.start()
    await hello.greet('Feature')
    await go('main')
    await hello.start()
    succeeded(await hello.devenv('clean', '--yes'))
    await go('cleaned')
    expect((await hello.start()).stderr).toMatch(
      /cleaned begins with new data; `.* data restore auto-cleaned` goes back/,
    )
    await hello.greet('New')
    await go('main')
    expect((await hello.start()).stderr).toMatch(
      /the save auto-cleaned holds other data of cleaned; it is called auto-cleaned\.\S+ now/,
    )
    const older = (await kept()).find((name) => name.startsWith('auto-cleaned.')) ?? ''
    await go('cleaned')
    await hello.start()
    expect(await hello.greeted()).toEqual(['New'])
    await restore(hello, older)
    expect(await hello.greeted()).toEqual(['Feature', ...main])
  })
})

test('a save that is made on another branch than its data is not offered where they do not fit', async () => {
  const hello = freshCheckout()
  await hello.commitToGit()
  await hello.write('hello/migrations/0003_tags.sql', 'CREATE TABLE tags (name VARCHAR(80) PRIMARY KEY);')
  await hello.start()
  await ask('rm', join(hello.path, 'hello/migrations/0003_tags.sql'))
  await save(hello, 'late')
  const { stderr } = await hello.start()
  expect(stderr).toContain('migrations that this branch lacks: hello/0003_tags')
  expect(stderr).not.toContain('restore late')
})

test('`clean` on a terminal offers to keep a save first', async () => {
  const hello = await started()
  const clean = hello.beginDevenv(['clean'], { terminal: true })
  await clean.said(/keep a save of them first \(s\)/)
  clean.type('s\n')
  expect((await clean.ended).exitCode).toBe(0)
  const listed = JSON.parse(succeeded(await hello.devenv('data', 'list', '--json')).stdout)
  expect(listed.saves).toMatchObject([{ name: expect.stringMatching(/^before-clean-/) }])
  await restore(hello, listed.saves[0].name)
  expect(await hello.greeted()).toEqual(['Before'])
})
