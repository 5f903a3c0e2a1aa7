import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Checkout, eventually, started, succeeded } from '../../../tools/scenarios/checkout.js'
import { inside, processesOf } from '../../../tools/scenarios/engine.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout, Hello, PACKAGE } from './checkout.js'

describe('an interrupted first start', () => {
  const reached = {
    'before there is a container': (hello: Checkout) =>
      eventually(() => expect(existsSync(join(hello.path, '.dev/devenv'))).toBe(true)),
    'while the database starts': (hello: Checkout) =>
      eventually(async () => expect((await hello.container('mysql')).running).toBe(true)),
    'while it is provisioned': (hello: Checkout) =>
      eventually(() => expect(existsSync(join(hello.path, '.dev/devenv/logs/provision.log'))).toBe(true)),
  }
  const cases = [
    { signal: 'SIGINT', when: 'before there is a container' },
    { signal: 'SIGINT', when: 'while the database starts' },
    { signal: 'SIGKILL', when: 'while the database starts' },
    { signal: 'SIGTERM', when: 'while it is provisioned' },
  ] as const

  test.each(cases)('by $signal $when is gone on with by the next', async ({ signal, when }) => {
    const hello = freshCheckout()
    const first = hello.beginDevenv(['watch'])
    await reached[when](hello)
    first.signalAll(signal)
    const { exitCode } = await first.ended
    expect(exitCode).toBe({ SIGINT: 130, SIGTERM: 143, SIGKILL: 137 }[signal])
    await hello.start()
    expect((await hello.get('/')).status).toBe(200)
    succeeded(await hello.devenv('exec', '--', 'id', '-u'))
    succeeded(await hello.make('dev.greet'))
  })

  test('and two that are begun at once bring up one', async () => {
    const hello = freshCheckout()
    const outcomes = await Promise.all([hello.devenv('start'), hello.make('dev.greet'), hello.devenv('start')])
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    expect((await hello.containers()).map(({ service }) => service).sort()).toEqual(['hello', 'mysql', 'redis'])
    expect((await hello.get('/')).status).toBe(200)
  })
})

/** Hello with a migration that has changed a table, and then waits for a file `let-go`. MySQL takes back no such change. */
async function slowHello(): Promise<Hello> {
  const hello = freshCheckout()
  await hello.write(
    'hello/migrations/0099_slow.sql',
    'ALTER TABLE greetings ADD COLUMN slow INT;\nALTER TABLE greetings ADD COLUMN late INT;\n',
  )
  await hello.edit(
    'hello/migrate.py',
    'cursor.execute(statement)\n',
    "cursor.execute(statement)\n                while 'slow INT' in statement and not pathlib.Path('let-go').exists():\n                    import time; time.sleep(0.05)\n",
  )
  return hello
}

async function columnsOf(hello: Hello): Promise<string> {
  const sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'greetings'"
  return await inside(await hello.container('mysql'), 'mysql', '-uhello', '-phello', '--batch', 'hello', '-e', sql)
}
const isMigrating = async (hello: Hello) =>
  (await processesOf(await hello.container('hello'))).some((words) => words.includes('hello.migrate'))
const timesApplied = async (hello: Hello) =>
  (await hello.read('.dev/devenv/logs/provision.log')).split('applying 0099_slow').length - 1

