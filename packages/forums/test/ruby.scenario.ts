import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { attach } from '../../../tools/scenarios/attach.js'
import { Checkout, CORE, eventually, get, pack, post, shared, succeeded } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'
import { MIRROR } from '../../../tools/stand-ins/registry.mjs'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const MINIATURE = join(PACKAGE, 'test/miniature-ruby')
// Where Ruby is a stand-in, so are the gems.
const FORUMS_GEMS = process.env.DEVENV_MIRROR === MIRROR ? 'debian' : 'rubygems'

/** Seconds. */
const WITH_BUILD = 500

class Forums extends Checkout {
  constructor(name: string) {
    super({ service: 'forums', sources: [MINIATURE], package: PACKAGE, port: 4567 }, name)
  }

  async greeting(): Promise<string> {
    return JSON.parse((await this.get('/api/v1/comments?api_key=password')).body).greeting
  }

  async found(text: string): Promise<string[]> {
    return JSON.parse((await this.get(`/api/v1/search?api_key=password&text=${text}`)).body)
  }

  async comment(body: string): Promise<void> {
    const { status } = await post(`${await this.url()}/api/v1/comments`, { body, api_key: 'password' })
    expect(status).toBe(200)
  }

  gitStatus(): Promise<string> {
    return ask('git', '-C', this.path, 'status', '--porcelain')
  }
}

describe('a checkout of the Ruby shape, which has no Makefile', () => {
  const forums = shared(new Forums('cs_comments_service'), async (checkout) => {
    await checkout.commitToGit()
    const packages = [await pack(CORE, checkout.folder), await pack(PACKAGE, checkout.folder)]
    checkout.env = { DEVENV_PACKAGE: PACKAGE }
    succeeded(await checkout.devenv('init', ...packages))
    checkout.env = { FORUMS_GEMS }
    expect(await checkout.read('Makefile')).toBe('include devenv/devenv.mk\n')
    await checkout.commitToGit()
  })

  test('dev.watch brings it from nothing to where it answers at the printed address', async () => {
    const view = forums.begin(['make', 'dev.watch'])
    const [url] = await view.said(/http:\/\/localhost:\d+/, WITH_BUILD)
    expect(await get(`${url}/heartbeat`)).toEqual({ status: 200, body: '{"OK":true}' })
    expect((await forums.containers()).map(({ service }) => service).sort()).toEqual([
      'elasticsearch',
      'forums',
      'mongo',
    ])
    await forums.comment('an apple a day')
    await view.said(/web \| took a comment of 14 letters/)
    expect(await forums.found('apple')).toEqual(['an apple a day'])
  })

  test('a saved file is served, and who was being served before is served to the end', async () => {
    const view = forums.beginDevenv(['watch'])
    await view.said(/answers at/)
    const waiting = forums.get('/api/v1/slow?api_key=password')
    await view.said(/taking its time/)
    await forums.edit('config/application.yml', 'greeting: comments', 'greeting: saved')
    await view.said(/application\.yml changed/)
    await forums.write('go', '')
    expect(await waiting).toEqual({ status: 200, body: '{"greeting":"comments"}' })
    await eventually(async () => expect(await forums.greeting()).toBe('saved'))
    await ask('rm', join(forums.path, 'go'))
  })

  test('a syntax error ends nothing, and its repair is served', async () => {
    const before = await forums.container('forums')
    const right = await forums.read('app.rb')
    await forums.write('app.rb', `${right}\nthis is no Ruby (\n`)
    await eventually(async () => {
      expect((await forums.get('/heartbeat')).status).toBe(503)
      expect((await forums.devenv('logs', 'web', '--grep', 'syntax error')).stdout).not.toBe('')
    })
    await forums.write('app.rb', right.replace("['greeting']", "['greeting'].upcase"))
    await eventually(async () => expect(await forums.greeting()).toBe('SAVED'))
    expect((await forums.container('forums')).startedAt).toBe(before.startedAt)
    await forums.write('app.rb', right)
    await forums.write('config/application.yml', 'greeting: comments\n')
  })

  test('dev.test passes, on a database of its own; the developer’s comments are found as before', async () => {
    const { stdout } = succeeded(await forums.make('dev.test'))
    expect(stdout).toContain('5 examples, 0 failures')
    await eventually(async () => expect(await forums.found('apple')).toEqual(['an apple a day']))
    const failing = await forums.make('dev.test', 'TESTS=spec/none_spec.rb')
    expect(failing.exitCode).not.toBe(0)
    await eventually(async () => expect(await forums.found('apple')).toEqual(['an apple a day']))
  })

  test('rake’s tasks and the bundle are targets as well', async () => {
    expect(succeeded(await forums.make('dev.rake')).stdout).toContain('rake search:initialize')
    succeeded(await forums.make('dev.rake', 'TASK=search:validate_indices'))
    succeeded(await forums.make('dev.quality'))
    const wrong = join(forums.path, 'lib/wrong.rb')
    await forums.write('lib/wrong.rb', 'def wrong(\n')
    expect((await forums.make('dev.quality')).stderr).toContain('lib/wrong.rb')
    await ask('rm', wrong)
  })

  describe('the debugger of an editor', () => {
    /** Ruby 3.1 brings one along that maps no paths: this is what an editor in the container says. */
    const attachTo = async (port: string | undefined, file: string, text: string) => {
      const line = (await forums.read(file)).split('\n').findIndex((each) => each.includes(text)) + 1
      return attach({ port: Number(port), path: `/edx/app/forums/forums/${file}`, line })
    }

    test('stops a test', async () => {
      const testing = forums.begin(['make', 'dev.test', 'DEBUG=1'])
      const [, port] = await testing.said(/at localhost:(\d+); test waits/)
      const editor = await attachTo(port, 'spec/comments_spec.rb', "body: 'first'")
      expect(await editor.evaluates('API_KEY * 2')).toBe('"passwordpassword"')
      expect((await testing.ended).stdout).toContain('5 examples, 0 failures')
    })

    test('stops a server in the process that serves, and the program goes back', async () => {
      const debugging = forums.beginDevenv(['debug', 'web', '--listen', '--wait'])
      const [, port] = await debugging.said(/at localhost:(\d+); web waits/)
      const editor = await attachTo(port, 'app.rb', 'took a comment of')
      await eventually(async () => expect((await forums.get('/heartbeat')).status).toBe(200))
      const commenting = forums.comment('a pear')
      expect(await editor.evaluates('params[:body]')).toBe('"a pear"')
      await commenting
      debugging.signal('SIGINT')
      expect((await debugging.ended).exitCode).toBe(130)
      await eventually(async () => expect((await forums.get('/heartbeat')).status).toBe(200))
    })
  })

  test('dev.clean leaves the checkout as it was', async () => {
    succeeded(await forums.make('dev.clean'))
    expect(await forums.containers()).toEqual([])
    expect(existsSync(join(forums.path, '.dev'))).toBe(false)
    expect(await forums.gitStatus()).toBe('')
  })
})
