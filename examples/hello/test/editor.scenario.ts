import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'
import { attach } from '../../../tools/scenarios/attach.js'
import { post, REPOSITORY, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask, type RunOptions } from '../../../tools/scenarios/run.js'
import { freshCheckout, type Hello, startedCheckout } from './checkout.js'

const binary = (name: string) => join(REPOSITORY, 'node_modules/.bin', name)

/** The reference implementation of https://containers.dev, which VS Code runs as well. */
const devcontainer = async (hello: Hello, ...words: string[]) =>
  succeeded(await hello.run([binary('devcontainer'), ...words, '--workspace-folder', hello.path])).stdout

type Up = { outcome: string; containerId: string; remoteUser: string; remoteWorkspaceFolder: string }
const up = async (hello: Hello, ...words: string[]): Promise<Up> =>
  JSON.parse((await devcontainer(hello, 'up', ...words)).trim().split('\n').at(-1) ?? '')

/** A command in a window that is in the container. */
const execInWindow = (hello: Hello, id: string, ...argv: string[]) =>
  hello.run([binary('devcontainer'), 'exec', '--workspace-folder', hello.path, '--container-id', id, ...argv])

const idsOf = async (hello: Hello) =>
  Object.fromEntries((await hello.containers()).map(({ service, id }) => [service, id]))

const nothingToDo = async (hello: Hello) =>
  expect((await hello.devenv('start', '--dry-run')).stdout).toContain('Nothing to do')

type Named = { label: string; name: string; command: string; pathMappings: { localRoot: string }[] }
const entriesOf = async (hello: Hello, file: 'tasks' | 'launch'): Promise<Named[]> => {
  const { tasks, configurations } = parse(await hello.read(`.vscode/${file}.json`))
  return tasks ?? configurations
}

describe('an editor', () => {
  const hello = startedCheckout(async (checkout) => {
    await checkout.commitToGit()
    // Only root can give a checkout away.
    if (process.getuid?.() === 0) await checkout.giveTo(1000)
    succeeded(await checkout.devenv('editor', 'vscode'))
  })

  test('opens the container that runs, as its owner, in the code, and replaces nothing', async () => {
    const before = await idsOf(hello)
    const opened = await up(hello)
    expect(opened).toMatchObject({ outcome: 'success', containerId: before.hello })
    const seen = await execInWindow(hello, before.hello ?? '', 'sh', '-c', 'id -un; pwd; touch by-editor; make test')
    expect(seen.stdout).toMatch(/^app\r?\n\/edx\/app\/hello\r?\n/)
    expect(seen.stdout).toMatch(/\d+ passed/)
    expect(await ask('stat', '-c', '%u', join(hello.path, 'by-editor'))).toBe(
      await ask('stat', '-c', '%u', join(hello.path, 'Makefile')),
    )
    expect(await idsOf(hello)).toEqual(before)
    await nothingToDo(hello)
  })

  test('starts what does not run', async () => {
    const before = await idsOf(hello)
    succeeded(await hello.devenv('stop'))
    expect((await up(hello)).containerId).toBe(before.hello)
    expect((await hello.get('/health/')).status).toBe(200)
    await nothingToDo(hello)
  })

  test('may make the container again: data and servers stay, and the service answers', async () => {
    await post(`${await hello.url()}/greetings`, { name: 'Ada' })
    const before = await idsOf(hello)
    const { containerId } = await up(hello, '--remove-existing-container')
    expect(containerId).not.toBe(before.hello)
    await hello.start()
    expect(await idsOf(hello)).toEqual({ ...before, hello: containerId })
    expect((await hello.get('/')).body).toContain('Ada')
    await nothingToDo(hello)
  })

  test('runs its tasks on this machine and in the container', async () => {
    const task = (await entriesOf(hello, 'tasks')).find(({ label }) => label === 'devenv: make test')
    const outside = await hello.run(['sh', '-c', task?.command ?? ''])
    expect({ ...outside, stdout: outside.stdout.match(/\d+ passed/)?.[0] }).toMatchObject({
      exitCode: 0,
      stdout: '10 passed',
    })
    const { containerId } = await up(hello)
    const inside = await execInWindow(hello, containerId, 'sh', '-c', task?.command ?? '')
    expect(inside.stdout).toMatch(/10 passed/)
  })

  test('attaches to a test with its launch configuration', async () => {
    const [task, configuration] = await Promise.all([
      entriesOf(hello, 'tasks').then((tasks) => tasks.find(({ label }) => /with the debugger/.test(label))),
      entriesOf(hello, 'launch').then((all) => all.find(({ name }) => name === 'devenv: attach to tests (Python)')),
    ])
    const testing = hello.begin(['sh', '-c', task?.command ?? ''])
    const port = Number((await testing.said(/at localhost:(\d+)/))[1])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's own variable
    const text = JSON.stringify(configuration).replaceAll('${workspaceFolder}', hello.path)
    const lines = (await hello.read('tests/test_greetings.py')).split('\n')
    const line = lines.findIndex((each) => each.includes('assert greetings.greeting_for(name)')) + 1
    const path = join(hello.path, 'tests/test_greetings.py')
    const editor = await attach({ port, path, line, configuration: JSON.parse(text) })
    expect(await editor.evaluates('words is not None')).toBe('True')
    expect((await testing.ended).stdout).toMatch(/10 passed/)
  })

  test('is told once, beside what a person has written, and git sees nothing of it', async () => {
    await ask('git', '-c', 'safe.directory=*', '-C', hello.path, 'add', 'by-editor')
    const mine =
      '{\n  // mine\n  "version": "2.0.0",\n  "tasks": [{ "label": "mine", "command": "true" }], // and this\n}\n'
    await hello.write('.vscode/tasks.json', mine)
    expect((await hello.devenv('editor', 'vscode')).stdout).toMatch(/^wrote \.vscode\/tasks\.json$/m)
    const written = await hello.read('.vscode/tasks.json')
    for (const kept of ['// mine', '{ "label": "mine", "command": "true" }', '// and this', 'devenv: watch'])
      expect(written).toContain(kept)
    expect((await hello.devenv('editor', 'vscode')).stdout).toBe('VS Code knows this environment already.\n')
    expect(await hello.read('.vscode/tasks.json')).toBe(written)
    const status = await ask('git', '-c', 'safe.directory=*', '-C', hello.path, 'status', '--short')
    expect(status).toBe('A  by-editor')
  })
})

