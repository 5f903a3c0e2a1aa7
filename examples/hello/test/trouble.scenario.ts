import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Checkout, eventually, succeeded } from '../../../tools/scenarios/checkout.js'
import { inside, processesOf } from '../../../tools/scenarios/engine.js'
import { ask } from '../../../tools/scenarios/run.js'
import { freshCheckout, PACKAGE } from './checkout.js'

/** A copy of hello's environment package, for this checkout alone. */
function ownPackage(hello: Checkout): string {
  const folder = join(hello.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true })
  hello.env.DEVENV_PACKAGE = folder
  return folder
}

const replaceIn = (file: string, from: string | RegExp, to: string) => {
  const text = readFileSync(file, 'utf8')
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`${file} does not hold ${from}`)
  writeFileSync(file, changed)
}

describe('what cannot work is refused, with a reason, and leaves nothing', () => {
  const refused = async (hello: Checkout, code: string, ...words: readonly string[]) => {
    const { exitCode, stdout, stderr } = await hello.devenv(...(words.length > 0 ? words : ['start']))
    expect(stderr.split('\n')).toContain(code)
    expect(stderr).toMatch(/^ {2}what /m)
    expect(stderr).toMatch(/^ {2}fix /m)
    expect(stderr, 'no trace of our own code').not.toMatch(/^ +at .*:\d+:\d+/m)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(existsSync(join(hello.path, '.dev'))).toBe(false)
    return stderr
  }

  test.each(['start', 'watch', 'shell', 'status', 'clean', 'list'])('no engine: %s', async (command) => {
    const hello = freshCheckout()
    hello.env.DOCKER_HOST = `unix://${hello.folder}/no-engine.sock`
    expect(await refused(hello, 'engine-missing', command)).toContain(`${hello.folder}/no-engine.sock`)
  })

  test('no engine: dev.greet fails as make does', async () => {
    const hello = freshCheckout()
    hello.env.DOCKER_HOST = `unix://${hello.folder}/no-engine.sock`
    const { exitCode, stderr } = await hello.make('dev.greet')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('engine-missing')
  })

  test('an engine on another machine', async () => {
    const hello = freshCheckout()
    hello.env.DOCKER_HOST = 'tcp://engine.example.com:2376'
    expect(await refused(hello, 'engine-remote')).toContain('engine.example.com')
  })

  test('an old Compose', async () => {
    const hello = freshCheckout()
    const plugins = join(hello.folder, 'docker/cli-plugins')
    mkdirSync(plugins, { recursive: true })
    const metadata = JSON.stringify({ SchemaVersion: '0.1.0', Vendor: 'Docker Inc.', Version: 'v2.10.2' })
    const script = [
      '#!/bin/sh',
      `[ "$1" != docker-cli-plugin-metadata ] || { echo '${metadata}'; exit; }`,
      'echo 2.10.2',
      '',
    ]
    writeFileSync(join(plugins, 'docker-compose'), script.join('\n'))
    chmodSync(join(plugins, 'docker-compose'), 0o755)
    hello.env.DOCKER_CONFIG = join(hello.folder, 'docker')
    expect(await refused(hello, 'compose-old')).toContain('2.10.2')
  })

  test('a folder that is no checkout of this service', async () => {
    const hello = freshCheckout()
    await ask('rm', '-r', join(hello.path, 'hello'))
    expect(await refused(hello, 'checkout-unrecognised')).toContain('hello/web.py')
  })

  test('a checkout that is not there', async () => {
    const hello = freshCheckout()
    const missing = join(hello.folder, 'not there')
    expect(await refused(hello, 'checkout-missing', 'start', `--checkout=${missing}`)).toContain(missing)
    expect(existsSync(missing)).toBe(false)
  })

  test('a package that is not there', async () => {
    const hello = freshCheckout()
    hello.env.DEVENV_PACKAGE = join(hello.folder, 'no-package')
    await refused(hello, 'package-missing')
    hello.env.DEVENV_PACKAGE = undefined
    await refused(hello, 'package-unknown')
  })

  test('a package that breaks rules: all of them at once, each with file and line', async () => {
    const hello = freshCheckout()
    const folder = ownPackage(hello)
    const compose = join(folder, 'compose.yaml')
    const web = join(folder, 'image/supervisor/web.conf')
    const worker = join(folder, 'image/supervisor/worker.conf')
    const ignore = join(folder, 'Dockerfile.dockerignore')
    replaceIn(compose, /library\/redis:\S+/, 'library/redis')
    replaceIn(compose, 'stores: [mysql]', 'stores: [postgres]')
    replaceIn(
      compose,
      '    ports: ["8000"]',
      '    ports: ["0.0.0.0:8000:8000"]\n    command: [gunicorn]\n    user: "1000"\n    container_name: hello',
    )
    replaceIn(web, /^command=.*$/m, 'command=gunicorn hello.web:app')
    appendFileSync(worker, 'stdout_logfile=/tmp/worker.log\n')
    replaceIn(ignore, /^\*\n/m, '')

    const { exitCode, stdout } = await hello.devenv('check', '--json')
    expect(exitCode).toBe(1)
    const problems = JSON.parse(stdout) as { rule: string; place: { file: string; line?: number } }[]
    const found = problems.map(({ rule, place: { file, line } }) => ({
      rule,
      file,
      text: readFileSync(file, 'utf8').split('\n')[(line ?? 0) - 1],
    }))
    const breach = (rule: string, file: string, text: RegExp) => ({ rule, file, text: expect.stringMatching(text) })
    const wanted = [
      breach('official-images', compose, /image: .*redis$/),
      breach('runs-under-supervisor', compose, /command: \[gunicorn\]/),
      breach('logs-to-stdout', web, /command=gunicorn|\[program:web\]/),
      breach('logs-to-stdout', worker, /stdout_logfile|\[program:worker\]/),
      breach('image-by-digest', ignore, /./),
      breach('steps-name-services', compose, /- name: migrations/),
      breach('loopback-only', compose, /ports: /),
      breach('takes-nothing-of-others', compose, /container_name: hello/),
      breach('owner-is-mapped', compose, /user: "1000"/),
    ]
    for (const one of wanted) expect(found).toContainEqual(one)
    expect(found).toHaveLength(wanted.length)

    const { stderr } = await hello.devenv('start')
    for (const { place } of problems) expect(stderr).toContain(`${place.file}:${place.line}`)
    expect(await hello.containers()).toEqual([])
  })

  test('a compose.yaml that is no YAML, and an x-devenv that says what it may not', async () => {
    const hello = freshCheckout()
    const compose = join(ownPackage(hello), 'compose.yaml')
    const right = readFileSync(compose, 'utf8')
    const lineOf = (text: string) =>
      readFileSync(compose, 'utf8')
        .split('\n')
        .findIndex((line) => line.includes(text)) + 1
    writeFileSync(compose, right.replace('  primary: hello', '  primry: hello\n  recognized-by: []'))
    const misspelt = await hello.devenv('start')
    expect(misspelt.stderr).toContain('definition-invalid')
    expect(misspelt.stderr).toContain(`${compose}:${lineOf('primry')}`)
    expect(misspelt.stderr).toContain(`${compose}:${lineOf('recognized-by')}`)
    writeFileSync(compose, right.replace('services:', 'services: ['))
    const broken = await hello.devenv('start')
    expect(broken.exitCode).toBe(1)
    expect(broken.stderr).toContain('definition-unreadable')
    expect(broken.stderr).toMatch(/compose\.yaml:\d+/)
  })
})

