import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fresh, get, shared, succeeded } from '../../../tools/scenarios/checkout.js'
import { containersBelow, inside } from '../../../tools/scenarios/engine.js'
import { ask } from '../../../tools/scenarios/run.js'
import { Hello, PACKAGE } from './checkout.js'
import { expectTold, Guestbook, idsOf, pageOf } from './guestbook.js'
import { git } from './monorepo.js'
import { sharedRegistry } from './registry.js'

const NAMED = 'hello@hello.1'
/** A migration that makes something else each time: whoever has the same has the same data. */
const MARK = 'CREATE TABLE marks AS SELECT UUID() AS mark;\n'

const MYSQL = ['mysql', '-uroot', '-pdevenv', '--batch', '--skip-column-names', 'hello', '-e']

const registry = sharedRegistry()

/** Somebody else's checkout of hello, whose package declares one release; image, snapshot and data of that are published. */
const publisher = shared(new Hello(), async (hello) => {
  await hello.write('hello/migrations/0090_mark.sql', MARK)
  await hello.commitToGit()
  await git(hello.path, 'tag', 'release/hello.1')
  hello.env.DEVENV_PACKAGE = packageOf(hello)
  declareRelease(packageOf(hello), `file://${hello.path}`)
  hello.env.DEVENV_REGISTRY = registry.host
  succeeded(await hello.devenv('lock'))
  succeeded(await hello.devenv('publish'))
  await hello.start()
  succeeded(await hello.devenv('data', 'publish'))
})
const packageOf = (hello: Hello): string => join(hello.folder, 'environment')

function declareRelease(folder: string, repository: string): void {
  cpSync(PACKAGE, folder, { recursive: true })
  const compose = readFileSync(join(folder, 'compose.yaml'), 'utf8')
  const releases = `x-devenv:\n  repository: ${repository}\n  releases: { hello.1: release/hello.1 }\n`
  writeFileSync(join(folder, 'compose.yaml'), compose.replace('x-devenv:\n', releases))
}

/** Has npm's folder in `devenv/`, and in it hello's package. */
class Alone extends Guestbook {
  constructor(found = packageOf(publisher)) {
    super()
    this.env.DEVENV_REGISTRY = registry.host
    cpSync(found, join(this.path, 'devenv/node_modules/@devenv/hello'), { recursive: true })
  }

  /** hello, which has no checkout here. */
  get hello() {
    const url = async () => {
      const { beside } = JSON.parse((await this.devenv('status', '--json')).stdout)
      return beside[0].url as string
    }
    return { url, get: async (page: string) => await get(`${await url()}${page}`) }
  }

  readonly place = join(this.path, '.dev/devenv/snapshots', NAMED)

  async helloContainers() {
    return await containersBelow(this.place)
  }

  /** In hello's database. */
  async sql(query: string): Promise<string> {
    const [mysql] = (await this.helloContainers()).filter(({ service }) => service === 'mysql')
    if (mysql === undefined) throw new Error('it has no mysql')
    return await inside(mysql, ...MYSQL, query)
  }
}
const alone = (found?: string) => fresh(new Alone(found))

