// @ts-check
// What a person does with edx-platform: makes a course in Studio, learns in the LMS, and works on both.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Clone } from './clone.mjs'
import { discuss } from './discussion.mjs'
import { LEARNER, lmsExceptions, STAFF, signIn } from './lms.mjs'
import { until } from './until.mjs'

/** @typedef {import('./accept.mjs').Person} Person */
/** @typedef {import('../browser/browser.mjs').Tab} Tab */

const COURSE = { name: 'A course', org: 'Devenv', number: 'A1', run: '2030' }
const XBLOCK = 'xblock-read-aloud'
const ID = `course-v1:${COURSE.org}+${COURSE.number}+${COURSE.run}`

/** Where the unit is, once Studio has made it. */
let unit = ''

/** @param {Clone} checkout */
async function addresses(checkout) {
  const { lms = '', studio = '' } = await checkout.urls()
  return { lms, studio }
}

/**
 * A command of the LMS that takes a user and the course.
 * @param {Clone} checkout
 * @param {string} command
 * @param {string} email
 */
const manage = (checkout, command, email) =>
  checkout.devenv(
    ...['exec', 'edx-platform', '--', 'env', 'DJANGO_SETTINGS_MODULE=devenv_edx_platform.lms', 'SERVICE_VARIANT=lms'],
    ...['python', '-W', 'ignore', 'manage.py', 'lms', command, '-e', email, '-c', ID],
  )

/**
 * Opens each page, and says which ones it were.
 * @param {Tab} tab
 * @param {string} address
 * @param {readonly string[]} paths
 */
async function openEach(tab, address, paths) {
  for (const path of paths) await tab.open(`${address}/${path}`, path)
  return paths.map((path) => path.replace(`/${ID}`, '')).join(', ')
}

/**
 * Adds a page to the URLs of the LMS or of Studio, and then changes it.
 * @param {Person} person
 * @param {'lms' | 'cms'} where
 */
async function editView({ checkout, browser }, where) {
  const { lms, studio } = await addresses(checkout)
  const url = `${where === 'lms' ? lms : studio}/saved`
  const file = `${where}/urls.py`
  const page = (/** @type {string} */ text) => `path('saved', lambda request: HttpResponse('<h1>${text}</h1>'))`
  checkout.edit(file, /$/, `\nfrom django.http import HttpResponse\nurlpatterns += [${page('first')}]\n`)
  const tab = await browser.newTab()
  /** @param {string} text */
  const shows = async (text) => {
    const begun = performance.now()
    await until(
      async () => {
        await tab.page.goto(url)
        assert.equal(await tab.page.locator('h1').innerText(), text)
      },
      { seconds: 300 },
    )
    return `${((performance.now() - begun) / 1000).toFixed(1)} s`
  }
  const first = await shows('first')
  checkout.edit(file, page('first'), page('second'))
  const second = await shows('second')
  await tab.close()
  return `served after ${first} and ${second}`
}

/**
 * @param {Person} person
 * @param {'lms' | 'cms'} service
 */
async function taskIn({ checkout }, service) {
  const worker = `${service}-worker`
  const ask = [
    'from openedx.core.djangoapps.heartbeat.tasks import sample_task',
    `print("asked:", sample_task.apply_async(queue="edx.${service}.core.default").id)`,
  ]
  const { output } = await checkout.run(['sh', '-c', `printf '%s\\n' '${ask.join("' '")}' | make dev.${service}.shell`])
  const id = /asked: ([\w-]+)/.exec(output)?.[1] ?? ''
  assert.notEqual(id, '', output)
  await until(
    async () => assert.match(await checkout.devenv('logs', worker, '--grep', id), new RegExp(`${id}.*succeeded`)),
    { seconds: 120 },
  )
  return `sample_task, by ${worker}`
}

/**
 * An XBlock of three files, of a team that works on it beside the platform.
 * @param {Clone} checkout
 */
