import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Archive,
  blobPath,
  readArchive,
  writeArchive,
} from '../../../packages/core/src/environment/data/archive.js'
import { eventually, succeeded } from '../../../tools/scenarios/checkout.js'
import { freshCheckout, Hello } from './checkout.js'

const seedsOf = (hello: Hello): Archive[] => {
  const folder = join(hello.folder, 'cache/devenv/seeds/hello')
  return existsSync(folder) ? readdirSync(folder).map((name) => readArchive(join(folder, name))) : []
}

/** Another clone of the same person, on the same machine. */
function neighbour(of: Hello): Hello {
  const hello = freshCheckout()
  hello.env.XDG_CACHE_HOME = join(of.folder, 'cache')
  return hello
}

/** Somebody's cache, with the one seed of hello as it is. */
const cache = mkdtempSync(join(tmpdir(), 'devenv-cache-'))
beforeAll(async () => {
  const first = new Hello()
  first.env.XDG_CACHE_HOME = cache
  try {
    await first.start()
  } finally {
    await first.remove()
  }
})
afterAll(() => rmSync(cache, { recursive: true, force: true }))

/** A fresh clone where an earlier one has left a seed. */
function seeded(): Hello {
  const hello = freshCheckout()
  cpSync(cache, join(hello.folder, 'cache'), { recursive: true })
  return hello
}

const ledgerOf = async (hello: Hello) =>
  JSON.parse(await hello.read('.dev/devenv/stores/mysql-8.4/ledger.json')) as Record<string, unknown>

test('a second clone starts from what the first one’s steps have made, and carries out none', async () => {
  const first = freshCheckout()
  await first.start()
  expect(seedsOf(first)).toHaveLength(1)
  await first.greet('Only here')

  const second = neighbour(first)
  const { stdout } = succeeded(await second.devenv('start', '--dry-run'))
  expect(stdout).toContain('load        mysql-8.4: ready data, exactly what the steps would make')
  expect(stdout).not.toMatch(/^provision /m)
  await second.start()
  // Beside what was done: from which archive they came.
  expect(await ledgerOf(second)).toMatchObject(await ledgerOf(first))
  await second.greet('Somebody')
  expect(await second.greeted()).toEqual(['Somebody'])
  expect(seedsOf(first)).toHaveLength(1)
})

test('a branch with one more migration starts from the nearest, applies that one, and leaves a seed; one without it does not take that', async () => {
  const main = seeded()
  const branch = neighbour(main)
  await branch.write('hello/migrations/0003_tags.sql', 'CREATE TABLE tags (name VARCHAR(80) PRIMARY KEY);')
  const { stderr } = await branch.start()
  expect(stderr).toContain('it is the nearest: it lacks hello/0003_tags')
  expect(stderr).toContain('applying 0003_tags')
  expect(stderr).not.toContain('applying 0001')
  expect(seedsOf(main)).toHaveLength(2)

  const again = succeeded(await main.devenv('start')).stderr
  expect(again).toContain('ready data, exactly what the steps would make')
  await main.edit('hello/migrations/0001_greetings.sql', 'CREATE TABLE', '-- changed\nCREATE TABLE')
  succeeded(await main.devenv('clean', '--yes'))
  // Both seeds hold another migration of that name.
  expect((await main.start()).stderr).toContain('applying 0001_greetings')
})

test('DEVENV_SEEDS=none has steps make all of it', async () => {
  const hello = seeded()
  const outcome = succeeded(await hello.run(['node', ...hello.words('start')], { env: { DEVENV_SEEDS: 'none' } }))
  expect(outcome.stderr).toContain('applying 0001_greetings')
})

test('a damaged seed is told, removed, and done without', async () => {
  const hello = seeded()
  const [seed] = seedsOf(hello)
  if (seed === undefined) throw new Error('there is no seed')
  writeFileSync(blobPath(seed.folder, seed.blobs['mysql-8.4']?.digest ?? ''), 'rot')
  const { stderr } = await hello.start()
  expect(stderr).toMatch(/is damaged\. devenv removes this seed and does without it/)
  expect(stderr).toContain('applying 0001_greetings')
  expect((await hello.get('/')).status).toBe(200)
  // What was made in its place is whole.
  expect(seedsOf(hello)).toHaveLength(1)
})

