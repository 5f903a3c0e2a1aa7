// @ts-check
// What a person does with openedx/forum: its tests, and the discussions of an LMS that has it installed from this checkout.
// The LMS is edx-platform's snapshot: DEVENV_REGISTRY says where one was published, EDX_PLATFORM_SNAPSHOT which (edx-platform@ulmo.4).

import assert from 'node:assert/strict'
import { DEVENV } from './clone.mjs'
import { discuss } from './discussion.mjs'
import { lmsExceptions, STAFF, signIn } from './lms.mjs'
import { until } from './until.mjs'

const COURSE = ['Devenv', 'A1', '2030']
const ID = `course-v1:${COURSE.join('+')}`
const { EDX_PLATFORM_SNAPSHOT: SNAPSHOT = 'edx-platform', EDX_PLATFORM_WITHOUT } = process.env
const PLACE = `.dev/devenv/snapshots/${SNAPSHOT}`
const LMS = `\`make dev.watch WITH=${SNAPSHOT}\` from nothing`
const SIGN_IN = 'sign in at the LMS'

export const exceptions = lmsExceptions
export const snapshots = ['edx-platform']

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
      if (EDX_PLATFORM_WITHOUT) {
        // What an LMS is to do without has to be said to its own environment, which the first start makes.
        await checkout.run([...DEVENV, 'start', '--with', SNAPSHOT])
        const without = { DEVENV_WITHOUT: EDX_PLATFORM_WITHOUT }
        await checkout.succeed([...DEVENV, 'start', '--programs', 'lms', '--checkout', PLACE], { env: without })
      }
      const view = await checkout.watch({ words: [`WITH=${SNAPSHOT}`], service: 'edx-platform' })
      await view.leave()
      return Object.keys(await checkout.urls(PLACE)).join(', ')
    },
  },
  {
    title: SIGN_IN,
    needs: [LMS],
    run: async ({ checkout, browser }) => {
      const { lms = '' } = await checkout.urls(PLACE)
      await signIn(await browser.newTab(), lms, STAFF)
    },
  },
  {
    title: 'a post, an answer, a vote and a search in a course',
    needs: [SIGN_IN],
    run: async ({ checkout, browser }) => {
      const { lms = '' } = await checkout.urls(PLACE)
      const settings = ['env', 'DJANGO_SETTINGS_MODULE=devenv_edx_platform.cms', 'SERVICE_VARIANT=cms']
      const create = ['python', 'manage.py', 'cms', 'create_course', 'split', STAFF.email, ...COURSE, 'A course']
      await checkout.devenv('exec', '--checkout', PLACE, 'edx-platform', '--', ...settings, ...create)
      await discuss(await browser.newTab(), lms, ID)
    },
  },
  {
    title: 'an edit of the checkout is served by the LMS',
    needs: [LMS],
    run: async ({ checkout }) => {
      const { lms } = await checkout.urls(PLACE)
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