async function makeXBlock(checkout) {
  const folder = join(checkout.workshop.folder, XBLOCK)
  mkdirSync(join(folder, 'read_aloud'), { recursive: true })
  const block = new Clone(checkout.workshop, folder)
  block.write(
    'setup.py',
    `from setuptools import setup

setup(
    name='${XBLOCK}',
    version='0.1',
    packages=['read_aloud'],
    package_data={'': ['*.html']},
    install_requires=['XBlock'],
    entry_points={'xblock.v1': ['read_aloud = read_aloud:ReadAloud']},
)
`,
  )
  block.write(
    'read_aloud/__init__.py',
    `import pkgutil

from web_fragments.fragment import Fragment
from xblock.core import XBlock


class ReadAloud(XBlock):
    def student_view(self, context=None):
        return Fragment(pkgutil.get_data(__name__, 'view.html').decode())
`,
  )
  block.write('read_aloud/view.html', '<p>What the block says at first</p>')
  block.write('.gitignore', '__pycache__/\n')
  await block.succeed(['git', 'init', '--quiet'])
  await block.succeed(['git', 'add', '--all'])
  await block.commit('An XBlock')
  return block
}

const START = '`make dev.watch` from nothing'
const SIGN_IN = 'sign in at the LMS, and by it at Studio'
const MADE = 'a course with a unit of text and a problem, made in Studio and published'

/** @type {import('./accept.mjs').Acceptance['exceptions']} */
export const exceptions = [
  ...lmsExceptions,
  { what: /\b404\b/, url: /images\/favicon\.ico$/, because: 'upstream has no icon of Studio' },
  { what: /\b404\b/, url: /css\/HtmlBlockEditor\.css$/, because: 'upstream keeps it in css-builtin-blocks' },
  { what: /\b404\b/, url: /course_id\/undefined$/, because: 'upstream asks before it knows the course' },
  {
    what: /unbind is not a function/,
    url: /jquery\.allLoaded/,
    because: 'upstream’s jQuery is newer than this script',
  },
  { what: /Invalid target origin/, url: /factories\/container/, because: 'upstream speaks to a frame around the page' },
]

