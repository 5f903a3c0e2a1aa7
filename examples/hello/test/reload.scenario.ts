import { afterAll, describe, expect, test } from 'vitest'
import { eventually, get, post, succeeded } from '../../../tools/scenarios/checkout.js'
import { inside } from '../../../tools/scenarios/engine.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { startedCheckout } from './checkout.js'

const hello = startedCheckout()

/** Asks until the answer holds the words; nobody must ever be turned away meanwhile. */
const served = async (words: string) => {
  const url = await hello.url()
  await eventually(async () => {
    const { status, body } = await get(`${url}/`)
    if (status !== 200) throw new Error(`turned away with ${status}: ${body}`)
    expect(body).toContain(words)
  })
}

const stateOfContainers = async () => (await hello.containers()).map(({ id, startedAt }) => ({ id, startedAt }))

test('a saved file is served without a restart, and nobody is turned away', async () => {
  const before = await stateOfContainers()
  const url = await hello.url()
  let over = false
  const refused: string[] = []
  const visitor = (async () => {
    while (!over)
      await get(`${url}/`).then(
        ({ status }) => status === 200 || refused.push(String(status)),
        (error) => refused.push(String(error)),
      )
  })()
  for (const title of ['First', 'Second', 'Third']) {
    await hello.write('hello/web.py', (await hello.read('hello/web.py')).replace(/<h1>.*<\/h1>/, `<h1>${title}</h1>`))
    await served(`<h1>${title}</h1>`)
  }
  over = true
  await visitor
  expect(refused).toEqual([])
  expect(await stateOfContainers()).toEqual(before)
})

test('a file that an editor replaces is served as well, and one in a new folder', async () => {
  await hello.write('hello/web.py.new', (await hello.read('hello/web.py')).replace(/<h1>.*<\/h1>/, '<h1>Replaced</h1>'))
  await hello.run(['mv', 'hello/web.py.new', 'hello/web.py'])
  await served('<h1>Replaced</h1>')

  await hello.run(['mkdir', 'hello/words'])
  await hello.write('hello/words/__init__.py', "TITLE = 'From a folder'\n")
  const page = (await hello.read('hello/web.py')).replace('<h1>Replaced</h1>', '<h1>{{ title }}</h1>')
  const importing = page.replace('from hello import database,', 'from hello import words, database,')
  await hello.write('hello/web.py', importing.replace('url=settings.URL,', 'url=settings.URL, title=words.TITLE,'))
  await served('<h1>From a folder</h1>')
  await hello.write('hello/words/__init__.py', "TITLE = 'Changed in a folder'\n")
  await served('<h1>Changed in a folder</h1>')
})

test('a syntax error ends nothing, and its repair is served', async () => {
  const before = await stateOfContainers()
  const right = await hello.read('hello/web.py')
  await hello.write('hello/web.py', `${right}\nthis is no Python\n`)
  await eventually(async () => {
    expect((await hello.get('/')).status).toBeGreaterThanOrEqual(500)
    expect((await hello.devenv('logs', 'web', '--grep', 'SyntaxError')).stdout).not.toBe('')
  })
  const fault = `hello/web.py:${right.split('\n').length + 1}: SyntaxError: invalid syntax`
  expect((await hello.get('/')).body).toContain(fault)
  const status = JSON.parse((await hello.devenv('status', '--json')).stdout)
  const programs = status.containers.flatMap(({ programs = [] }: { programs?: { name: string }[] }) => programs)
  expect({ state: status.state, web: programs.find(({ name }: { name: string }) => name === 'web') }).toMatchObject({
    state: 'waiting',
    web: { state: 'WAITING', fault },
  })
  const start = await hello.devenv('start')
  expect(start, 'a start says the same').toMatchObject({ exitCode: 1, stdout: '' })
  expect(start.stderr).toMatch(/^program-waiting$/m)
  expect(start.stderr).toContain(`web: ${fault}`)
  expect(start.stderr).not.toContain('✓')
  await hello.write('hello/web.py', right.replace('<title>hello</title>', '<title>repaired</title>'))
  await eventually(async () => expect((await hello.get('/')).body).toContain('<title>repaired</title>'))
  expect(await stateOfContainers()).toEqual(before)
})

test('a start whose code has a syntax error names it long before the health check gives up; a view tells when it is mended', async () => {
  succeeded(await hello.devenv('stop'))
  const right = await hello.read('hello/web.py')
  await hello.write('hello/web.py', `${right}\nthis is no Python\n`)
  const fault = `hello/web.py:${right.split('\n').length + 1}: SyntaxError: invalid syntax`
  const began = Date.now()
  const start = await hello.devenv('start')
  expect(start).toMatchObject({ exitCode: 1, stdout: '' })
  expect(start.stderr).toContain(`web: ${fault}`)
  expect(Date.now() - began).toBeLessThan(60_000)

  const view = hello.beginDevenv(['watch'])
  await view.said(/devenv: the view continues/)
  expect(view.written()).toMatch(/^program-waiting\n {2}what [\s\S]*\ndevenv: the view continues$/m)
  await hello.write('hello/web.py', right)
  await view.said(/hello answers at http:\/\/localhost:\d+/)
  view.signalAll('SIGINT')
  expect((await view.ended).exitCode).toBe(0)
})