describe('a step, once begun, is finished', () => {
  test.each([
    { signal: 'SIGINT', exitCode: 130 },
    { signal: 'SIGHUP', exitCode: 129 },
    { signal: 'SIGKILL', exitCode: 137 },
  ] as const)('also where the start is ended by $signal: the next one joins it and takes its outcome', async (by) => {
    const hello = await slowHello()
    const first = hello.beginDevenv(['start'])
    await eventually(async () => expect(await columnsOf(hello)).toContain('slow'))
    first.signalAll(by.signal)
    const { exitCode, stderr } = await first.ended
    expect(exitCode).toBe(by.exitCode)
    if (by.signal !== 'SIGKILL') expect(stderr).toContain('migrations goes on in its container')
    expect(await isMigrating(hello)).toBe(true)

    const next = hello.beginDevenv(['start'])
    await next.said(/migrations: a start that was interrupted has begun it/)
    await hello.write('let-go', '')
    const outcome = await next.ended
    expect(outcome.exitCode, outcome.stderr).toBe(0)
    expect(await columnsOf(hello)).toContain('late')
    expect(await timesApplied(hello)).toBe(1)
    expect((await hello.get('/')).status).toBe(200)
  })

  test('its outcome is taken also where it ended while nobody looked; one that failed fails the next start', async () => {
    const hello = await slowHello()
    const first = hello.beginDevenv(['start'])
    await eventually(async () => expect(await columnsOf(hello)).toContain('slow'))
    first.signalAll('SIGKILL')
    await first.ended
    await inside(
      await hello.container('mysql'),
      'mysql',
      '-uhello',
      '-phello',
      'hello',
      '-e',
      'ALTER TABLE greetings ADD COLUMN late INT',
    )
    await hello.write('let-go', '')
    await eventually(async () => expect(await isMigrating(hello)).toBe(false))

    const failed = await hello.devenv('start')
    expect(failed.exitCode).toBe(1)
    expect(failed.stderr).toMatch(/Duplicate column name[\s\S]*provision-failed[\s\S]*devenv\.js clean mysql-8\.4/)
    expect(failed.stderr, 'once is enough').not.toMatch(/provision-failed[\s\S]*Duplicate column name/)
    expect(failed.stderr).not.toContain('✓ migrations')
    expect(JSON.parse((await hello.devenv('status', '--json')).stdout)).toMatchObject({ failedStep: 'migrations' })
    expect(await timesApplied(hello)).toBe(1)

    succeeded(await hello.devenv('clean', 'mysql'))
    await hello.start()
    expect(await columnsOf(hello)).toContain('late')
    expect(await timesApplied(hello)).toBe(2)
    expect(JSON.parse((await hello.devenv('status', '--json')).stdout)).not.toHaveProperty('failedStep')
  })

  test('stop waits for it, and clean ends it and says so', async () => {
    const hello = await slowHello()
    const first = hello.beginDevenv(['start'])
    await eventually(async () => expect(await columnsOf(hello)).toContain('slow'))
    first.signalAll('SIGKILL')
    await first.ended
    const stopping = hello.beginDevenv(['stop'])
    await stopping.said(/the provisioning step migrations is at work/)
    stopping.signalAll('SIGINT')
    await stopping.ended
    expect(await isMigrating(hello)).toBe(true)
    expect((await hello.container('mysql')).running).toBe(true)

    const cleaned = succeeded(await hello.devenv('clean'))
    expect(cleaned.stderr).toContain('clean ends the provisioning step migrations')
    expect(await hello.containers()).toEqual([])
    expect(existsSync(join(hello.path, '.dev'))).toBe(false)
  })
})

describe('a command whose devenv is killed', () => {
  const sleepersIn = async (hello: Hello, service: string) =>
    (await processesOf(await hello.container(service))).filter((words) => words.includes('sleep 4321'))
  const begin = async (hello: Hello, ...words: string[]) => {
    const command = hello.beginDevenv(['exec', ...words, '--', 'sh', '-c', 'echo begun; sleep 4321; echo ended'])
    await command.said(/begun/)
    return command
  }

  test.each([
    { service: 'hello', words: [] },
    { service: 'mysql', words: ['mysql'] },
  ])('ends in the container of $service without another command', async ({ service, words }) => {
    const hello = freshCheckout()
    await hello.start()
    const command = await begin(hello, ...words)
    const other = await begin(hello, ...words)
    await eventually(async () => expect(await ask('ps', '-eo', 'args')).toContain(`'${command.pid}-`))
    command.signal('SIGKILL')
    // The sleep and the shell around it, of the other one.
    await eventually(async () => expect(await sleepersIn(hello, service)).toHaveLength(2))
    other.signal('SIGTERM')
    expect((await other.ended).exitCode).toBe(143)
  })

  test('at once is ended by the next start, which waits for nobody', async () => {
    const hello = freshCheckout()
    await hello.start()
    const command = await begin(hello)
    command.signal('SIGKILL')
    await command.ended
    await hello.start()
    expect(await sleepersIn(hello, 'hello')).toEqual([])
  })
})

