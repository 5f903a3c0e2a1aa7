import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { shared, succeeded } from '../../../tools/scenarios/checkout.js'
import { freshCheckout, Hello } from './checkout.js'
import { freshRegistry, type LoopbackRegistry, sharedRegistry } from './registry.js'

const DATA = 'devenv/hello-data'
/** A part of a seed on its way into a registry. */
const UPLOADED = /^PUT .*\/blobs\/uploads\//
/** A migration that makes something else each time: whoever has the same has the same data. */
const MARK = 'CREATE TABLE marks AS SELECT UUID() AS mark;\n'

/** A checkout with the mark, on a machine that has no seed, with this registry. */
async function prepare(hello: Hello, registry: LoopbackRegistry): Promise<void> {
  hello.env.DEVENV_REGISTRY = registry.host
  await hello.write('hello/migrations/0090_mark.sql', MARK)
}

async function onAnotherMachine(registry: LoopbackRegistry): Promise<Hello> {
  const hello = freshCheckout()
  await prepare(hello, registry)
  return hello
}

async function sql(hello: Hello, query: string): Promise<string> {
  const words = ['exec', 'mysql', '--', 'mysql', '-uroot', '-pdevenv', '--batch', '--skip-column-names', 'hello', '-e']
  return succeeded(await hello.devenv(...words, query)).stdout.trim()
}
const markOf = (hello: Hello) => sql(hello, 'SELECT mark FROM marks')
const seedsOf = (hello: Hello) => readdirSync(join(hello.folder, 'cache/devenv/seeds/hello')).sort()

const registry = sharedRegistry()
/** Where the seed comes from. */
const origin = shared(new Hello(), async (hello) => {
  await prepare(hello, registry)
  await hello.start()
})
let mark = ''
beforeAll(async () => {
  mark = await markOf(origin)
})

describe('a seed in the registry', () => {
  test('is published as it is on this machine, and once', async () => {
    const planned = succeeded(await origin.devenv('data', 'publish', '--dry-run')).stdout
    expect(planned).toMatch(/^push +localhost:\d+\/devenv\/hello-data:steps-\S+ +\(the registry does not have it\)$/m)
    expect(await registry.tags(DATA)).toEqual([])
    succeeded(await origin.devenv('data', 'publish'))
    const tags = seedsOf(origin).map((name) => `steps-${name}`)
    expect(await registry.tags(DATA)).toEqual(tags)
    const digest = await registry.digest(DATA, tags[0] ?? '')
    expect(succeeded(await origin.devenv('data', 'publish')).stdout).toContain('Nothing to do.')
    expect(await registry.digest(DATA, tags[0] ?? '')).toBe(digest)
  })

  test('is taken where there is none, and no step runs', async () => {
    const other = await onAnotherMachine(registry)
    expect(succeeded(await other.devenv('start', '--dry-run')).stdout).toMatch(
      /^pull-seed +localhost:\d+\/devenv\/hello-data:steps-/m,
    )
    await other.start()
    expect(await markOf(other)).toBe(mark)
    expect(seedsOf(other)).toEqual(seedsOf(origin))
  })

  test('of a release is taken where it is the nearest, and the rest is done', async () => {
    const [tag = ''] = await registry.tags(DATA)
    await registry.tag(DATA, tag, 'ulmo.1')
    const other = await onAnotherMachine(registry)
    await other.write('hello/migrations/0091_more.sql', 'CREATE TABLE more (id INT);\n')
    await other.start()
    expect(await markOf(other)).toBe(mark)
    expect(await sql(other, "SHOW TABLES LIKE 'more'")).toBe('more')
  })

  test('is left alone by who wants none', async () => {
    const other = await onAnotherMachine(registry)
    other.env.DEVENV_SEEDS = 'none'
    await other.start()
    expect(await markOf(other)).not.toBe(mark)
    expect(seedsOf(other)).toEqual(seedsOf(origin))
  })

  test('that nobody made here is not published', async () => {
    const other = await onAnotherMachine(await freshRegistry())
    const { exitCode, stderr } = await other.devenv('data', 'publish')
    expect({ exitCode, code: stderr.split('\n')[0] }).toEqual({ exitCode: 1, code: 'seed-missing' })
  })
})

describe('a start without its registry ends well', () => {
  const published = async (): Promise<LoopbackRegistry> => {
    const own = await freshRegistry()
    succeeded(await origin.run(['node', ...origin.words('data', 'publish')], { env: { DEVENV_REGISTRY: own.host } }))
    return own
  }

  test('where the data there are damaged', async () => {
    const own = await published()
    await own.damage(DATA, (await own.tags(DATA))[0] ?? '')
    const other = await onAnotherMachine(own)
    const { stderr } = await other.start()
    expect(stderr).toContain('devenv does without it')
    expect(await markOf(other)).not.toBe(mark)
  })

  test('where it is not there', async () => {
    const other = freshCheckout()
    await prepare(other, registry)
    other.env.DEVENV_REGISTRY = 'localhost:1'
    await other.start()
    expect(await markOf(other)).not.toBe(mark)
  })

  test('where it goes away in the middle', async () => {
    const own = await published()
    const other = await onAnotherMachine(own)
    const { asked, release } = own.hold(/^GET .*hello-data\/blobs\//)
    const starting = other.beginDevenv(['start'])
    await asked
    await own.kill()
    release()
    expect((await starting.ended).exitCode).toBe(0)
    expect(await markOf(other)).not.toBe(mark)
  })
})

describe('publishing that was interrupted', () => {
  test('killed while it pushes, leaves no tag, and is ended by the next', async () => {
    const own = await freshRegistry()
    const { asked, release } = own.hold(UPLOADED)
    const env = { DEVENV_REGISTRY: own.host }
    const publishing = origin.beginDevenv(['data', 'publish'], { env })
    onTestFinished(() => publishing.kill())
    await asked
    publishing.signalAll('SIGKILL')
    await publishing.ended
    release()
    expect(await own.tags(DATA)).toEqual([])
    succeeded(await origin.run(['node', ...origin.words('data', 'publish')], { env }))
    expect(await own.tags(DATA)).toEqual(
      await registry.tags(DATA).then((tags) => tags.filter((tag) => tag !== 'ulmo.1')),
    )
  })
})