describe('a service without its checkout', () => {
  test('runs from its snapshot beside this one, on its seed, and is an environment like others', async () => {
    const guestbook = alone()
    const planned = succeeded(await guestbook.devenv('start', '--with', NAMED, '--dry-run')).stdout
    expect(planned).toMatch(/^pull +hello: localhost:\d+\/devenv\/hello-snapshot:hello\.1: the registry has it$/m)
    expect(planned).toMatch(/^look-again +hello: /m)
    expect(existsSync(join(guestbook.path, '.dev'))).toBe(false)

    // What the publisher's database holds no second run of the steps would make.
    const mark = await publisher.devenv('exec', 'mysql', '--', ...MYSQL, 'SELECT mark FROM marks')
    const first = succeeded(await guestbook.make('devenv.start', `WITH=${NAMED}`))
    expect(first.stdout).toContain(`beside it: hello    ${await guestbook.hello.url()}  (snapshot hello.1)`)
    await expectTold(guestbook.hello, guestbook)
    expect(await guestbook.sql('SELECT mark FROM marks')).toBe(succeeded(mark).stdout.trim())

    // Its code is that of the image: here lies only what devenv reads of it.
    const [primary] = (await guestbook.helloContainers()).filter(({ service }) => service === 'hello')
    expect(primary?.labels['org.openedx.devenv.image']).toMatch(/hello-snapshot:inputs-/)
    const mounts = await ask(
      'docker',
      'inspect',
      '--format',
      '{{range .Mounts}}{{.Destination}} {{end}}',
      primary?.id ?? '',
    )
    expect(mounts).not.toContain('/edx/app')
    expect(existsSync(join(guestbook.place, 'hello/web.py'))).toBe(true)
    expect(existsSync(join(guestbook.place, 'hello/worker.py'))).toBe(false)

    // Remembered, and left as it is.
    const ids = [...(await idsOf(guestbook)), ...(await guestbook.helloContainers()).map(({ id }) => id).sort()]
    expect(succeeded(await guestbook.devenv('start', '--dry-run')).stdout).toContain('Nothing to do')
    succeeded(await guestbook.start())
    expect([...(await idsOf(guestbook)), ...(await guestbook.helloContainers()).map(({ id }) => id).sort()]).toEqual(
      ids,
    )

    expect(succeeded(await guestbook.devenv('exec', 'hello', '--', 'pwd')).stdout.trim()).toBe('/edx/app/hello')
    await guestbook.hello.get('/health/')
    expect(succeeded(await guestbook.devenv('logs', 'hello', '--grep', 'GET /greetings/')).stdout).toContain('web |')
    expect((await guestbook.devenv('list')).stdout).toContain(`${guestbook.place}  beside guestbook`)

    expect(succeeded(await guestbook.devenv('stop')).stdout).toContain('mysql of hello')
    expect((await guestbook.helloContainers()).map(({ running }) => running)).toEqual([false, false, false])
    succeeded(await guestbook.start())
    await expectTold(guestbook.hello, guestbook)

    succeeded(await guestbook.devenv('clean'))
    expect([...(await guestbook.containers()), ...(await guestbook.helloContainers())]).toEqual([])
    expect(existsSync(join(guestbook.path, '.dev'))).toBe(false)
  })

  test('is parted from by WITH=, which leaves its data and nothing that runs', async () => {
    const guestbook = alone()
    await guestbook.giveTo(1234)
    succeeded(await guestbook.devenv('start', '--with', NAMED))
    expect(succeeded(await guestbook.devenv('exec', 'hello', '--', 'id', '-u')).stdout.trim()).toBe('1234')
    await guestbook.sql('CREATE TABLE kept (id INT)')
    const parted = succeeded(await guestbook.make('devenv.start', 'WITH='))
    expect(parted.stderr).toContain(`the data of hello stay in ${guestbook.place}`)
    expect(await guestbook.helloContainers()).toEqual([])
    expect(await pageOf(guestbook)).toContain('There is no hello beside this service')
    succeeded(await guestbook.devenv('start', '--with', NAMED))
    await expectTold(guestbook.hello, guestbook)
    expect(await guestbook.sql("SHOW TABLES LIKE 'kept'")).toBe('kept')
  })

  test('is whole after one more start, wherever the first was killed', async () => {
    const guestbook = alone()
    for (const moment of [/• hello: code/, /• hello: create/, /• create guestbook/]) {
      const killed = guestbook.beginDevenv(['start', '--with', NAMED])
      await killed.said(moment)
      killed.signal('SIGKILL')
      await killed.ended
    }
    succeeded(await guestbook.devenv('start', '--with', NAMED))
    await expectTold(guestbook.hello, guestbook)
    const left = guestbook.beginDevenv(['clean'])
    await left.said(/containers/)
    left.signal('SIGKILL')
    await left.ended
    succeeded(await guestbook.devenv('clean'))
    expect([...(await guestbook.containers()), ...(await guestbook.helloContainers())]).toEqual([])
    expect(existsSync(join(guestbook.path, '.dev'))).toBe(false)
  })

  test('is built from its repository where no registry has it, and that is told', async () => {
    const guestbook = alone()
    guestbook.env.DEVENV_REGISTRY = ''
    const { stderr } = succeeded(await guestbook.devenv('start', '--with', 'hello'))
    expect(stderr).toContain('devenv builds devenv/hello-snapshot:hello.1 from release/hello.1 of file://')
    await expectTold(guestbook.hello, guestbook)
  })

  test('that cannot be had is refused before anything is done, with what mends it', async () => {
    const guestbook = alone()
    const refused = async (word: string) => {
      const { exitCode, stderr } = await guestbook.devenv('start', '--with', word)
      expect(exitCode).toBe(1)
      return stderr
    }
    expect(await refused('helo')).toMatch(/^neighbour-service-unknown\n.*Did you mean hello\?[\s\S]*fix +WITH=hello;/)
    expect(await refused('hello@hello.2')).toMatch(/^snapshot-unknown\n.*Did you mean hello\.1\?/)
    mkdirSync(join(guestbook.path, 'mine'))
    expect(await refused('mine')).toMatch(/^neighbour-service-unknown\n[\s\S]*WITH=\.\/mine/)

    const folder = join(guestbook.folder, 'environment')
    declareRelease(folder, 'file:///nowhere/hello')
    renameSync(folder, join(guestbook.path, 'devenv/node_modules/@devenv/other'))
    await guestbook.write(
      'devenv/node_modules/@devenv/other/package.json',
      '{"name":"@devenv/other","version":"0.1.0"}',
    )
    expect(await refused('other@hello.1')).toMatch(
      /^snapshot-missing\n[\s\S]* git clone file:\/\/\/nowhere\/hello \.\.\/other [\s\S]* publish --pushed release\/hello\.1$/m,
    )
    expect(existsSync(join(guestbook.path, '.dev'))).toBe(false)
    expect(await guestbook.containers()).toEqual([])
  })
})
