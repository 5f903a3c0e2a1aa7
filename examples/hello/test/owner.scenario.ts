import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Checkout, post } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout } from './checkout.js'

const me = process.getuid?.() ?? 0
/** Only root can give a checkout away. */
const OWNERS = me === 0 ? [0, 501, 1000, 100_000] : [me]

const ownerOf = (hello: Checkout, file: string) => statSync(join(hello.path, file)).uid

/** Outside the data directory, what belongs to somebody else. */
const foreignFiles = (hello: Checkout, owner: number) =>
  ask('find', hello.path, '-path', join(hello.path, '.dev'), '-prune', '-o', '!', '-uid', String(owner), '-print')

test.each(OWNERS)('in a checkout of user %i everything is that user’s', async (owner) => {
  const hello = freshCheckout()
  if (owner !== me) await hello.giveTo(owner)

  // A first start by dev.shell.
  const shell = hello.begin(['make', 'dev.shell'], { terminal: true })
  shell.type('echo "user=$(id -u) in=$(pwd) on=$(tty) home=$(test -w ~ && echo writable)"; touch by-shell; exit\n')
  const [, user, folder, terminal, home] = await shell.said(/^user=(\d+) in=(\S+) on=(\S+) home=(\S*)/m)
  expect({ user, folder, home }).toEqual({ user: String(owner), folder: '/edx/app/hello', home: 'writable' })
  expect(terminal).toMatch(/^\/dev\/pts\//)
  expect((await shell.ended).exitCode).toBe(0)

  // An editor that opens the container calls the owner so (.devcontainer/devcontainer.json).
  const { id } = await hello.container('hello')
  expect(await ask('docker', 'exec', '--user', 'app', id, 'id', '-u')).toBe(String(owner))

  await hello.devenv('exec', '--', 'sh', '-c', 'umask; touch by-exec; mkdir -p folder/below; touch folder/below/file')
  expect((await hello.make('dev.test', 'TESTS=tests/test_greetings.py')).exitCode).toBe(0)
  await post(`${await hello.url()}/greetings`, { name: 'Ada' })
  expect((await hello.get('/')).status).toBe(200)

  for (const file of ['by-shell', 'by-exec', 'folder/below/file', '.pytest_cache', '.dev', '.dev/devenv/logs/web.log'])
    expect({ file, owner: ownerOf(hello, file) }).toEqual({ file, owner })
  expect(await foreignFiles(hello, owner)).toBe('')
})

test('under any umask, all of the checkout can be looked through inside', async () => {
  const hello = freshCheckout()
  if (me === 0) await hello.giveTo(1000)
  const start = ['sh', '-c', 'umask 077 && exec "$@"', 'sh', 'node', ...hello.words('start')]
  expect((await hello.run(start)).exitCode).toBe(0)
  const found = await hello.devenv('exec', '--', 'sh', '-c', 'id -u; find . >/dev/null')
  expect(found).toMatchObject({ exitCode: 0, stdout: `${me === 0 ? 1000 : me}\n`, stderr: '' })
})

test('a shell passes on how it ended, and reads what is piped in', async () => {
  const hello = freshCheckout()
  await hello.start()
  const shell = hello.beginDevenv(['shell'], { terminal: true })
  shell.type('exit 7\n')
  expect((await shell.ended).exitCode).toBe(7)
  const piped = await hello.run(['node', ...hello.words('shell')], { input: 'pwd; exit 3\n' })
  expect({ exitCode: piped.exitCode, stdout: piped.stdout }).toEqual({ exitCode: 3, stdout: '/edx/app/hello\n' })
})
