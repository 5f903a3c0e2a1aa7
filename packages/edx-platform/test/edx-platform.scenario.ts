import { existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../../../tools/browser/browser.mjs'
import { eventually, fresh, get, post, shared, succeeded } from '../../../tools/scenarios/checkout.js'
import { networksOf, processesOf } from '../../../tools/scenarios/engine.js'
import { ask } from '../../../tools/scenarios/run.js'
import { LMS, OWNER, Platform, STUDIO } from './platform.js'

const ANSWERS = { sql: { status: true }, modulestore: { status: true } }

/** Takes a port of this machine for the rest of the test. */
const occupy = (port: number) =>
  new Promise<void>((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    onTestFinished(() => void server.close())
    server.listen({ port, host: '127.0.0.1' }, resolve)
  })

/** Signs in as a browser does: with the form's token, and the cookies that came with the form. */
async function signIn(page: string, email: string, password: string) {
  const form = await fetch(page)
  const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(await form.text())?.[1] ?? ''
  const cookie = form.headers.getSetCookie().map((one) => one.split(';')[0])
  const body = new URLSearchParams({ email, password, csrfmiddlewaretoken: token })
  const answer = await fetch(page, { method: 'POST', body, headers: { cookie: cookie.join('; ') } })
  const cookies = answer.headers.getSetCookie().map((one) => one.split('=')[0])
  return { status: answer.status, body: await answer.text(), cookies }
}

/** What a page loads, each by its address. */
async function loadedBy(page: string) {
  const { status, body } = await get(page)
  expect(status, body).toBe(200)
  const urls = [...body.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => new URL(path ?? '', page).href)
  return await Promise.all(urls.map(async (url) => ({ url, ...(await get(url)) })))
}

/** As django-pipeline collects the static files: opens each. */
const OPEN_ALL_STATIC_FILES = `
from django.contrib.staticfiles.finders import get_finders
found = [storage.open(path).close() for finder in get_finders() for path, storage in finder.list([])]
print('opened', len(found))
`

describe('a checkout that is locked with uv', () => {
  let saidAtFirstStart = ''
  const platform = shared(new Platform('miniature-uv'), async (checkout) => {
    await checkout.clone()
    const { stdout, stderr } = await checkout.start()
    saidAtFirstStart = stdout + stderr
  })

  const chores = async (port: number): Promise<Record<string, string>> =>
    JSON.parse((await get(`${await platform.url(port)}/chores`)).body)
  const processes = async () => (await processesOf(await platform.container('edx-platform'))).join('\n')
  const redirectUri = () =>
    platform.query("SELECT redirect_uris FROM oauth2_provider_application WHERE name = 'studio-sso'")
  const shell = (service: string, input: string) => platform.run(['make', `dev.${service}.shell`], { input })
  const studiosOwnPages = () =>
    platform.query("SELECT name, everyone FROM waffle_flag WHERE name LIKE 'legacy_studio.%' ORDER BY name")

  test('start brings LMS and Studio to answer at two addresses, and publishes nothing else', async () => {
    for (const port of [LMS, STUDIO]) {
      const { status, body } = await get(`${await platform.url(port)}/heartbeat`)
      expect({ port, status }).toEqual({ port, status: 200 })
      expect(JSON.parse(body)).toMatchObject(ANSWERS)
    }
    expect(await platform.url(LMS)).not.toBe(await platform.url(STUDIO))
    const containers = await platform.containers()
    expect(containers.every(({ health }) => health === 'healthy')).toBe(true)
    const published = containers.flatMap(({ service, ports }) =>
      Object.entries(ports).map(([target, { address }]) => ({ service, target, address })),
    )
    expect(published).toEqual(
      [LMS, STUDIO].map((port) => ({ service: 'edx-platform', target: String(port), address: '127.0.0.1' })),
    )
  })

  test('it runs on what uv.lock and .nvmrc ask for, beside the servers of master', async () => {
    expect(await platform.images()).toEqual({
      'edx-platform': expect.stringMatching(/^devenv\/edx-platform:inputs-/),
      memcached: expect.stringMatching(/\/memcached:1\.6\.38$/),
      mongo: expect.stringMatching(/\/mongo:7\.0\.35$/),
      mysql: expect.stringMatching(/\/mysql:8\.4\.9$/),
      redis: expect.stringMatching(/\/redis:7\.4\.9$/),
    })
    const locked = /name = "django"\nversion = "([\d.]+)"/.exec(await platform.read('uv.lock'))?.[1]
    const { stdout } = await platform.devenv('exec', '--', 'sh', '-c', 'python -m django --version; node --version')
    expect(stdout).toMatch(new RegExp(`^${locked}\nv24\\.`))
  })

  test('nothing speaks of the search engine that it does without', async () => {
    const { stdout } = await platform.devenv('status')
    for (const said of [saidAtFirstStart, stdout, await platform.log('provision')]) expect(said).not.toMatch(/search/i)
    const ask =
      'from django.conf import settings; print([v for v in vars(settings._wrapped).values() if ":7700" in str(v)])'
    for (const service of ['lms', 'cms']) expect(succeeded(await shell(service, `${ask}\n`)).stdout).toMatch(/^\[\]$/m)
  })

  test('the first build of the watching webpack finds what provisioning has compiled', async () => {
    await eventually(async () => expect(await platform.log('webpack')).toContain('pages compiled successfully'))
    for (const file of ['notice.js', 'sequence.js']) {
      expect(await platform.log('provision')).toContain(`unwrapped ${file}`)
      expect(await platform.log('webpack')).not.toContain(`unwrapped ${file}`)
    }
  })

  test('dev.watch tells the accounts, and whom it names can sign in', async () => {
    const view = platform.begin(['make', 'dev.watch'])
    const [, staffAt] = await view.said(/^ +staff: admin@example\.com \/ admin +(\S+)$/m)
    await view.said(
      new RegExp(`^ +staff in Studio: admin@example\\.com / admin +${await platform.url(STUDIO)}/home/$`, 'm'),
    )
    const [, learnerAt] = await view.said(/^ +learner: learner@example\.com \/ learner +(\S+)$/m)
    expect(await signIn(staffAt ?? '', 'admin@example.com', 'admin')).toMatchObject({
      status: 200,
      body: 'admin staff=True',
    })
    expect(await signIn(learnerAt ?? '', 'learner@example.com', 'learner')).toMatchObject({
      status: 200,
      body: 'learner staff=False',
    })
    expect(await signIn(staffAt ?? '', 'admin@example.com', 'learner')).toMatchObject({ status: 403 })
  })

  test('the cookies hold the port, so that two checkouts do not sign each other out', async () => {
    const url = await platform.url(LMS)
    const { port } = new URL(url)
    const { cookies } = await signIn(`${url}/login`, 'learner@example.com', 'learner')
    expect(cookies).toEqual(expect.arrayContaining([`lms_sessionid_${port}`, `edxloggedin_${port}`]))
  })

  test('a person signs in at two environments, and stays signed in at both in one browser, whatever becomes of the cache', async () => {
    const other = fresh(new Platform('miniature-uv'))
    await other.clone()
    succeeded(await other.devenv('start', '--programs', 'lms'))
    const browser = await openBrowser({ screenshots: join(other.folder, 'screenshots') })
    onTestFinished(() => browser.close())
    const both = [await platform.url(LMS), await other.url(LMS)]
    for (const url of both) {
      const tab = await browser.open(`${url}/login`, 'login')
      expect(await tab.page.evaluate('document.documentElement.dataset.bundle'), 'its script ran').toBe('login')
      await tab.page.fill('input[name=email]', 'learner@example.com')
      await tab.page.fill('input[name=password]', 'learner')
      await tab.follow(() => tab.page.click('button'), 'signed in')
    }
    await ask('docker', 'restart', (await other.container('memcached')).id)
    for (const url of both) {
      const tab = await browser.open(`${url}/dashboard`, 'dashboard')
      expect(await tab.text()).toBe('signed in: learner')
    }
    const studio = await browser.open(`${await platform.url(STUDIO)}/home/`, 'Studio')
    expect(await studio.page.evaluate('document.documentElement.dataset.bundle'), 'its script ran').toBe('studio')
  })

  test('what the cache holds under a key with spaces is found again', async () => {
    for (const port of [LMS, STUDIO]) {
      const { visits } = JSON.parse((await platform.get('/visits', port)).body) as { visits: number }
      expect(JSON.parse((await platform.get('/visits', port)).body)).toEqual({ visits: visits + 1 })
    }
  })

  test('every static file of both can be opened, and no link of the tree hangs', async () => {
    for (const service of ['lms', 'cms'])
      expect(succeeded(await shell(service, OPEN_ALL_STATIC_FILES)).stdout).toMatch(/opened \d+/)
    const hanging = await platform.devenv('exec', '--', 'find', '/edx/var/edx-platform/tree', '-xtype', 'l')
    expect(succeeded(hanging).stdout).toBe('')
  })

  test('pages have all that is built for them: stylesheet, vendor’s files, translations, bundle', async () => {
    const login = await loadedBy(`${await platform.url(LMS)}/login`)
    expect(login.map(({ url, status, body }) => ({ name: url.split('/').at(-1), status, body }))).toEqual([
      { name: 'lms-main.css', status: 200, body: expect.stringMatching(/\.login h1 \{\s+color: rebeccapurple;/) },
      { name: 'underscore-min.js', status: 200, body: expect.stringContaining('underscorejs.org') },
      { name: 'underscore-umd-min.js', status: 200, body: expect.stringContaining('underscorejs.org') },
      { name: 'djangojs.js', status: 200, body: expect.stringContaining('gettext') }, // of Vietnamese
      { name: expect.stringMatching(/^login\.\w+\.js$/), status: 200, body: expect.stringContaining('dataset.bundle') },
    ])
    const home = await loadedBy(`${await platform.url(STUDIO)}/home/`)
    expect(home.map(({ status, body }) => ({ status, body }))).toEqual([
      { status: 200, body: expect.stringMatching(/\.studio h1 \{\s+color: rebeccapurple;/) },
      { status: 200, body: expect.stringContaining('dataset.bundle') },
    ])
  })

  test.each([
    { what: 'the LMS', file: 'lms/djangoapps/login/urls.py', from: "'Sign in'", port: LMS, page: '/login', of: 'lms' },
    { what: 'Studio', file: 'cms/djangoapps/home/urls.py', from: "'Studio'", port: STUDIO, page: '/home/', of: 'cms' },
  ])(
    'an edit of $what shows at the next request, nobody is turned away, and the other programs go on',
    async (edited) => {
      const { file, from, port, page, of } = edited
      await platform.edit(file, from, "'Edited'")
      await eventually(async () => {
        const { status, body } = await platform.get(page, port)
        if (status !== 200) throw new Error(`turned away with ${status}: ${body}`)
        expect(body).toContain('<title>Edited</title>')
      })
      const programs = ['lms', 'cms']
      const logs = await Promise.all(programs.map((program) => platform.log(program)))
      const again = programs.filter((_, index) => logs[index]?.includes(`${file} changed: starting again`))
      expect(again).toEqual([of])
    },
  )

  test('after a save Django’s checks come after the first answer and before the second; an error of theirs is a 503 until it is mended', async () => {
    const [urls, app] = ['lms/djangoapps/login/urls.py', 'openedx/core/chores/models.py']
    const [shown, models] = [await platform.read(urls), await platform.read(app)]
    const save = async (title: string, kind: 'Warning' | 'Error') => {
      const check = `@checks.register()\ndef says(app_configs, **kwargs):\n    return [checks.${kind}('said of ${title}', id='chores.${kind}')]`
      await platform.write(app, `${models}\n\nfrom django.core import checks\n\n\nTITLE = '${title}'\n\n\n${check}\n`)
      // Of the module itself: a server that was about to boot may see the one file saved, and the other not yet.
      await platform.write(urls, shown.replace(/^TITLE = .*/m, 'from openedx.core.chores.models import TITLE'))
    }
    const isShown = (title: string) =>
      eventually(async () => expect((await platform.get('/login')).body).toContain(`<title>${title}</title>`))
    await save('careful', 'Warning')
    await isShown('careful')
    expect((await platform.get('/login')).status).toBe(200)
    expect(await platform.log('lms')).toContain('(chores.Warning) said of careful')

    await save('wrong', 'Error')
    await isShown('wrong')
    await eventually(async () => expect((await platform.get('/login')).status).toBe(503))
    expect(await platform.log('lms')).toMatch(/SystemCheckError: [\s\S]*\(chores\.Error\) said of wrong/)

    await platform.write(app, models)
    await platform.write(urls, shown)
    await isShown('Edited')
  })

  test('what only the addresses import is named when it is broken, by the page and not in thousands of lines', async () => {
    const urls = 'lms/djangoapps/login/urls.py'
    const before = await platform.read(urls)
    await platform.write(urls, `${before}\ndef broken(:\n`)
    await eventually(async () => {
      const { status, body } = await platform.get('/login')
      expect(`${status} ${body}`).toMatch(/^503 [\s\S]*lms\/djangoapps\/login\/urls\.py:\d+: SyntaxError/)
    })
    expect((await platform.log('lms')).match(/SyntaxError: /g)?.length).toBeLessThan(5)
    await platform.write(urls, before)
    await eventually(async () => expect((await platform.get('/login')).status).toBe(200))
  })

  test('an edit of Sass changes the stylesheets, and one of JavaScript the bundle', async () => {
    await platform.edit('common/static/sass/_colours.scss', 'rebeccapurple', 'tomato')
    await platform.edit('lms/static/js/login.js', "['login', '']", "['edited', '']")
    await eventually(async () => {
      const loaded = await loadedBy(`${await platform.url(LMS)}/login`)
      expect(loaded[0]?.body).toContain('tomato')
      expect(loaded.at(-1)?.body).toContain("['edited', '']")
      const [studio] = await loadedBy(`${await platform.url(STUDIO)}/home/`)
      expect(studio?.body).toContain('tomato')
    })
  })

  test('a page waits for its bundle while webpack compiles', async () => {
    const release = await platform.holdBuilds()
    await platform.edit('lms/static/js/login.js', "['edited', '']", "['waited for', '']")
    await eventually(async () => expect(await platform.bundles()).toBe('compiling'))
    const pages = [platform.get('/login')]
    expect((await platform.get('/heartbeat')).status, 'the page is being waited for').toBe(200)
    await platform.emptyStats()
    pages.push(platform.get('/login'))
    expect((await platform.get('/heartbeat')).status, 'another one as well').toBe(200)
    release()
    for (const { status } of await Promise.all(pages)) expect(status).toBe(200)
  })

  test('each save of a file is built, also one while webpack compiles', async () => {
    const file = 'lms/static/js/login.js'
    const code = await platform.read(file)
    const save = (said: string) => platform.write(file, `${code}// ${said}\n`)
    const isBuilt = (said: string) =>
      eventually(async () =>
        expect((await loadedBy(`${await platform.url(LMS)}/login`)).at(-1)?.body).toContain(`// ${said}\n`),
      )
    await save('first')
    await isBuilt('first')
    await save('second')
    await isBuilt('second')
    const release = await platform.holdBuilds()
    await save('third')
    await eventually(async () => expect(await platform.bundles()).toBe('compiling'))
    await save('while it compiles')
    release()
    await isBuilt('while it compiles')
  })

  test('dev.assets warns of nothing, and leaves whole bundles also where it is stopped', async () => {
    const { stdout, stderr } = succeeded(await platform.make('dev.assets'))
    for (const said of [stdout + stderr, await platform.log('provision')])
      expect(said).not.toMatch(/Critical dependency|WARNING in/)

    const release = await platform.holdBuilds()
    const assets = platform.begin(['make', 'dev.assets'])
    await eventually(async () => expect(await platform.bundles()).toBe('compiling'))
    assets.signalAll('SIGINT')
    await assets.ended
    expect(await platform.bundles()).toBe('done')
    release()
    expect((await loadedBy(`${await platform.url(LMS)}/login`)).at(-1)).toMatchObject({ status: 200 })
  })

  test.each([
    { what: 'the LMS', port: LMS, worker: /^lms@/, program: 'lms-worker' },
    { what: 'Studio', port: STUDIO, worker: /^cms@/, program: 'cms-worker' },
  ])(
    'tasks of $what are done by its worker, each on what is there by then',
    async ({ what, port, worker, program }) => {
      for (const text of [what, `${what}, again`]) {
        await post(`${await platform.url(port)}/chores`, { text })
        await eventually(async () =>
          expect(await chores(port)).toMatchObject({ [text]: expect.stringMatching(worker) }),
        )
      }
      // That it is ready, and not the list of all its tasks, some hundred lines at each save.
      const { stdout } = await platform.devenv('logs', program)
      expect(stdout).toMatch(/ ready\.$/m)
      expect(stdout).not.toContain('[tasks]')
    },
  )

  test('dev.lms.shell and dev.cms.shell run what is piped in, each with its settings', async () => {
    const ask = 'from django.conf import settings; print(settings.ROOT_URLCONF, settings.SESSION_COOKIE_NAME)\n'
    const { port } = new URL(await platform.url(LMS))
    expect(succeeded(await shell('lms', ask)).stdout).toContain(`lms.urls lms_sessionid_${port}\n`)
    expect(succeeded(await shell('cms', ask)).stdout).toContain(`cms.urls studio_sessionid_${port}\n`)
  })

  test('a micro-frontend that nobody runs is told of where it would be', async () => {
    const url = await platform.url(LMS)
    const to = (await fetch(`${url}/learning`, { redirect: 'manual' })).headers.get('location') ?? ''
    expect(to).toBe(`${url}/devenv/absent/learning/course/demonstration`)
    const { status, body } = await get(to)
    expect(status).toBe(404)
    expect(body).toContain('learning is not running')
    expect(body).toContain('EDX_PLATFORM_MFES="learning=http://localhost:PORT" make dev.watch')
  })

  test('the page about an absent “learning” leads to the unit, as the LMS itself shows it', async () => {
    const url = await platform.url(LMS)
    const unit = 'block-v1:Dev+D1+r1+type@vertical+block@u1'
    const to = `/devenv/absent/learning/course/course-v1:Dev+D1+r1/block-v1:Dev+D1+r1+type@sequential+block@s1/${unit}`
    expect((await platform.get(to)).body).toContain(`href="${url}/xblock/${unit}"`)
  })

  test('a learner’s profile leads to the micro-frontend that has it', async () => {
    const url = await platform.url(LMS)
    const answer = await fetch(`${url}/u/learner`, { redirect: 'manual' })
    expect(answer.headers.get('location')).toBe(`${url}/devenv/absent/profile/u/learner`)
    expect((await get(`${url}/devenv/absent/profile/u/learner`)).body).toContain('profile is not running')
  })

  test('dev.settings finds every address answered, and names one that nobody answers', async () => {
    succeeded(await platform.make('dev.settings'))
    onTestFinished(() => rmSync(join(platform.path, 'lms/envs/private.py'), { force: true }))
    await platform.write('lms/envs/private.py', "NOTES = {'url': 'http://edx.devstack.notes:18120/api'}\n")
    const { exitCode, stdout } = await platform.make('dev.settings')
    expect(exitCode).toBe(2)
    expect(stdout).toBe('lms: nobody answers at edx.devstack.notes:18120, the address in NOTES.url\n')
  })

  test('Studio shows its own pages where “authoring” is absent, also a later checkout’s, and one may switch them off', async () => {
    expect(await studiosOwnPages()).toBe('legacy_studio.home\t1\nlegacy_studio.libraries\t1')
    const toggles = 'cms/djangoapps/contentstore/toggles.py'
    await platform.edit(
      toggles,
      'LEGACY_LIBRARIES',
      "LEGACY_TEXTBOOKS = WaffleFlag('legacy_studio.textbooks', __name__)\nLEGACY_LIBRARIES",
    )
    await platform.start()
    expect(await studiosOwnPages()).toMatch(/^legacy_studio.textbooks\t1$/m)
    // As one does in the admin.
    const choice = "flag = Flag.objects.get(name='legacy_studio.libraries'); flag.everyone = False; flag.save()"
    succeeded(await shell('cms', `from waffle.models import Flag; ${choice}\n`))
    expect(await studiosOwnPages()).toMatch(/^legacy_studio.libraries\t0$/m)
  })

  test('one that there is none of is refused at once, with those that there are', async () => {
    platform.env.EDX_PLATFORM_MFES = 'lerning=http://localhost:2000'
    const refused = await platform.devenv('start')
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toMatch(/there is no micro-frontend "lerning"\. There are: account, .*learning/)
    expect(refused.stderr).not.toContain('Traceback')
  })

  test('one that EDX_PLATFORM_MFES names is where it says, and Studio does not show its own pages beside it', async () => {
    platform.env.EDX_PLATFORM_MFES = 'learning=http://localhost:2000 authoring=http://localhost:2001'
    await platform.start()
    const leadsTo = async (page: string, port: number) =>
      (await fetch(`${await platform.url(port)}${page}`, { redirect: 'manual' })).headers.get('location')
    expect(await leadsTo('/learning', LMS)).toBe('http://localhost:2000/course/demonstration')
    expect(await leadsTo('/home/', STUDIO)).toBe('http://localhost:2001/home')
    expect(await studiosOwnPages()).not.toContain('\t1')
    platform.env.EDX_PLATFORM_MFES = ''
  })

  test('Studio is registered at the LMS where it answers, also at another port', async () => {
    const before = await platform.url(STUDIO)
    expect(await redirectUri()).toBe(`${before}/complete/edx-oauth2/`)
    await platform.devenv('stop')
    await occupy(Number(new URL(before).port))
    await platform.start()
    const after = await platform.url(STUDIO)
    expect(after).not.toBe(before)
    expect(await redirectUri()).toBe(`${after}/complete/edx-oauth2/`)
    expect((await get(`${after}/heartbeat`)).status).toBe(200)
  })

  test('its own pages are back without “authoring”, but for one that somebody has switched off', async () => {
    expect(await studiosOwnPages()).toBe(
      'legacy_studio.home\t1\nlegacy_studio.libraries\t0\nlegacy_studio.textbooks\t1',
    )
    expect((await platform.get('/home/', STUDIO)).status).toBe(200)
  })

  test('with PROGRAMS=lms neither Studio nor a worker runs, and tasks are done at once', async () => {
    const studio = await platform.url(STUDIO)
    const view = platform.begin(['make', 'dev.watch', 'PROGRAMS=lms'])
    await view.said(/only lms/)
    expect(view.written(), 'Studio does not answer').not.toContain(studio)
    expect(await processes()).toMatch(/manage\.py lms runserver/)
    expect(await processes()).not.toMatch(/manage\.py cms|celery|webpack/)
    await expect(get(`${studio}/heartbeat`)).rejects.toThrow()
    await post(`${await platform.url(LMS)}/chores`, { text: 'without a worker' })
    expect(await chores(LMS)).toMatchObject({ 'without a worker': 'whoever asked' })
  })

  test('all that appeared in the checkout is the owner’s and ignored by git, and none of it is a built asset', async () => {
    const states = (await platform.git('status', '--porcelain', '--ignored', '--untracked-files=all')).split('\n')
    const edited = [
      'cms/djangoapps/contentstore/toggles.py',
      'cms/djangoapps/home/urls.py',
      'common/static/sass/_colours.scss',
      'lms/djangoapps/login/urls.py',
      'lms/static/js/login.js',
    ]
    expect(states.filter((state) => !state.startsWith('!!')).map((state) => state.trim().slice(2))).toEqual(edited)
    const appeared = states.filter((state) => state.startsWith('!! ')).map((state) => state.slice(3))
    expect(appeared.filter((file) => !/^\.dev\/|\.pytest_cache\/|\.pyc$/.test(file))).toEqual([])
    const around = [platform.path, '-path', join(platform.path, '.dev'), '-prune', '-o']
    expect(await ask('find', ...around, '!', '-uid', String(OWNER), '-print')).toBe('')
  })

  test('dev.clean leaves nothing that devenv created', async () => {
    const { project } = await platform.container('edx-platform')
    succeeded(await platform.make('dev.clean'))
    expect(await platform.containers()).toEqual([])
    expect(await networksOf(project)).toEqual([])
    expect(existsSync(join(platform.path, '.dev'))).toBe(false)
  })
})

describe('dev.test', () => {
  const platform = shared(new Platform('miniature-uv'), (checkout) => checkout.clone())

  test('passes from nothing, with MongoDB alone', async () => {
    const { stdout } = succeeded(await platform.make('dev.test'))
    expect(stdout).toMatch(
      /--ds=lms\.envs\.test lms openedx common xmodule.*3 passed.*--ds=cms\.envs\.test cms.*1 passed/s,
    )
    expect(Object.keys(await platform.images()).sort()).toEqual(['edx-platform', 'mongo'])
  })

  test('has what lies in cms/ tested with Studio’s settings, and the rest with the LMS’s', async () => {
    for (const [tests, ours, others] of [
      ['cms/djangoapps/home', 'cms', 'lms'],
      ['lms/djangoapps/login', 'lms', 'cms'],
    ] as const) {
      const { stdout } = succeeded(await platform.make('dev.test', `TESTS=${tests}`))
      expect(stdout).toContain(`--ds=${ours}.envs.test ${tests}`)
      expect(stdout).toContain('1 passed')
      const wrong = await platform.make('dev.test', `TESTS=${tests}`, `ARGS=--ds=${others}.envs.test`)
      expect(wrong.stdout).toContain('1 failed')
    }
  })

  test('migrates its database once, and again where a migration changed or somebody asks for it', async () => {
    const migration = 'openedx/core/chores/migrations/0001_initial.py'
    const noting = "migrations.RunPython(lambda apps, editor: open('migrated', 'a').write('x'))"
    await platform.edit(migration, 'operations = [', `operations = [\n        ${noting},`)
    const migrations = async (...words: string[]) => {
      const { stdout } = succeeded(await platform.make('dev.test', 'TESTS=common/djangoapps/accounts', ...words))
      expect(stdout).toContain('1 passed')
      return (await platform.read('migrated')).length
    }
    expect(await migrations()).toBe(1)
    expect(await migrations()).toBe(1)
    await platform.edit(migration, 'initial = True', 'initial = True  # changed')
    expect(await migrations()).toBe(2)
    expect(await migrations('ARGS=--create-db')).toBe(3)
    expect(await migrations()).toBe(3)
  })

  test('fails where a test fails, and runs the others all the same', async () => {
    await platform.edit('lms/djangoapps/login/tests.py', "'lms.urls'", "'elsewhere'")
    const { exitCode, stdout } = await platform.make('dev.test')
    expect(exitCode).toBe(2)
    expect(stdout).toMatch(/1 failed, 2 passed.*1 passed/s)
  })
})

test('a checkout with pip-compiled requirements of Python 3.12 runs on them, and on the Node of its .nvmrc with its npm', async () => {
  const platform = fresh(new Platform('miniature-python312'))
  await platform.clone()
  succeeded(await platform.devenv('start', '--programs', 'lms'))
  const { status, body } = await get(`${await platform.url(LMS)}/heartbeat`)
  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject(ANSWERS)
  const [stylesheet] = await loadedBy(`${await platform.url(LMS)}/login`)
  expect(stylesheet?.status).toBe(200)

  // Nobody would ever end the build that this page waits for.
  await platform.leaveCompiling()
  const waited = await get(`${await platform.url(LMS)}/login`)
  expect(waited.status).toBe(500)
  expect(waited.body).toContain('webpack was killed while it compiled')

  expect(await platform.images()).toMatchObject({ mysql: expect.stringMatching(/\/mysql:8\.4\.9$/) })
  const pinned = /^django==([\d.]+)$/m.exec(await platform.read('requirements/edx/development.txt'))?.[1]
  const versions = 'python -m django --version; node --version; npm --version; pip-compile --version'
  const { stdout } = await platform.devenv('exec', '--', 'sh', '-c', versions)
  // npm 10 came with Node 18: later ones refuse to run on it.
  expect(await platform.read('.nvmrc')).toBe('18\n')
  expect(stdout).toMatch(new RegExp(`^${pinned}\nv18\\..*\n10\\..*\npip-compile`))
})

test('devenv refuses a checkout that fits no variant, and names the marks of each', async () => {
  const platform = fresh(new Platform())
  const refused = await platform.devenv('start')
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain('variant-unknown')
  for (const [shape, mark] of [
    ['uv', 'uv.lock'],
    ['python312', 'Python 3\\.12'],
    ['python311', 'Python 3\\.11'],
  ] as const)
    expect(refused.stderr).toMatch(new RegExp(`${shape}\\b.*${mark.replaceAll('\\', '\\\\')}`))
  expect(await platform.containers()).toEqual([])
})
