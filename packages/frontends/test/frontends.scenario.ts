import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { sharedRegistry } from '../../../examples/hello/test/registry.js'
import { Checkout, eventually, fresh, get, started, succeeded } from '../../../tools/scenarios/checkout.js'
import { containersBelow } from '../../../tools/scenarios/engine.js'
import { ask } from '../../../tools/scenarios/run.js'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const APPLICATION = join(PACKAGE, 'test/application')
const FRONTEND_APP = join(PACKAGE, '../frontend-app')

const APPLICATIONS = ['account', 'authn', 'authoring', 'learner-dashboard', 'learning', 'profile']
const NAMED = 'frontends@mini.1'

const registry = sharedRegistry()

/** An LMS in miniature, with the package of the micro-frontends in its `devenv/`. */
class Lms extends Checkout {
  readonly frontends = join(this.path, 'devenv/node_modules/@devenv/frontends')

  constructor() {
    const folder = join(PACKAGE, 'test/lms')
    const origin = { service: 'edx-platform', package: join(folder, 'environment'), port: 18000 }
    super({ ...origin, sources: [join(folder, 'service')] })
  }

  /** Has the package and the registry of whoever publishes. */
  async prepare(): Promise<void> {
    this.env.DEVENV_REGISTRY = registry.host
    cpSync(publisher.frontends, this.frontends, { recursive: true })
  }

  /** What it is told of those beside it. */
  async told(): Promise<Record<string, string>> {
    return JSON.parse((await this.get('/told')).body)
  }

  /** Where the one server answers. */
  async served(): Promise<string> {
    return (await this.told()).DEVENV_FRONTENDS_URL ?? ''
  }
}

/** Repositories of miniatures, each with two releases and with one that does not build; and the package for those. */
class Releases extends Lms {
  /** The package of the LMS, with a release. */
  readonly lms = join(this.folder, 'edx-platform-package')

  override async prepare(): Promise<void> {
    this.env.DEVENV_REGISTRY = registry.host
    cpSync(PACKAGE, this.frontends, { recursive: true, filter: (file) => !file.includes('node_modules') })
    const compose = join(this.frontends, 'compose.yaml')
    const releases = Object.fromEntries(
      ['mini.1', 'mini.2', 'mini.3', 'mini.4'].map((name) => [name, `release/${name}`]),
    )
    const text = readFileSync(compose, 'utf8')
      .replaceAll('https://github.com/openedx/', `file://${this.folder}/`)
      .replace(/ {2}releases:\n( {4}.*\n)+/, `  releases: ${JSON.stringify(releases)}\n`)
    writeFileSync(compose, text)
    for (const name of APPLICATIONS) await this.makeRepository(name)
    await this.commitToGit()
    await ask('git', '-C', this.path, 'tag', 'release/mini.1')
    cpSync(this.origin.package, this.lms, { recursive: true })
    const lms = join(this.lms, 'compose.yaml')
    const declared = `x-devenv:\n  repository: file://${this.path}\n  releases: { mini.1: release/mini.1 }\n`
    writeFileSync(lms, readFileSync(lms, 'utf8').replace('x-devenv:\n', declared))
  }

  private async makeRepository(name: string): Promise<void> {
    const path = join(this.folder, `frontend-app-${name}`)
    const git = ['git', '-C', path, '-c', 'user.name=A', '-c', 'user.email=a@example.com']
    cpSync(APPLICATION, path, { recursive: true })
    for (const file of ['package.json', 'package-lock.json'])
      writeFileSync(join(path, file), readFileSync(join(path, file), 'utf8').replaceAll('NAME', name))
    await ask('git', 'init', '--quiet', path)
    const release = async (tag: string) => {
      await ask(...git, 'add', '--all')
      await ask(...git, 'commit', '--quiet', '--allow-empty', '--message', tag)
      await ask(...git, 'tag', tag)
    }
    await release('release/mini.1')
    await release('release/mini.2')
    if (name === 'authn') writeFileSync(join(path, 'build.mjs'), "throw new Error('this release does not build')\n")
    await release('release/mini.3')
  }
}