describe('the worker', () => {
  const greeted = (words: string) =>
    eventually(async () => {
      await post(`${await hello.url()}/greetings`, { name: 'Ada' })
      expect((await hello.get('/')).body).toContain(words)
    })

  test('runs the saved code', async () => {
    await greeted('Hello, Ada!')
    await hello.edit('hello/greetings.py', "'Hello, %s!'", "'Welcome, %s!'")
    await greeted('Welcome, Ada!')
  })

  test('is started again after it was killed', async () => {
    const container = await hello.container('hello')
    const worker = () => inside(container, 'pgrep', '--oldest', '-f', 'hello[.]worker')
    const killed = await worker()
    await inside(container, 'pkill', '-KILL', '-f', 'hello[.]worker')
    await eventually(async () => expect(await worker()).not.toBe(killed))
    await greeted('Welcome, Ada!')
  })
})

test('a killed web server is started again', async () => {
  const before = await stateOfContainers()
  const pids = (pattern: string) =>
    hello.container('hello').then((container) => inside(container, 'pgrep', '-f', pattern))
  // All of it, then the server alone, as one that crashes does.
  for (const pattern of ['gunicorn', '^/usr/bin/python3 /usr/bin/gunicorn']) {
    const killed = await pids(pattern)
    await inside(await hello.container('hello'), 'pkill', '-KILL', '-f', pattern)
    await eventually(async () => {
      expect((await hello.get('/health/')).status).toBe(200)
      expect((await pids(pattern)).split('\n')).not.toEqual(expect.arrayContaining([killed.split('\n')[0]]))
    })
  }
  expect(await stateOfContainers()).toEqual(before)
})

describe('the next start', () => {
  const query = async (sql: string) => {
    const words = ['-uhello', '-phello', '--batch', '--skip-column-names', 'hello', '-e', sql]
    return (await hello.devenv('exec', 'mysql', '--', 'mysql', ...words)).stdout.trim()
  }

  test('applies a new migration, and restarts nothing for it', async () => {
    const before = await stateOfContainers()
    await hello.write(
      'hello/migrations/0003_mood.sql',
      "ALTER TABLE greetings ADD COLUMN mood VARCHAR(20) DEFAULT 'glad';\n",
    )
    await hello.start()
    expect(await query('SELECT DISTINCT mood FROM greetings')).toBe('glad')
    expect(await stateOfContainers()).toEqual(before)
  })

  test('tells of a migration that fails, and goes on once it is mended', async () => {
    await hello.write('hello/migrations/0004_place.sql', 'ALTER TABLE no_such_table ADD COLUMN place INT;\n')
    const failed = await hello.devenv('start')
    expect(failed.exitCode).toBe(1)
    expect(failed.stderr).toContain('provision-failed')
    expect(failed.stderr).toContain('no_such_table')
    expect((await hello.devenv('start')).exitCode, 'the same again').toBe(1)
    await hello.write('hello/migrations/0004_place.sql', 'ALTER TABLE greetings ADD COLUMN place INT DEFAULT 4;\n')
    await hello.start()
    expect(await query('SELECT DISTINCT place FROM greetings')).toBe('4')
  })
})

describe('a changed input of the image', () => {
  let added = ''
  afterAll(async () => {
    await hello.remove()
    if (added !== '') await run(['docker', 'image', 'rm', added])
  })

  test('is named at the next target, and brought in by the next start', async () => {
    const image = (await hello.container('hello')).image
    await hello.edit('requirements/debian.txt', '# to test and check', '# to look around\ntree\n# to test and check')
    const told = await hello.make('dev.greet')
    expect(told.stdout).toBe('Hello, world!\n')
    expect(told.stderr).toContain('requirements/debian.txt')
    expect(told.stderr).toContain('dev.watch')
    expect((await hello.container('hello')).image, 'nothing is replaced under a command’s feet').toBe(image)
    expect(JSON.parse((await hello.devenv('status', '--json')).stdout).stale).toContain('requirements/debian.txt')

    await hello.start()
    const { image: changed, labels } = await hello.container('hello')
    expect(changed).not.toBe(image)
    added = labels['org.openedx.devenv.image'] ?? ''
    expect((await hello.devenv('exec', '--', 'tree', '--version')).exitCode).toBe(0)
    expect((await hello.make('dev.greet')).stderr).not.toContain('requirements/debian.txt')
    expect((await hello.get('/')).status).toBe(200)
  })

  test('that is taken back finds the image that was there', async () => {
    await hello.edit('requirements/debian.txt', '# to look around\ntree\n', '')
    const ids = await ask('docker', 'images', '--no-trunc', '--quiet')
    await hello.start()
    expect(ids).toContain((await hello.container('hello')).image)
    expect((await hello.get('/')).status).toBe(200)
  })
})
