import { cpSync, mkdirSync, renameSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Checkout, eventually, fresh, get, shared, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout, Hello } from './checkout.js'
import { expectTold, freshGuestbook, GUESTBOOK, Guestbook, idsOf, pageOf } from './guestbook.js'

const recordOf = async (checkout: Checkout) => {
  const { project } = JSON.parse((await checkout.devenv('status', '--json')).stdout)
  return JSON.parse(await readFile(join(checkout.path, '.dev/devenv', `${project}.json`), 'utf8'))
}

describe('two services beside each other', () => {
  const hello = shared(new Hello(), (checkout) => checkout.commitToGit())
  const guestbook = shared(new Guestbook(), async () => {})

  test('are started from either, each in its own environment, and told where the other answers', async () => {
    const planned = succeeded(await guestbook.devenv('start', '--with', hello.path, '--dry-run')).stdout
    expect(planned).toMatch(/^provision +hello: a guest \(for guestbook\): not done yet$/m)
    expect(await hello.containers()).toEqual([])

    const first = succeeded(await guestbook.devenv('start', '--with', hello.path))
    expect(first.stdout).toContain(`beside it: hello    ${await hello.url()}`)
    await expectTold(hello, guestbook)
    const [helloProject, guestbookProject] = [hello, guestbook].map(
      async (each) => (await each.containers())[0]?.project,
    )
    expect(await helloProject).not.toBe(await guestbookProject)

    // Remembered by both: nothing has to be said again, and nothing is replaced.
    const ids = [await idsOf(hello), await idsOf(guestbook)]
    for (const each of [hello, guestbook]) {
      expect(succeeded(await each.devenv('start', '--dry-run')).stdout).toContain('Nothing to do')
      succeeded(await each.start())
    }
    expect([await idsOf(hello), await idsOf(guestbook)]).toEqual(ids)

    // Each serves its own checkout.
    await hello.edit('hello/web.py', '<h1>Greetings</h1>', '<h1>Hey</h1>')
    await guestbook.edit('guestbook/web.py', '<h1>Guest book</h1>', '<h1>Visitors</h1>')
    await eventually(async () => {
      expect(await pageOf(hello)).toContain('<h1>Hey</h1>')
      expect(await pageOf(guestbook)).toContain('<h1>Visitors</h1>')
    })

    const { beside } = JSON.parse((await hello.devenv('status', '--json')).stdout)
    expect(beside).toEqual([
      {
        service: 'guestbook',
        checkout: guestbook.path,
        url: await guestbook.url(),
        state: 'running',
        presence: 'there',
      },
    ])
    expect((await hello.devenv('list')).stdout).toMatch(new RegExp(`${hello.path} +beside guestbook`))

    // A secret of the two, which the checkouts do not hold.
    const secrets = [await recordOf(hello), await recordOf(guestbook)].map(({ neighbours }) => neighbours[0].secret)
    expect(secrets[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(secrets[1]).toBe(secrets[0])

    await expectClean(hello, guestbook)
  })

  test('are shown by one view, which stays while the only container of a service is replaced', async () => {
    succeeded(await guestbook.devenv('start', '--with', 'none'))
    const view = guestbook.begin(['make', 'dev.watch', `WITH="${hello.path}"`])
    await view.said(/guestbook answers at http:/)
    await view.said(/beside it: hello +http:/)
    await guestbook.get('/')
    await view.said(/^web \| .*GET \/ /m)
    view.signalAll('SIGINT')
    expect((await view.ended).stderr).toContain('guestbook keeps running')
    const watching = guestbook.beginDevenv(['watch'])
    await watching.said(/guestbook answers at/)
    succeeded(await guestbook.devenv('stop'))
    expect((await watching.ended).stderr).toContain('nothing runs any more')
  })

  test('follow a port that moves', async () => {
    succeeded(await hello.devenv('start', '--with', guestbook.path))
    await expectTold(hello, guestbook)
    const before = await guestbook.url()
    succeeded(await guestbook.devenv('stop'))
    const holder = createServer().listen(Number(new URL(before).port), '127.0.0.1')
    onTestFinished(() => void holder.close())
    succeeded(await guestbook.start())
    expect(await guestbook.url()).not.toBe(before)
    await expectTold(hello, guestbook)
  })

  test('that start each other at the same moment are one start', async () => {
    const [hello, guestbook] = [freshCheckout(), freshGuestbook()]
    const both = await Promise.all([
      hello.devenv('start', '--with', guestbook.path),
      guestbook.devenv('start', '--with', hello.path),
    ])
    both.map(succeeded)
    await expectTold(hello, guestbook)
    expect((await hello.containers()).length).toBe(3)
    expect((await guestbook.containers()).length).toBe(1)
  })

  test('go on after a start that was killed, from the other side', async () => {
    const [hello, guestbook] = [freshCheckout(), freshGuestbook()]
    const killed = hello.beginDevenv(['start', '--with', guestbook.path])
    await killed.said(/guestbook: create guestbook/)
    killed.signal('SIGKILL')
    await killed.ended
    succeeded(await guestbook.devenv('start', '--with', hello.path))
    await expectTold(hello, guestbook)
  })

  test('are parted by WITH=, whether they run or not', async () => {
    succeeded(await hello.devenv('start', '--with', guestbook.path))
    await expectTold(hello, guestbook)
    succeeded(await hello.make('devenv.start', 'WITH='))
    expect(await pageOf(hello)).not.toContain('guest book')
    await eventually(async () => expect(await pageOf(guestbook)).toContain('There is no hello beside this service'))
    expect((await recordOf(guestbook)).neighbours).toEqual([])

    succeeded(await hello.make('devenv.start', `WITH=../../${guestbook.path.split('/').slice(-2).join('/')}`))
    await expectTold(hello, guestbook)
    succeeded(await guestbook.devenv('stop'))
    succeeded(await hello.devenv('start', '--with', 'none'))
    expect(JSON.parse((await guestbook.devenv('status', '--json')).stdout).state).toBe('stopped')
    succeeded(await guestbook.start())
    expect(await pageOf(guestbook)).toContain('There is no hello beside this service')
  })
})

describe('a service beside this one', () => {
  const hello = shared(new Hello(), async () => {})
  const guestbook = shared(new Guestbook(), async () => {})

  test('that lost the network is put back, and a seed holds nothing that it asked for', async () => {
    succeeded(await hello.devenv('start', '--with', guestbook.path))
    await expectTold(hello, guestbook)
    const { name } = await guestbook.container('guestbook')
    const [network = ''] = (
      await ask(
        'docker',
        'inspect',
        '--format',
        '{{range $k, $v := .NetworkSettings.Networks}}{{println $k}}{{end}}',
        name,
      )
    )
      .split('\n')
      .filter((each) => each.startsWith('devenv-with-'))
    await ask('docker', 'network', 'disconnect', network, name)
    expect(succeeded(await hello.devenv('start', '--dry-run')).stdout).toMatch(/^create +guestbook: guestbook/m)
    succeeded(await hello.start())
    await expectTold(hello, guestbook)

    succeeded(await hello.devenv('clean', '--yes'))
    succeeded(await guestbook.devenv('clean', '--yes'))
    succeeded(await hello.start())
    expect(await pageOf(hello)).not.toContain('Hello, http')
  })

  test('whose code is broken is named with file and line, and a test of this one does not start it', async () => {
    succeeded(await guestbook.devenv('start', '--with', hello.path))
    for (const each of [hello, guestbook]) succeeded(await each.devenv('stop'))
    succeeded(await guestbook.make('dev.test'))
    expect(JSON.parse((await hello.devenv('status', '--json')).stdout).state).toBe('stopped')
    const page = await hello.read('hello/web.py')
    await hello.write('hello/web.py', `${page}\nthis is no Python\n`)
    const { stdout, exitCode } = await guestbook.devenv('start')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/web of hello ends with an error[\s\S]*hello\/web\.py:\d+[\s\S]*devenv\.js logs hello /)
    await hello.write('hello/web.py', page)
  })

  test('that is broken or gone is told, and is no obstacle', async () => {
    succeeded(await hello.devenv('start', '--with', guestbook.path))
    await guestbook.devenv('stop')
    mkdirSync(join(guestbook.path, 'devenv'))
    await guestbook.write('devenv/compose.yaml', 'services: { guestbook: { image: [] } }\n')
    const broken = await hello.start()
    expect(broken.stderr).toContain('guestbook: it stays as it was beside hello')
    expect(broken.stdout).toContain(`hello answers at ${await hello.url()}`)

    renameSync(guestbook.path, `${guestbook.path}-away`)
    const gone = await hello.start()
    expect(gone.stderr).toContain(`${guestbook.path}, which is not there`)
    expect(gone.stdout).toContain(`hello answers at ${await hello.url()}`)
    renameSync(`${guestbook.path}-away`, guestbook.path)
  })

  test('that cannot be is refused before anything is done', async () => {
    const hello = freshCheckout()
    const other = freshCheckout('other')
    const none = await hello.devenv('start', '--with', '../nowhere')
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('neighbour-missing') })
    const itself = await hello.devenv('start', '--with', '.')
    expect(itself).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('neighbour-itself') })
    const alike = await hello.devenv('start', '--with', other.path)
    expect(alike).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('neighbours-alike') })
    mkdirSync(join(hello.folder, 'empty'))
    const unknown = await hello.devenv('start', '--with', join(hello.folder, 'empty'))
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('neighbour-unknown') })
    const guestbook = freshGuestbook()
    await guestbook.write('.dev', 'where nobody can make a folder')
    const unusable = await hello.devenv('start', '--with', guestbook.path)
    expect(unusable.exitCode).toBe(1)
    expect(unusable.stderr).toMatch(
      /^neighbour-unusable\n {2}what guestbook \(.*\.dev[\s\S]*WITH=none starts this one alone/m,
    )
    expect(unusable.stderr).not.toContain('DEVENV_DIR')
    expect(await hello.containers()).toEqual([])
  })
})