test('a seed whose server does not take its data is done without', async () => {
  const hello = seeded()
  const [seed] = seedsOf(hello)
  if (seed === undefined) throw new Error('there is no seed')
  const broken = 'CREATE TABLE nowhere.a (b INT);'
  await writeArchive(seed.folder, seed.description, { 'mysql-8.4': async (out) => void out.write(broken) })
  const { stderr } = await hello.start()
  expect(stderr).toMatch(/did not take the data\. devenv removes this seed/)
  expect((await hello.get('/')).status).toBe(200)
})

test('a seed may tell of more than it holds: once its data are seen not to serve, every step is carried out', async () => {
  const hello = seeded()
  const [seed] = seedsOf(hello)
  if (seed === undefined) throw new Error('there is no seed')
  await writeArchive(seed.folder, seed.description, { 'mysql-8.4': async (out) => void out.write('SELECT 1;') })
  // So that nobody waits for long.
  await hello.run(['mkdir', '-p', 'devenv'])
  const healthcheck = { interval: '1s', retries: 1, start_period: '3s' }
  await hello.write('devenv/compose.yaml', JSON.stringify({ services: { hello: { healthcheck } } }))
  const first = await hello.devenv('start')
  expect(first.exitCode).toBe(1)
  expect(first.stderr).toContain('not-healthy')
  expect((await hello.start()).stderr).toContain('applying 0001_greetings')
  expect((await hello.get('/')).status).toBe(200)
})

test('a step that fails on data that a seed told of has every step carried out in the same start', async () => {
  const hello = freshCheckout()
  await hello.run(['mkdir', '-p', 'devenv'])
  const welcome = 'from hello import database\nwith database.cursor() as c: c.execute("SELECT 1 FROM greetings")'
  const migrations = {
    name: 'migrations',
    run: ['python3', '-m', 'hello.migrate'],
    needs: ['mysql'],
    when: { files: ['hello/migrations/*.sql'], stores: ['mysql'] },
  }
  const asked = (about: string) => ({
    name: 'welcome',
    run: ['python3', '-c', `${welcome} # ${about}`],
    when: { stores: ['mysql'] },
  })
  const provide = (about: string) =>
    hello.write(
      'devenv/compose.yaml',
      JSON.stringify({ services: {}, 'x-devenv': { provision: [migrations, asked(about)] } }),
    )
  await provide('first')
  await hello.start()
  succeeded(await hello.devenv('clean', '--yes'))
  const [seed] = seedsOf(hello)
  if (seed === undefined) throw new Error('there is no seed')
  await writeArchive(seed.folder, seed.description, { 'mysql-8.4': async (out) => void out.write('SELECT 1;') })
  await provide('second')
  const { stderr } = await hello.start()
  expect(stderr).toContain('devenv carries out every step itself')
  expect(stderr).toContain('applying 0001_greetings')
  expect((await hello.get('/')).status).toBe(200)
})

test.each([
  { when: 'its data are loaded', line: /data of mysql: ready data, exactly/, from: 'a seed' },
  { when: 'it is kept', line: /keep a seed/, from: 'nothing' },
])('a start that is killed when $when is followed by one that ends well', async ({ line, from }) => {
  const hello = from === 'nothing' ? freshCheckout() : seeded()
  const start = hello.beginDevenv(['start'])
  await start.said(line)
  start.signal('SIGKILL')
  await start.ended
  await hello.start()
  await hello.greet('After it')
  expect(await hello.greeted()).toEqual(['After it'])
  expect(Object.keys((await ledgerOf(hello)).steps as object)).toEqual(['migrations'])
})

test('two clones that start at once both end well, and leave one seed', async () => {
  const one = freshCheckout()
  const other = neighbour(one)
  await Promise.all([one.start(), other.start()])
  expect(seedsOf(one)).toHaveLength(1)
  for (const hello of [one, other]) await hello.greet('Both')
})

test('a start that cannot keep a seed says so, and ends well', async () => {
  const hello = freshCheckout()
  hello.env.XDG_CACHE_HOME = '/proc/nowhere'
  const { stderr } = await hello.start()
  expect(stderr).toContain('devenv keeps no seed of these data')
  await eventually(async () => expect((await hello.get('/')).status).toBe(200))
})

test('`devenv data` names the seeds that this machine keeps', async () => {
  const hello = seeded()
  const listed = JSON.parse(succeeded(await hello.devenv('data', 'list', '--json')).stdout)
  expect(listed.seeds).toMatchObject([{ description: { service: 'hello' } }])
  expect(await readFile(join(listed.seeds[0].folder, 'oci-layout'), 'utf8')).toContain('1.0.0')
})