/** Publishes one release, as CI does. */
const publisher = new Releases()
beforeAll(async () => {
  await publisher.prepare()
  const devenv = (...words: string[]) =>
    publisher.run(['node', ...publisher.words(...words)], { env: { DEVENV_PACKAGE: publisher.frontends } })
  const compose = readFileSync(join(publisher.frontends, 'compose.yaml'), 'utf8')
  // mini.4 is in no repository.
  writeFileSync(join(publisher.frontends, 'compose.yaml'), compose.replace(/,"mini\.4":"[^"]*"/, ''))
  succeeded(await devenv('lock'))
  succeeded(await devenv('publish', '--release', 'mini.1'))
  writeFileSync(join(publisher.frontends, 'compose.yaml'), compose)
  return () => publisher.remove()
})

const freshLms = async (): Promise<Lms> => {
  const lms = fresh(new Lms())
  await lms.prepare()
  return lms
}

describe('micro-frontends without their checkouts', () => {
  test('are pulled, and served by one server with the configuration of the LMS beside them', async () => {
    const lms = await freshLms()
    const planned = succeeded(await lms.devenv('start', '--with', NAMED, '--dry-run')).stdout
    expect(planned).toMatch(
      /^pull +frontends: localhost:\d+\/devenv\/frontends-snapshot:mini\.1: the registry has it$/m,
    )
    const first = succeeded(await lms.devenv('start', '--with', NAMED))
    expect(first.stdout).toMatch(/beside it: frontends +http:\/\/localhost:\d+ +\(snapshot mini\.1\)/)

    const told = await lms.told()
    expect(told.DEVENV_FRONTENDS_PARTS).toBe(APPLICATIONS.join(' '))
    const url = told.DEVENV_FRONTENDS_URL ?? ''
    const containers = await containersBelow(join(lms.path, '.dev/devenv/snapshots', NAMED))
    expect(containers.map(({ service }) => service)).toEqual(['frontends'])

    for (const name of APPLICATIONS) {
      const page = await fetch(`${url}/${name}/some/page?next=%2F`)
      expect(page.headers.get('cache-control')).toBe('no-cache')
      const [, script] = /<script src="([^"]+)"/.exec(await page.text()) ?? []
      expect(script).toMatch(new RegExp(`^/${name}/app\\.[0-9a-f]+\\.js$`))
      const loaded = await fetch(`${url}${script}`)
      expect(loaded.headers.get('cache-control')).toContain('immutable')
      // What a browser does then.
      const [, asked] = /^fetch\('([^']+)'\) \/\/ production$/.exec(await loaded.text()) ?? []
      expect(JSON.parse((await get(`${url}${asked}`)).body)).toEqual({ LMS_BASE_URL: await lms.url(), mfe: [name] })
      expect((await get(`${url}${script}.map`)).status).toBe(404)
    }
    const bare = await fetch(`${url}/authn?next=%2F`, { redirect: 'manual' })
    expect(bare.headers.get('location')).toBe('/authn/?next=%2F')
    expect((await get(`${url}/authn/gone.js`)).status).toBe(404)
    expect((await get(`${url}/`)).body).toContain('<a href="/learning/">')

    expect(succeeded(await lms.devenv('logs', 'frontends', '--grep', 'GET /authn/')).stdout).toContain('web |')
    succeeded(await lms.devenv('clean'))
    expect(await containersBelow(lms.folder)).toEqual([])
  })

  test('follow an LMS whose container is replaced', async () => {
    const lms = await freshLms()
    succeeded(await lms.devenv('start', '--with', NAMED))
    const asked = async () => JSON.parse((await get(`${await lms.served()}/api/mfe_config/v1?mfe=authn`)).body)
    expect(await asked()).toMatchObject({ LMS_BASE_URL: await lms.url() })
    await ask('docker', 'rm', '--force', (await lms.container('edx-platform')).id)
    await lms.start()
    await eventually(async () => expect(await asked()).toMatchObject({ LMS_BASE_URL: await lms.url() }))
  })

  test('give way to one that runs from its checkout, and take its place again', async () => {
    const lms = await freshLms()
    const authn = fresh(new Authn())
    succeeded(await lms.devenv('start', '--with', `${NAMED} ${authn.path}`))
    expect(await lms.told()).toMatchObject({
      DEVENV_FRONTENDS_URL: expect.stringMatching(/^http/),
      DEVENV_FRONTEND_APP_AUTHN_URL: await authn.url(),
    })
    expect((await authn.get('/authn/')).body).toContain('<title>miniature</title>')
    expect((await get(`${await lms.served()}/learning/`)).body).toContain('<title>learning</title>')

    succeeded(await lms.devenv('start', '--with', NAMED))
    expect(await lms.told()).not.toHaveProperty('DEVENV_FRONTEND_APP_AUTHN_URL')
    expect((await get(`${await lms.served()}/authn/`)).body).toContain('<title>authn</title>')

    succeeded(await lms.devenv('start', '--with', 'none'))
    expect(await lms.told()).toEqual({})
    expect(await containersBelow(join(lms.path, '.dev/devenv/snapshots', NAMED))).toEqual([])
  })

  test('say so, in a page and to a program, where no LMS is beside them', async () => {
    const authn = fresh(new Authn())
    cpSync(publisher.frontends, join(authn.path, 'devenv/node_modules/@devenv/frontends'), { recursive: true })
    authn.env.DEVENV_REGISTRY = registry.host
    succeeded(await authn.devenv('start', '--with', NAMED))
    const { beside } = JSON.parse(succeeded(await authn.devenv('status', '--json')).stdout)
    const page = await get(`${beside[0].url}/learning/course/x`)
    expect(page).toMatchObject({ status: 404, body: expect.stringContaining('No LMS runs beside') })
    const asked = await get(`${beside[0].url}/api/mfe_config/v1?mfe=authn`)
    expect(JSON.parse(asked.body).detail).toContain('No LMS runs beside')
  })
})