test('three services in a circle are one start', async () => {
  const [hello, guestbook] = [freshCheckout(), freshGuestbook()]
  const echo = fresh(new Guestbook('echo'))
  // A checkout that names its own package, as `devenv init` writes it.
  const own = join(echo.path, 'devenv/node_modules/@devenv/echo')
  cpSync(join(GUESTBOOK, 'environment'), own, { recursive: true })
  for (const name of ['package.json', 'compose.yaml', 'compose.with.hello.yaml']) {
    const text = await readFile(join(own, name), 'utf8')
    const renamed = text.replace('@devenv/guestbook', '@devenv/echo').replaceAll(/^ {2}guestbook:/gm, '  echo:')
    await writeFile(join(own, name), renamed)
  }
  await echo.write('devenv/package.json', JSON.stringify({ dependencies: { '@devenv/echo': '0.1.0' } }))

  succeeded(await hello.devenv('start', '--with', guestbook.path))
  succeeded(await guestbook.devenv('start', '--with', `${hello.path} ${echo.path}`))
  succeeded(await hello.devenv('start', '--with', `${guestbook.path} ${echo.path}`))
  await expectTold(hello, guestbook)
  const status = JSON.parse((await hello.devenv('status', '--json')).stdout)
  expect(status.beside.map(({ service, state }: { service: string; state: string }) => [service, state])).toEqual([
    ['echo', 'running'],
    ['guestbook', 'running'],
  ])
  const echoUrl = status.beside[0].url
  await eventually(async () => expect((await get(`${echoUrl}/`)).body).toContain('Hello, http'))
  expect(succeeded(await hello.devenv('start', '--dry-run')).stdout).toContain('Nothing to do')
})

/** What a clean of one leaves of the other. */
async function expectClean(hello: Hello, guestbook: Guestbook): Promise<void> {
  const ids = await idsOf(hello)
  const cleaned = succeeded(await guestbook.devenv('clean'))
  expect(cleaned.stdout).toContain(`hello (${hello.path}) keeps running`)
  expect(await guestbook.containers()).toEqual([])
  expect(await idsOf(hello)).toEqual(ids)
  expect(await pageOf(hello)).toContain('<h1>Hey</h1>')
  // The next start beside it makes it again.
  succeeded(await hello.start())
  await eventually(async () => expect(await pageOf(guestbook)).toContain('<h1>Visitors</h1>'))
}