const hubAnswers = await fetch('https://registry-1.docker.io/v2/', { signal: AbortSignal.timeout(5000) }).then(
  () => true,
  () => false,
)

test.skipIf(hubAnswers)('where Docker Hub cannot be reached, nothing else is taken by itself', async () => {
  const hello = freshCheckout()
  hello.env.DEVENV_MIRROR = undefined
  const { exitCode, stderr } = await hello.devenv('start')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('image-unavailable')
  expect(stderr).toContain('docker.io/library/')
  expect(stderr).toContain('DEVENV_MIRROR')
  expect(await hello.containers()).toEqual([])
})

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

  // The command in the container outlives the client that began it. MySQL takes back no change of a table, so what the
  // step had changed is there when it is run again.
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s in the middle of a step leaves none of it at work beside the next start, which goes on behind what it changed',
    async (signal) => {
      const hello = freshCheckout()
      const slow = 'hello/migrations/0099_slow.sql'
      await hello.write(slow, 'ALTER TABLE greetings ADD COLUMN slow INT;\nSELECT SLEEP(600);\n')
      const migrating = async () =>
        (await processesOf(await hello.container('hello'))).some((words) => words.includes('hello.migrate'))
      const sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'greetings'"
      const columns = async () =>
        await inside(await hello.container('mysql'), 'mysql', '-uhello', '-phello', '--batch', 'hello', '-e', sql)
      const first = hello.beginDevenv(['start'])
      await eventually(async () => expect(await columns()).toContain('slow'), 120)
      first.signalAll(signal)
      await first.ended
      expect(await migrating()).toBe(signal === 'SIGKILL')
      await hello.write(slow, 'ALTER TABLE greetings ADD COLUMN slow INT;\n')
      await hello.start()
      expect(await migrating()).toBe(false)
      expect(await columns()).toContain('slow')
      expect((await hello.get('/')).status).toBe(200)
    },
  )

  test('and two that are begun at once bring up one', async () => {
    const hello = freshCheckout()
    const outcomes = await Promise.all([hello.devenv('start'), hello.make('dev.greet'), hello.devenv('start')])
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    expect((await hello.containers()).map(({ service }) => service).sort()).toEqual(['hello', 'mysql', 'redis'])
    expect((await hello.get('/')).status).toBe(200)
  })
})