test('an LMS and micro-frontends that one checkout has asked for know each other', async () => {
  const authn = fresh(new Authn())
  const modules = join(authn.path, 'devenv/node_modules/@devenv')
  cpSync(publisher.frontends, join(modules, 'frontends'), { recursive: true })
  cpSync(publisher.lms, join(modules, 'edx-platform'), { recursive: true })
  authn.env.DEVENV_REGISTRY = registry.host
  succeeded(await authn.devenv('start', '--with', `edx-platform@mini.1 ${NAMED}`))
  const addressOf = async (service: string): Promise<string> => {
    const { beside } = JSON.parse(succeeded(await authn.devenv('status', '--json')).stdout)
    return beside.find((each: { service: string }) => each.service === service).url
  }
  const lms = await addressOf('edx-platform')
  const served = await addressOf('frontends')
  expect(JSON.parse((await get(`${lms}/told`)).body)).toMatchObject({
    DEVENV_FRONTENDS_URL: served,
    DEVENV_FRONTEND_APP_AUTHN_URL: await authn.url(),
  })
  expect(JSON.parse((await get(`${served}/api/mfe_config/v1?mfe=learning`)).body)).toMatchObject({ LMS_BASE_URL: lms })
  expect(succeeded(await authn.devenv('start', '--dry-run')).stdout).toContain('Nothing to do')

  succeeded(await authn.devenv('start', '--with', 'edx-platform@mini.1'))
  expect(JSON.parse((await get(`${await addressOf('edx-platform')}/told`)).body)).not.toHaveProperty(
    'DEVENV_FRONTENDS_URL',
  )
  succeeded(await authn.devenv('clean'))
  expect(await containersBelow(authn.folder)).toEqual([])
})

describe('a release that nobody has published', () => {
  const lms = started(new Lms(), (lms) => lms.prepare())

  test('is built from the repositories, and that is told before', async () => {
    const { stderr } = succeeded(await lms.devenv('start', '--with', 'frontends@mini.2'))
    expect(stderr).toMatch(
      /has no snapshot of frontends at mini\.2; devenv builds .* from release\/mini\.2 of file:.* and 5 more/,
    )
    expect((await get(`${await lms.served()}/profile/`)).body).toContain('<title>profile</title>')
    succeeded(await lms.devenv('start', '--with', 'none'))
  })

  test('is refused where it does not build, is in no repository, or is unknown, with nothing half-made', async () => {
    const refused = async (release: string) => {
      const { exitCode, stderr } = await lms.devenv('start', '--with', `frontends@${release}`)
      expect(exitCode).toBe(1)
      expect(existsSync(join(lms.path, '.dev/devenv/snapshots', `frontends@${release}`))).toBe(false)
      return stderr
    }
    expect(await refused('mini.3')).toMatch(/this release does not build[\s\S]*\nbuild-failed\n/)
    expect(await refused('mini.4')).toMatch(
      /snapshot-missing\n[\s\S]*frontend-app-account[\s\S]*has no release\/mini\.4/,
    )
    expect(await refused('mini.5')).toMatch(/snapshot-unknown\n[\s\S]*WITH=frontends@mini\.1/)
    expect(await lms.told()).toEqual({})
  })
})

/** A live one, in miniature. */
class Authn extends Checkout {
  constructor() {
    const sources = [join(FRONTEND_APP, 'test/miniature')]
    super({ service: 'frontend-app', sources, package: FRONTEND_APP, port: 8080 }, 'frontend-app-authn')
    for (const file of ['package.json', 'package-lock.json']) {
      const text = readFileSync(join(this.path, file), 'utf8')
      writeFileSync(join(this.path, file), text.replaceAll('frontend-app-miniature', 'frontend-app-authn'))
    }
  }
}
