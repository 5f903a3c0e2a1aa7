import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Checkout, CORE } from '../../../tools/scenarios/checkout.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { freshCheckout, PACKAGE } from './checkout.js'
import { pushBase } from './monorepo.js'
import { freshRegistry } from './registry.js'

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
    const worker = join(folder, 'image/supervisor/worker.conf')
    const ignore = join(folder, 'Dockerfile.dockerignore')
    replaceIn(compose, /library\/redis:\S+/, 'library/redis')
    replaceIn(compose, 'stores: [mysql]', 'stores: [postgres]')
    replaceIn(
      compose,
      '    ports: ["8000"]',
      '    ports: ["0.0.0.0:8000:8000"]\n    command: [gunicorn]\n    user: "1000"\n    container_name: hello',
    )
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

  test('a host that a build needs and nobody answers for, and a port that is taken: both before anything is built', async () => {
    const hello = freshCheckout()
    const folder = ownPackage(hello)
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    replaceIn(join(folder, 'compose.yaml'), 'ports: ["8000"]', `ports: ["127.0.0.1:${port}:8000"]`)
    replaceIn(
      join(folder, 'compose.yaml'),
      '  provision:',
      '  hosts: { "localhost:1": { because: packages come from there, unless: { PACKAGES: skip } } }\n  provision:',
    )
    // An image that nobody has.
    appendFileSync(join(folder, 'Dockerfile'), `LABEL test="${hello.folder}"\n`)
    const { exitCode, stderr } = await hello.devenv('start')
    expect(exitCode).toBe(1)
    for (const said of ['host-unreachable', 'localhost:1 does not answer', 'port-taken', `port ${port}`])
      expect(stderr).toContain(said)
    expect(await hello.containers()).toEqual([])
    const offline = await hello.devenv('start', '--offline')
    expect(offline.stderr).not.toContain('host-unreachable')
  })

  test('a health check of a checkout’s own that asks a program and a port which nobody declares', async () => {
    const hello = freshCheckout()
    const test = ['CMD', '/opt/devenv/bin/answers', 'wbe=http://localhost:8080/health/']
    mkdirSync(join(hello.path, 'devenv'))
    await hello.write('devenv/compose.yaml', `services:\n  hello:\n    healthcheck: ${JSON.stringify({ test })}\n`)
    const { exitCode, stdout, stderr } = await hello.devenv('start')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(`${join(hello.path, 'devenv/compose.yaml')}:3`)
    expect(stderr).toContain('Did you mean web? Name one of: web, worker.')
    expect(stderr).toContain('asks port 8080')
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
    writeFileSync(compose, right.replace('x-devenv:', 'x-devenv:\n  primry: hello\n  recognized-by: []'))
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

/** Served by a mirror, and by nobody else: no Docker Hub has it. */
const ONLY_THERE = 'library/base:1'

test('in a folder that was removed, devenv says so and ends', async () => {
  const hello = freshCheckout()
  const gone = join(hello.folder, 'gone')
  mkdirSync(gone)
  const inIt = `cd "$1" && rmdir "$1" && exec node "$2" status`
  const { exitCode, stderr } = await run(['sh', '-c', inIt, 'sh', gone, join(CORE, 'bin/devenv.js')])
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/^folder-gone\n {2}what .*gone\n/),
  })
})

test('an old Compose is named where it refuses our files', async () => {
  const hello = freshCheckout()
  const plugins = join(hello.folder, 'docker/cli-plugins')
  mkdirSync(plugins, { recursive: true })
  const metadata = JSON.stringify({ SchemaVersion: '0.1.0', Vendor: 'Docker Inc.', Version: 'v2.10.2' })
  const script = [
    '#!/bin/sh',
    `[ "$1" != docker-cli-plugin-metadata ] || { echo '${metadata}'; exit; }`,
    `case " $* " in *" version "*) echo 2.10.2; exit;; esac`,
    'echo "services.hello.healthcheck Additional property start_interval is not allowed" >&2; exit 15',
    '',
  ]
  writeFileSync(join(plugins, 'docker-compose'), script.join('\n'))
  chmodSync(join(plugins, 'docker-compose'), 0o755)
  hello.env.DOCKER_CONFIG = join(hello.folder, 'docker')
  const { exitCode, stdout, stderr } = await hello.devenv('start')
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toMatch(/^compose-old\n {2}what .*2\.10\.2.*\n {2}why .*\n {2}fix .*\n$/)
  expect(await hello.containers()).toEqual([])
})

test('what only another than Docker Hub serves is not taken from there by itself', async () => {
  const registry = await freshRegistry()
  await pushBase(registry.host, ONLY_THERE)
  const hello = freshCheckout()
  const folder = ownPackage(hello)
  replaceIn(join(folder, 'compose.yaml'), /library\/mysql:\S+/, ONLY_THERE)
  replaceIn(join(folder, 'compose.yaml'), /library\/redis:\S+/, ONLY_THERE)
  replaceIn(join(folder, 'Dockerfile'), /library\/debian:\S+/, ONLY_THERE)
  hello.env.DEVENV_MIRROR = undefined
  const { exitCode, stderr } = await hello.devenv('start')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('image-unavailable')
  expect(stderr).toContain(`docker.io/${ONLY_THERE}`)
  expect(stderr).toContain('DEVENV_MIRROR')
  expect(await hello.containers()).toEqual([])
})