/** @type {import('./accept.mjs').Acceptance['steps']} */
export const steps = [
  {
    title: START,
    run: async ({ checkout }) => {
      const view = await checkout.watch()
      await view.leave()
      return Object.keys(view.urls).join(', ')
    },
  },
  {
    title: 'assets are built without a “Critical dependency”; no setting names a host that nobody answers for',
    needs: [START],
    run: async ({ checkout }) => {
      assert.doesNotMatch(await checkout.devenv('logs', '--grep', 'Critical dependency'), /Critical dependency/)
      return (await checkout.make('dev.settings')).trim().split('\n').at(-1)
    },
  },
  {
    title: SIGN_IN,
    needs: [START],
    run: async ({ checkout, browser }) => {
      const { lms, studio } = await addresses(checkout)
      const tab = await browser.newTab()
      await signIn(tab, lms, STAFF)
      await tab.open(`${studio}/home/`, 'Studio')
      assert.equal(tab.page.url(), `${studio}/home/`)
    },
  },
  {
    title: MADE,
    needs: [SIGN_IN],
    run: async ({ checkout, browser }) => {
      const { studio } = await addresses(checkout)
      const tab = await browser.open(`${studio}/home/`, 'Studio')
      const { page } = tab
      await page.locator('.new-course-button').first().click()
      for (const [name, text] of Object.entries(COURSE))
        await page.locator(`#new-course-${name}`).pressSequentially(text)
      await page.keyboard.press('Tab')
      await Promise.all([page.waitForURL(/\/course\//), page.click('.new-course-save')])
      await tab.look('outline of a new course')
      await page.locator('.button-new', { hasText: 'New Section' }).last().click()
      await page.locator('.button-new', { hasText: 'New Subsection' }).last().click()
      const newUnit = page.locator('.button-new', { hasText: 'New Unit' }).last()
      await Promise.all([page.waitForURL(/\/container\//), newUnit.click()])
      unit = /\/container\/([^?]+)/.exec(page.url())?.[1] ?? ''
      await tab.look('new unit')
      for (const [kind, template] of /** @type {const} */ ([
        ['html', /^\s*Text\s*$/],
        ['problem', /^\s*Multiple Choice\s*$/],
      ])) {
        await page.click(`.add-xblock-component-button[data-type=${kind}]`)
        await page.locator(`.new-component-${kind} button:visible`, { hasText: template }).first().click()
        await page
          .locator('.studio-xblock-wrapper .edit-button')
          .nth(kind === 'html' ? 0 : 1)
          .waitFor()
        await tab.look(`${kind} added`)
      }
      await page.locator('.edit-button:visible').first().click()
      await page.frameLocator('.modal-window iframe').locator('body').fill('What the learner reads')
      await page.locator('.modal-window .action-save').click()
      await page.getByText('What the learner reads').first().waitFor()
      await page.click('.action-publish')
      await page
        .locator('.bit-publishing', { hasText: /Published/ })
        .first()
        .waitFor()
      await tab.look('published')
      await tab.open(`${studio}/settings/details/${ID}`, 'schedule')
      await page.locator('#course-start-date').fill('01/01/2020')
      await page.keyboard.press('Tab')
      await page.locator('.action-save:visible, .action-primary:visible', { hasText: 'Save Changes' }).first().click()
      await page.getByText('Your changes have been saved').first().waitFor()
      return unit
    },
  },
  {
    title: 'Studio’s other pages',
    needs: [MADE],
    run: async ({ checkout, browser }) => {
      const pages = [
        'course_info',
        'assets',
        'tabs',
        'textbooks',
        'settings/details',
        'settings/grading',
        'course_team',
      ]
      const more = ['group_configurations', 'settings/advanced', 'certificates', 'import', 'export']
      const { studio } = await addresses(checkout)
      const tab = await browser.newTab()
      return openEach(
        tab,
        studio,
        [...pages, ...more].map((page) => `${page}/${ID}`),
      )
    },
  },
  {
    title: 'the instructor’s page, progress, discussion and wiki of the course',
    needs: [MADE],
    run: async ({ checkout, browser }) => {
      const { lms } = await addresses(checkout)
      const pages = ['instructor', 'progress', 'discussion/forum/', 'wiki'].map((page) => `courses/${ID}/${page}`)
      return openEach(await browser.newTab(), lms, [...pages, `courses/${ID}/about`, 'admin/', 'api-docs/'])
    },
  },
  {
    title: 'a post, an answer, a vote and a search in the discussion',
    needs: [MADE],
    run: async ({ checkout, browser }) => discuss(await browser.newTab(), (await addresses(checkout)).lms, ID),
  },
  {
    title: 'sign out, which ends it in Studio too',
    needs: [MADE],
    run: async ({ checkout, browser }) => {
      const { lms, studio } = await addresses(checkout)
      const tab = await browser.newTab()
      await tab.page.goto(`${lms}/logout`)
      await tab.page.waitForURL(`${lms}/`)
      await tab.look('signed out')
      await tab.open(`${studio}/home/`, 'Studio, signed out')
      assert.ok(tab.page.url().startsWith(`${lms}/login`), tab.page.url())
    },
  },
  {
    title: 'a learner enrols, opens the unit, answers the problem, and sees the progress',
    needs: [MADE],
    run: async ({ checkout, browser }) => {
      const { lms } = await addresses(checkout)
      const tab = await browser.newTab()
      await signIn(tab, lms, LEARNER)
      await tab.open(`${lms}/courses/${ID}/about`, 'about the course')
      /** @param {URL} url */
      const hasLeft = (url) => !url.pathname.endsWith('/about')
      // On a busy machine the page's script may not have the button yet: a person clicks again.
      await until(
        async () => {
          if (!hasLeft(new URL(tab.page.url()))) await tab.page.click('.register')
          await tab.page.waitForURL(hasLeft, { timeout: 20_000 })
        },
        { seconds: 180 },
      )
      // A tree that asks for money: whoever runs the site lets the learner in.
      if (tab.page.url().includes('/course_modes/')) await manage(checkout, 'enroll_user_in_course', LEARNER.email)
      await tab.page.goto(`${lms}/courses/${ID}/jump_to/${unit}`)
      await tab.look('the page that stands for the learning micro-frontend', { status: 404 })
      await tab.follow(() => tab.page.getByText('as the LMS shows it').click(), 'unit, as a learner')
      assert.match(await tab.text(), /What the learner reads/)
      await tab.page.getByText('the correct answer').click()
      await tab.page.locator('.problem .submit').click()
      await tab.page.locator('.problem .status.correct, .choicegroup_correct').first().waitFor()
      await tab.look('answered')
      await tab.open(`${lms}/courses/${ID}/progress`, 'progress')
      await tab.open(`${lms}/u/learner`, 'profile', { status: 404 })
      await tab.page.goto(`${lms}/logout`)
    },
  },
  {
    title: 'an edit in `lms/` is served',
    needs: [START],
    run: (person) => editView(person, 'lms'),
  },
  {
    title: 'an edit in `cms/` is served',
    needs: [START],
    run: (person) => editView(person, 'cms'),
  },
  {
    title: 'a saved template, Sass file and JavaScript file are seen',
    needs: [SIGN_IN],
    run: async ({ checkout, browser }) => {
      const { lms } = await addresses(checkout)
      const tab = await browser.newTab()
      /** @param {string} script */
      const sees = (script) =>
        until(
          async () => {
            await tab.page.goto(`${lms}/login`)
            assert.ok(await tab.page.evaluate(script), script)
          },
          { seconds: 240 },
        )
      checkout.edit('lms/templates/main.html', '<body ', '<body data-template="saved" ')
      await sees('document.body.dataset.template === "saved"')
      checkout.edit('lms/static/sass/_build-lms-v1.scss', /$/, '\nbody { outline: 3px solid rgb(1, 2, 3); }\n')
      await sees('getComputedStyle(document.body).outlineColor === "rgb(1, 2, 3)"')
      checkout.edit('common/static/js/src/ReactRenderer.jsx', /$/, '\nwindow.savedBundle = true;\n')
      await sees(
        'fetch("/static/bundles/ReactRenderer.js").then((a) => a.text()).then((t) => t.includes("savedBundle"))',
      )
      await tab.look('after the saves')
      await checkout.succeed(['git', 'checkout', '--quiet', '--', '.'])
    },
  },
  {
    title: 'an XBlock of three files: attached, added to the unit, edited, detached',
    needs: [MADE],
    run: async ({ checkout, browser }) => {
      const block = await makeXBlock(checkout)
      const attached = await checkout.watch({ words: [`WITH=../${XBLOCK}`] })
      await attached.leave()
      const { lms, studio } = await addresses(checkout)
      const tab = await browser.newTab()
      await tab.page.goto(`${lms}/logout`)
      await signIn(tab, lms, STAFF)
      await tab.open(`${studio}/settings/advanced/${ID}`, 'advanced settings')
      const cookies = await tab.page.context().cookies(studio)
      const token = cookies.find(({ name }) => name === 'csrftoken')?.value ?? ''
      // As the button of that page sends it.
      const saved = await tab.page.evaluate(
        async ([address = '', csrf = '']) => {
          const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrf }
          const body = JSON.stringify({ advanced_modules: { value: ['read_aloud'] } })
          return (await fetch(address, { method: 'POST', headers, body })).status
        },
        [`${studio}/settings/advanced/${ID}`, token],
      )
      assert.equal(saved, 200)
      await tab.open(`${studio}/container/${unit}`, 'unit, with advanced components')
      await tab.page.click('.add-xblock-component-button[data-type=advanced]')
      await tab.page.locator('.new-component-advanced button[data-category=read_aloud]').click()
      await tab.page.getByText('What the block says at first').waitFor()
      await tab.look('XBlock added')
      await tab.page.click('.action-publish')
      await tab.page
        .locator('.bit-publishing', { hasText: /Published/ })
        .first()
        .waitFor()
      /** @param {RegExp} text */
      const shows = (text) =>
        until(
          async () => {
            await tab.page.goto(`${lms}/xblock/${unit}`)
            assert.match(await tab.text(), text)
          },
          { seconds: 300 },
        )
      await shows(/What the block says at first/)
      const begun = performance.now()
      block.edit('read_aloud/__init__.py', 'decode()', "decode().replace('at first', 'after a save')")
      await shows(/What the block says after a save/)
      const seconds = (performance.now() - begun) / 1000
      await tab.look('XBlock, edited')
      const detached = await checkout.watch({ words: ['WITH='] })
      await detached.leave()
      await shows(/(?=.*What the learner reads)(?!.*What the block says)/s)
      await tab.look('unit without the XBlock')
      await block.succeed(['git', 'checkout', '--quiet', '--', '.'])
      assert.equal(await block.status(), '')
      return `an edit was served after ${seconds.toFixed(1)} s`
    },
  },
  {
    title: 'a task in each worker',
    needs: [START],
    run: async (person) => `${await taskIn(person, 'lms')}; ${await taskIn(person, 'cms')}`,
  },
  {
    title: '`make dev.test` on paths of lms, cms, openedx and xmodule',
    run: async ({ checkout }) => {
      const paths = ['lms/djangoapps/branding', 'openedx/core/djangoapps/heartbeat', 'xmodule/tests/test_video.py']
      const { output } = await checkout.run(['make', 'dev.test', `TESTS=${paths.join(' ')} cms/djangoapps/api`])
      const counts = [...output.matchAll(/=+ (.*\bin [\d.]+s.*?) =+$/gm)].map(([, count]) => count)
      assert.equal(counts.length, 2, output.slice(-2000))
      const failed = [...output.matchAll(/^FAILED (\S+)/gm)].map(([, name]) => name)
      return [`LMS: ${counts[0]}; Studio: ${counts[1]}`, ...failed].join('; failed: ')
    },
  },
  {
    title: '`PROGRAMS=lms`: only the LMS runs, and an edit is served',
    needs: [START],
    run: async (person) => {
      const view = await person.checkout.watch({ words: ['PROGRAMS=lms'] })
      await view.leave()
      return editView(person, 'lms').finally(() => person.checkout.succeed(['git', 'checkout', '--quiet', '--', '.']))
    },
  },
  {
    title: 'stop and start stay signed in; so does a second worktree with a copy of the data, in the same browser',
    needs: [SIGN_IN],
    run: async ({ checkout, clones, browser }) => {
      const tab = await browser.newTab()
      const { lms } = await addresses(checkout)
      await tab.page.goto(`${lms}/logout`)
      await signIn(tab, lms, STAFF)
      await checkout.devenv('stop')
      const second = await checkout.worktree('edx-platform-second')
      clones.push(second)
      const stores = '.dev/devenv/stores'
      mkdirSync(join(second.path, stores), { recursive: true })
      for (const store of ['mysql-8.4', 'mongo-7.0', 'edx-platform'])
        await checkout.succeed(['cp', '-a', join(stores, store), join(second.path, stores, store)])
      for (const each of [checkout, second]) await (await each.watch({ words: ['PROGRAMS=lms,cms'] })).leave()
      await signIn(await browser.newTab(), (await addresses(second)).lms, STAFF)
      for (const each of [checkout, second]) {
        const { lms, studio } = await addresses(each)
        const tab = await browser.open(`${lms}/dashboard`, 'still signed in')
        assert.equal(tab.page.url(), `${lms}/dashboard`)
        await tab.open(`${studio}/home/`, 'Studio of each')
        assert.equal(tab.page.url(), `${studio}/home/`)
      }
    },
  },
  {
    title: '`make dev.clean` leaves nothing, and git sees no change',
    needs: [START],
    run: async ({ checkout }) => {
      await checkout.make('dev.clean', 'YES=1')
      assert.equal(await checkout.status(), '')
    },
  },
]
