import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Checkout, eventually, get, started, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const PERSON = 4711

class Frontend extends Checkout {
  constructor() {
    super({ service: 'frontend-app', sources: [join(PACKAGE, 'test/miniature')], package: PACKAGE, port: 8080 }, 'web')
  }

  async page(path: string): Promise<Response> {
    return await fetch(`${await this.url()}${path}`, { redirect: 'manual', headers: { accept: 'text/html' } })
  }

  async script(): Promise<string> {
    return (await this.get('/miniature/app.js')).body
  }
}

describe('a micro-frontend without an LMS', () => {
  const frontend = started(new Frontend(), async (checkout) => {
    await checkout.commitToGit()
    await checkout.giveTo(PERSON)
  })

  test('is a service of the name that its package.json has', async () => {
    const status = JSON.parse(succeeded(await frontend.devenv('status', '--json')).stdout)
    expect(status).toMatchObject({ service: 'frontend-app-miniature', state: 'running' })
    expect(status.project).toMatch(/^devenv-frontend-app-miniature-/)
  })

  test('has the path of its name, to which other pages lead', async () => {
    expect((await frontend.page('/miniature/login')).status).toBe(200)
    expect(await (await frontend.page('/miniature/')).text()).toContain('<title>miniature</title>')
    expect((await frontend.page('/')).headers.get('location')).toBe('/miniature/')
    expect((await frontend.page('/miniature?next=x')).headers.get('location')).toBe('/miniature/?next=x')
    expect((await frontend.page('/miniatures')).headers.get('location')).toBe('/miniature/miniatures')
    expect((await frontend.page('/u/somebody?a=b')).headers.get('location')).toBe('/miniature/u/somebody?a=b')
  })

  test('says in its log, in its page and to its questions that no LMS is there', async () => {
    const { stdout } = succeeded(await frontend.devenv('logs', 'web'))
    expect(stdout).toContain('No LMS runs beside miniature')
    expect(await frontend.script()).toContain('No LMS runs beside this application')
    expect(await frontend.script()).toContain(`${await frontend.url()}/devenv/absent/lms`)
    const asked = await get(`${await frontend.url()}/devenv/absent/lms/login_refresh`)
    expect(asked.status).toBe(401)
    expect(JSON.parse(asked.body).detail).toContain('No LMS runs beside frontend-app-miniature')
    expect((await frontend.page('/devenv/absent/lms/login')).status).toBe(404)
  })

  test('a save is in what it serves, and its pages hear of it where it is bound', async () => {
    expect(await frontend.script()).toContain(
      `hostname=localhost&port=${new URL(await frontend.url()).port}&pathname=%2Fws`,
    )
    await frontend.edit('src/index.js', ' from ', ' saved by ')
    await eventually(async () => expect(await frontend.script()).toContain('saved by'))
  })

  test('its .env.development and its webpack configuration are read again', async () => {
    await frontend.edit('.env.development', 'hello', 'good morning')
    await eventually(async () => expect(await frontend.script()).toContain('good morning'))
    await frontend.edit(
      'webpack.dev.config.js',
      'SETTINGS: JSON.stringify({ greeting,',
      "SETTINGS: JSON.stringify({ greeting: 'told',",
    )
    await eventually(async () => expect(await frontend.script()).toContain('told'))
  })

  test('a library beside it is taken from its checkout, as it is saved, until it is taken away', async () => {
    const library = join(frontend.folder, 'colorette')
    mkdirSync(join(library, 'src'), { recursive: true })
    const described = (text: string) => writeFileSync(join(library, 'package.json'), text)
    const right = '{ "name": "colorette", "main": "dist/index.js", "peerDependencies": { "no-such-package": "^1" } }'
    described(right)
    const saved = (words: string) =>
      writeFileSync(join(library, 'src/index.js'), `export const bold = () => '${words}'`)
    saved('of the checkout')
    await frontend.edit('src/index.js', 'document.body', "import { bold } from 'colorette'\ndocument.body")
    const { stderr } = succeeded(await frontend.devenv('start', '--with', library))
    expect(stderr).toMatch(/library-lacks[\s\S]*colorette needs no-such-package@\^1/)
    expect(stderr).toContain('npm install --no-save')
    await eventually(async () => expect(await frontend.script()).toContain('of the checkout'))
    saved('saved in the checkout')
    await eventually(async () => expect(await frontend.script()).toContain('saved in the checkout'))
    // What is broken when webpack starts is told, and mended by a save.
    described(right.slice(0, -1))
    await eventually(async () => expect(await frontend.script()).not.toContain('in the checkout'))
    expect((await frontend.devenv('status')).stdout).toMatch(/library-broken[\s\S]*package\.json: Expecting/)
    described(right)
    await eventually(async () => expect(await frontend.script()).toContain('saved in the checkout'))
    expect(readdirSync(library).sort()).toEqual(['package.json', 'src'])

    succeeded(await frontend.devenv('start', '--with', 'none'))
    await eventually(async () => expect(await frontend.script()).toContain('node_modules/colorette'))
    expect(await frontend.script()).not.toContain('in the checkout')
  })

  test('its tests find packages in node_modules, and the checkout stays as it was', async () => {
    expect(succeeded(await frontend.devenv('make', 'test')).stdout).toMatch(/pass 1/)
    expect(readdirSync(join(frontend.path, 'node_modules'))).toEqual([])
    expect(statSync(join(frontend.path, 'node_modules')).uid).toBe(PERSON)
    await ask('git', '-C', frontend.path, '-c', `safe.directory=${frontend.path}`, 'checkout', '--quiet', '.')
    const status = ['-c', `safe.directory=${frontend.path}`, 'status', '--porcelain']
    expect(await ask('git', '-C', frontend.path, ...status)).toBe('')
  })

  test('clean removes all that is devenv’s', async () => {
    succeeded(await frontend.devenv('clean'))
    expect(await frontend.containers()).toEqual([])
    expect(existsSync(join(frontend.path, '.dev/devenv'))).toBe(false)
  })
})
