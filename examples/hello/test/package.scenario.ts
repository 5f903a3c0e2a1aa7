import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Checkout, CORE, pack, REPOSITORY, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { freshCheckout, PACKAGE } from './checkout.js'

const image = async (checkout: Checkout) => (await checkout.container('hello')).labels['org.openedx.devenv.image'] ?? ''
const linesOf = (hello: Checkout, file: string) => readFileSync(join(hello.path, file), 'utf8').split('\n')

test('a checkout prepared by init works on a fresh clone, from npm’s packages alone', async () => {
  const hello = freshCheckout()
  const beside = freshCheckout('beside')
  // As a service of its own: the lines that find the packages in this repository are not there.
  await hello.write('Makefile', (await hello.read('Makefile')).replace(/\n# The environment:[\s\S]*/, ''))
  hello.env = {}
  await hello.commitToGit()
  const core = await pack(CORE, hello.folder)
  const environment = await pack(PACKAGE, hello.folder)

  const installed = join(hello.folder, 'installed')
  succeeded(
    await run(['npm', 'install', '--prefix', installed, '--no-audit', '--no-fund', '--silent', core, environment]),
  )
  // What `npx @devenv/hello init` runs.
  const init = () => hello.run([join(installed, 'node_modules/.bin/devenv-hello'), 'init', core, environment])
  succeeded(await init())
  const changed = await ask('git', '-C', hello.path, 'status', '--porcelain', '--untracked-files=all')
  expect(
    changed
      .split('\n')
      .map((line) => line.slice(2).trim())
      .sort(),
  ).toEqual(['Makefile', 'devenv/.gitignore', 'devenv/devenv.mk', 'devenv/package-lock.json', 'devenv/package.json'])
  expect(linesOf(hello, 'Makefile').filter((line) => line === 'include devenv/devenv.mk')).toHaveLength(1)
  for (const file of ['.gitignore', '.dockerignore'])
    expect(linesOf(hello, file).filter((line) => line === '.dev/')).toHaveLength(1)
  succeeded(await hello.make('devenv.editor', 'ARGS=vscode --commit'))
  for (const file of ['.devcontainer/devcontainer.json', '.vscode/tasks.json', '.vscode/launch.json'])
    expect(await hello.read(file), 'nothing of this machine').not.toMatch(/\/tmp|\/home|node_modules/)
  await ask('git', '-C', hello.path, 'add', '--all')
  await ask('git', '-C', hello.path, '-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '-qm', 'devenv')

  succeeded(await init())
  succeeded(await hello.make('devenv.editor', 'ARGS=vscode'))
  expect(await ask('git', '-C', hello.path, 'status', '--porcelain'), 'a second time changes nothing').toBe('')

  // Another person, who has installed nothing.
  await ask('git', 'clone', '--quiet', hello.path, join(hello.folder, 'clone'))
  hello.path = join(hello.folder, 'clone')
  expect(existsSync(join(hello.path, 'devenv/node_modules'))).toBe(false)
  const greeted = await hello.make('dev.greet', 'NAME=Ada')
  expect({ exitCode: greeted.exitCode, stdout: greeted.stdout }).toEqual({ exitCode: 0, stdout: 'Hello, Ada!\n' })
  const view = hello.begin(['make', 'dev.watch'])
  const [url] = await view.said(/http:\/\/localhost:\d+/)
  expect(url).toBe(await hello.url())
  expect((await hello.get('/')).status).toBe(200)
  const devcontainer = join(REPOSITORY, 'node_modules/.bin/devcontainer')
  const opened = succeeded(await hello.run([devcontainer, 'up', '--workspace-folder', hello.path]))
  expect(opened.stdout).toContain(`"containerId":"${(await hello.container('hello')).id}"`)
  expect(await ask('git', '-C', hello.path, 'status', '--porcelain')).toBe('')
  expect((await hello.make('test', 'PYTHON=true')).exitCode, 'the other targets are as they were').toBe(0)

  await beside.start()
  expect(await image(hello), 'the same inputs, the same image').toBe(await image(beside))

  succeeded(await hello.make('dev.clean'))
  expect(existsSync(join(hello.path, '.dev'))).toBe(false)
})

test('init writes the lines that are missing, once, and keeps a tracked file of .dev/ in git', async () => {
  const hello = freshCheckout()
  await hello.write('.gitignore', '*.pyc')
  await ask('rm', join(hello.path, '.dockerignore'))
  await hello.commitToGit()
  const core = await pack(CORE, hello.folder)
  const environment = await pack(PACKAGE, hello.folder)
  const init = () => hello.devenv('init', core, environment)
  succeeded(await init())
  expect(await hello.read('.gitignore')).toBe('*.pyc\n.dev/\n')
  expect(await hello.read('.dockerignore')).toBe('.dev/\n')
  succeeded(await init())
  expect(await hello.read('.gitignore')).toBe('*.pyc\n.dev/\n')
  expect(JSON.parse(await hello.read('devenv/package.json')).dependencies).toEqual({
    '@devenv/core': `file:../../${basename(core)}`,
    '@devenv/hello': `file:../../${basename(environment)}`,
  })
})

test('a target that the package supplies says so, waits only for what it needs, and leaves the checkout’s within reach', async () => {
  let own = ''
  onTestFinished(async () => {
    if (own !== '') await run(['docker', 'image', 'rm', own])
  })
  const hello = freshCheckout()
  const folder = join(hello.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true })
  const compose = readFileSync(join(folder, 'compose.yaml'), 'utf8')
  const supplied =
    '  targets:\n    quality: { needs: [], about: look, because: "its own asks for more than is there." }\n'
  writeFileSync(join(folder, 'compose.yaml'), compose.replace(/^ {2}targets:\n(?: {4}.*\n)+/m, supplied))
  writeFileSync(join(folder, 'image/targets.mk'), 'quality:\n\t@echo "supplied, for $(TESTS)"\n')
  hello.env.DEVENV_PACKAGE = folder
  const { exitCode, stdout, stderr } = await hello.make('dev.quality', 'TESTS=one two')
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'supplied, for one two\n' })
  own = await image(hello)
  expect(stderr).toMatch(/its own asks for more than is there\. To run the checkout’s own: .* make quality/)

  // The first start tells which targets there are; from then on only what one needs is started.
  await hello.devenv('stop')
  succeeded(await hello.make('dev.quality'))
  expect((await hello.containers()).filter(({ running }) => running).map(({ service }) => service)).toEqual(['hello'])

  const checkouts = await hello.devenv('exec', '--', 'make', '-n', 'quality')
  expect(checkouts.stdout).toContain('pycodestyle')
})