test('PyCharm’s run configurations do what the tasks do, and git sees nothing of them', async () => {
  const hello = freshCheckout()
  await hello.commitToGit()
  const told = succeeded(await hello.devenv('editor', 'pycharm')).stdout
  expect(told).toMatch(/^wrote \.run\/devenv-watch\.run\.xml$/m)
  expect(told).toContain('/edx/app/hello as the remote project path')
  expect(await ask('git', '-c', 'safe.directory=*', '-C', hello.path, 'status', '--short')).toBe('')
  expect((await hello.devenv('editor', 'pycharm')).stdout).toBe('PyCharm knows this environment already.\n')

  const read =
    'import sys, xml.etree.ElementTree as t; print(t.parse(sys.argv[1]).find(".//*[@name=\'SCRIPT_TEXT\']").get("value"))'
  const line = await ask('python3', '-c', read, join(hello.path, '.run/devenv-make-test.run.xml'))
  const tested = await hello.run(['sh', '-c', line])
  expect({ exitCode: tested.exitCode, passed: tested.stdout.match(/\d+ passed/)?.[0] }).toEqual({
    exitCode: 0,
    passed: '10 passed',
  })
})

test('a checkout that has a container of its own keeps it, and a file that is no JSON stops everything', async () => {
  const hello = freshCheckout()
  await hello.commitToGit()
  for (const folder of ['.devcontainer', '.vscode']) mkdirSync(join(hello.path, folder))
  const own = '{ "name": "ours", "image": "debian" }\n'
  await hello.write('.devcontainer/devcontainer.json', own)
  await hello.write('.vscode/launch.json', '{ "configurations": [ }')
  const refused = await hello.devenv('editor', 'vscode')
  expect({ exitCode: refused.exitCode, stdout: refused.stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toMatch(/file-unmergeable[\s\S]*launch\.json:1/)
  expect(existsSync(join(hello.path, '.vscode/tasks.json'))).toBe(false)

  await hello.write('.vscode/launch.json', '{}')
  succeeded(await hello.devenv('editor', 'vscode'))
  expect(await hello.read('.devcontainer/devcontainer.json')).toBe(own)
  const { containerId } = await up(hello, '--config', join(hello.path, '.devcontainer/devenv/devcontainer.json'))
  expect(containerId).toBe((await hello.container('hello')).id)
})

describe('the packages of the image', () => {
  /** In the person's home there is no Python with these packages: pyright asks the `python` that it finds. */
  const pyright = async (hello: Hello, options: RunOptions = {}): Promise<string[]> => {
    const { stdout } = await hello.run([binary('pyright'), '--outputjson', '-p', hello.path], {
      ...options,
      env: { PATH: join(process.execPath, '..') },
    })
    const { generalDiagnostics } = JSON.parse(stdout) as { generalDiagnostics: { rule?: string; message: string }[] }
    const unresolved = generalDiagnostics.filter(({ rule }) => /^reportMissing/.test(rule ?? ''))
    return [...new Set(unresolved.map(({ message }) => /"([\w.]+)"/.exec(message)?.[1] ?? ''))].sort()
  }

  test('let pyright on this machine resolve every import, once for each image', async () => {
    const hello = freshCheckout()
    await hello.commitToGit()
    await hello.write('pyrightconfig.json', '{\n  // mine\n  "typeCheckingMode": "standard"\n}\n')
    expect(await pyright(hello)).toEqual(expect.arrayContaining(['pymysql', 'redis']))
    const first = succeeded(await hello.devenv('editor', 'sync'))
    expect(first.stderr).toContain('export packages')
    expect(await pyright(hello)).toEqual([])
    const config = await hello.read('pyrightconfig.json')
    expect(config).toContain('// mine')

    const second = succeeded(await hello.devenv('editor', 'sync'))
    expect(second.stdout).toBe('The packages of this image are there already.\n')
    expect(second.stderr).not.toContain('export packages')
    expect(await hello.read('pyrightconfig.json')).toBe(config)
    expect(await hello.containers()).toEqual([])

    const { stdout } = succeeded(await hello.devenv('editor', 'sync', '--folders'))
    expect(stdout.trim().split('\n')).toEqual(parse(config).extraPaths)

    // Another image: the setting leads to its packages, and nowhere else.
    await hello.edit('requirements/debian.txt', '\n', '\n# another\n')
    succeeded(await hello.devenv('editor', 'sync'))
    const { extraPaths: now } = parse(await hello.read('pyrightconfig.json')) as { extraPaths: string[] }
    expect(now).toHaveLength(parse(config).extraPaths.length)
    expect(now).not.toEqual(parse(config).extraPaths)
    expect(await pyright(hello)).toEqual([])
  })
})