describe('what start --dry-run prints', () => {
  const planOf = async (hello: Hello) => succeeded(await hello.devenv('start', '--dry-run')).stdout

  test('is each step with its cause; it changes nothing, and start does exactly these', async () => {
    const hello = freshCheckout()
    expect(await planOf(hello)).toMatch(
      /create +mysql, redis, hello: not created yet\n.*start +mysql, redis, hello: .*new\n.*enter +hello: .*\nwait +mysql: migrations needs it\nprovision +migrations: not done yet\nwait +redis: hello needs it\nkeep-seed +mysql-8\.4: .*\nrelease +all of hello: /,
    )
    expect(await hello.containers()).toEqual([])
    expect(existsSync(join(hello.path, '.dev'))).toBe(false)
    await hello.start()
    expect(await planOf(hello)).toBe('Nothing to do: everything runs as it should.\n')

    await hello.write('hello/migrations/0098_more.sql', 'ALTER TABLE greetings ADD COLUMN more INT;\n')
    expect(await planOf(hello)).toBe('provision  migrations: hello/migrations/0098_more.sql is new\n')
    await ask('docker', 'stop', (await hello.container('redis')).id)
    const json = JSON.parse(succeeded(await hello.devenv('start', '--dry-run', '--json')).stdout)
    expect(json.map(({ do: what, on }: { do: string; on: string[] }) => `${what} ${on.join()}`)).toEqual([
      'open-store redis-7',
      'start redis',
      'provision migrations',
      'wait redis',
      'restart-programs hello',
    ])
    const { stderr } = await hello.start()
    expect(stderr).toContain('• migrations: hello/migrations/0098_more.sql is new')
    expect(await planOf(hello)).toBe('Nothing to do: everything runs as it should.\n')
  })
})

test('an update of the package is told once, with what it changes, also by start --dry-run', async () => {
  const hello = freshCheckout()
  const folder = join(hello.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true })
  hello.env.DEVENV_PACKAGE = folder
  const edit = (file: string, ...change: [string, string]) =>
    writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').replace(...change))
  expect((await hello.start()).stderr).not.toContain('@devenv/hello')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

  edit('package.json', `"version": "${version}"`, '"version": "9.1.0"')
  edit('compose.yaml', 'run: python3 -m hello.migrate', 'run: python3 -B -m hello.migrate')
  writeFileSync(
    join(folder, 'CHANGELOG.md'),
    '## 9.1.0 (2026-01-31)\n\n### Features\n\n- **hello:** it greets louder\n',
  )
  const note = [
    `devenv: @devenv/hello is 9.1.0 now, after ${version}`,
    '  image: the same',
    '  data: these steps are due: migrations',
    '  @devenv/hello 9.1.0: hello: it greets louder',
    '',
  ].join('\n')
  for (const _ of ['it changes nothing', 'so it is told again'])
    expect(succeeded(await hello.devenv('start', '--dry-run')).stdout).toContain(note)
  expect((await hello.start()).stderr).toContain(note)
  edit('compose.yaml', '-B -m', '-m')
  const after = await hello.devenv('start', '--dry-run')
  expect(after.stdout).toContain('@devenv/hello 9.1.0 has other files than at the last start')
  edit('compose.yaml', '-m hello', '-B -m hello')
  expect((await hello.start()).stderr).not.toContain('@devenv/hello')
})

test('devenv provision carries out the steps again after other data were loaded', async () => {
  const hello = freshCheckout()
  await hello.start()
  const mysql = await hello.container('mysql')
  await inside(mysql, 'mysql', '-uhello', '-phello', 'hello', '-e', 'DROP TABLE greetings, migrations')
  succeeded(await hello.devenv('provision', 'migrations'))
  expect(await columnsOf(hello)).not.toBe('')
  expect((await hello.get('/')).status).toBe(200)
  const refused = await hello.devenv('provision', 'migration')
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toMatch(/steps-unknown[\s\S]*It has: migrations/)
})

