// @ts-check
// What a person does with openedx/forum: its tests, and the discussions of an LMS that runs it from this checkout.
// The LMS is edx-platform's snapshot: DEVENV_REGISTRY says where one was published.

import assert from 'node:assert/strict'
import { discuss } from './discussion.mjs'
import { until } from './until.mjs'

const STAFF = { email: 'admin@example.com', password: 'admin' }
const COURSE = ['Devenv', 'A1', '2030']
const ID = `course-v1:${COURSE.join('+')}`
const LMS = '`make dev.watch PROGRAMS=lms` from nothing'
const SIGN_IN = 'sign in at the LMS'

/** @type {import('./accept.mjs').Acceptance['exceptions']} */
export const exceptions = [
  { what: /ERR_NAME_NOT_RESOLVED/, url: /^https:/, because: 'asks a public host that this machine does not reach' },
  { what: /\b404\b/, url: /proctored_exam_add_allowance_view\.js$/, because: 'edx-proctoring gave it another name' },
]

/** @type {import('./accept.mjs').Acceptance['steps']} */
export const steps = [
  {
    title: '`make dev.test` from nothing',
    run: async ({ checkout }) => {
      const counts = /=+ (.*\bin [\d.]+s.*?) =+$/m.exec(await checkout.make('dev.test'))?.[1]
      const { containers } = JSON.parse(await checkout.devenv('status', '--json'))
      const running = containers.filter((/** @type {{ state: string }} */ { state }) => state === 'running')
      assert.equal(running.length, 1, 'no server is needed')
      return counts
    },
  },
  { title: '`make dev.quality`', run: async ({ checkout }) => void (await checkout.make('dev.quality')) },
  {
    title: LMS,
    run: async ({ checkout }) => {
      const view = await checkout.watch({ words: ['PROGRAMS=lms'] })
      await view.leave()
      return Object.keys(view.urls).join(', ')
    },
  },
  {
    title: SIGN_IN,
    needs: [LMS],
    run: async ({ checkout, browser }) => {
      const { lms } = await checkout.urls()
      const tab = await browser.open(`${lms}/login`, 'sign-in page')
      await tab.page.fill('#login-email', STAFF.email)
      await tab.page.fill('#login-password', STAFF.password)
      await Promise.all([tab.page.waitForURL(/\/dashboard/), tab.page.click('.login-button')])
      await tab.look('dashboard')
    },
  },
  {
    title: 'a post, an answer, a vote and a search in a course',
    needs: [SIGN_IN],
    run: async ({ checkout, browser }) => {
      const { lms = '' } = await checkout.urls()
      const settings = ['env', 'DJANGO_SETTINGS_MODULE=devenv_edx_platform.cms', 'SERVICE_VARIANT=cms']
      const create = ['python', 'manage.py', 'cms', 'create_course', 'split', STAFF.email, ...COURSE, 'A course']
      await checkout.devenv('exec', 'lms', '--', ...settings, ...create)
      await discuss(await browser.newTab(), lms, ID)
    },
  },
  {
    title: 'an edit of the checkout is served by the LMS',
    needs: [LMS],
    run: async ({ checkout }) => {
      const { lms } = await checkout.urls()
      checkout.edit(
        'forum/urls.py',
        /$/,
        "\nfrom django.http import HttpResponse\nurlpatterns += [path('saved', lambda request: HttpResponse('edited'))]\n",
      )
      await until(async () => assert.equal(await (await fetch(`${lms}/forum/saved`)).text(), 'edited'), {
        seconds: 240,
      })
      await checkout.succeed(['git', 'checkout', '--quiet', '--', '.'])
    },
  },
  {
    title: '`make dev.clean`, and git sees no change',
    run: async ({ checkout }) => {
      await checkout.make('dev.clean')
      assert.equal(await checkout.status(), '')
    },
  },
]