describe('a command in a container that has to be replaced', () => {
  const hello = started(new Hello())
  let count = 0
  /** With a command in its container, and then another configuration. */
  const busy = async () => {
    await hello.start()
    await rm(join(hello.path, 'let-go'), { force: true })
    const command = hello.beginDevenv([
      'exec',
      '--',
      'sh',
      '-c',
      'echo begun; until [ -e let-go ]; do sleep 0.05; done',
    ])
    await command.said(/begun/)
    await mkdir(join(hello.path, 'devenv'), { recursive: true })
    const greeting = `changed-${++count}`
    await hello.write('devenv/compose.yaml', `services: { hello: { environment: { GREETING: ${greeting} } } }\n`)
    return { command, greeting, before: (await hello.container('hello')).id }
  }

  test('is waited for', async () => {
    const { command, before } = await busy()
    const starting = hello.beginDevenv(['start'])
    await starting.said(/wait for commands: hello changed \(.*\), and sh -c .* runs in its container/)
    expect((await hello.container('hello')).id).toBe(before)
    await hello.write('let-go', '')
    expect((await command.ended).exitCode).toBe(0)
    expect((await starting.ended).exitCode).toBe(0)
    expect((await hello.container('hello')).id).not.toBe(before)
  })

  test('is ended by --now, and told why', async () => {
    const { command, before } = await busy()
    succeeded(await hello.devenv('start', '--now'))
    expect((await hello.container('hello')).id).not.toBe(before)
    const { exitCode, stderr } = await command.ended
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('the container of this command ended under it')
  })

  test('is ended by watch --now as well', async () => {
    const { command, before } = await busy()
    await hello.beginDevenv(['watch', '--now']).said(/http:\/\/localhost:\d+/)
    expect((await hello.container('hello')).id).not.toBe(before)
    expect((await command.ended).exitCode).not.toBe(0)
  })

  test('is asked about on a terminal, and only the answer to end it ends it', async () => {
    const { command, before } = await busy()
    const askedBy = async (typed: string, verb = 'start') => {
      const starting = hello.beginDevenv([verb], { terminal: true })
      await starting.said(/end them now \(e\)/)
      expect(starting.written()).toMatch(/hello changed \(.*\), and sh -c .* runs in its container/)
      starting.type(typed)
      return starting
    }
    for (const leave of ['c\n', '\u0003', '\u0004']) expect((await (await askedBy(leave)).ended).exitCode).toBe(130)
    const waiting = await askedBy('\n', 'watch')
    await waiting.said(/wait for commands/)
    waiting.type('\u0003')
    expect((await waiting.ended).exitCode).toBe(130)
    expect((await hello.container('hello')).id).toBe(before)

    expect((await (await askedBy('e\n')).ended).exitCode).toBe(0)
    expect((await hello.container('hello')).id).not.toBe(before)
    expect((await command.ended).exitCode).not.toBe(0)
  })

  test('is waited for where a person answers so, and the shell that asked then reads from the same terminal', async () => {
    const { command, greeting, before } = await busy()
    await ask('docker', 'stop', (await hello.container('mysql')).id)
    const shell = hello.beginDevenv(['shell'], { terminal: true })
    await shell.said(/end them now \(e\)/)
    shell.type('\n')
    await shell.said(/wait for commands/)
    await hello.write('let-go', '')
    expect((await command.ended).exitCode).toBe(0)
    await shell.said(/app\/hello[#$] $/)
    shell.type('echo "greeting=$GREETING"; exit 7\n')
    await shell.said(new RegExp(`^greeting=${greeting}`, 'm'))
    expect((await shell.ended).exitCode).toBe(7)
    expect((await hello.container('hello')).id).not.toBe(before)
  })
})
