// @ts-check
// What a person does with edx-platform and the micro-frontends of a release beside it, none of which has a checkout here.

import assert from 'node:assert/strict'
import { LEARNER, lmsExceptions, STAFF } from './lms.mjs'
import { until } from './until.mjs'

/** @typedef {import('./accept.mjs').Person} Person */

const COURSE = ['Devenv', 'F1', '2030']
const ID = `course-v1:${COURSE.join('+')}`

const START = '`make dev.watch WITH=frontends@…` from nothing'
const SIGN_IN = 'sign in at the LMS, which leads to authn, and from there to the learner dashboard'
const COURSE_HOME = 'a course in learning'
const STUDIO = 'Studio’s home is authoring’s'
const AUTHOR = 'a section, a unit and its text are made in authoring'
const WORDS = 'Words of the unit'

export const snapshots = ['frontends']

/** @type {import('./accept.mjs').Acceptance['exceptions']} */
export const exceptions = [
  ...lmsExceptions,
  { what: /\b40[13]\b/, url: /\/login_refresh$/, because: 'nobody is signed in yet' },
  {
    what: /\b404\b/,
    url: /\/api\/edx_proctoring\/.*\/user_onboarding\/status/,
    because: 'the course has no proctored exam, which upstream answers so',
  },
  {
    what: /\b500\b/,
    url: /\/api\/contentstore\/v1\/help_urls$/,
    because: 'upstream reads its list of pages into one object for all requests, and two of them meet',
  },
]

/** @param {{ checkout: Person['checkout'], snapshot?: string | undefined }} person */
async function addresses({ checkout, snapshot }) {
  const { lms = assert.fail('the LMS has no address'), studio = '' } = await checkout.urls()
  const [frontends = assert.fail('they have no address')] = Object.values(
    await checkout.urls(`.dev/devenv/snapshots/${snapshot}`),
  )
  return { lms, studio, frontends }
}

/**
 * On the page of authn, which leads to the learner dashboard.
 * @param {import('./lms.mjs').Tab} tab
 * @param {string} frontends
 * @param {{ email: string, password: string }} who
 */
async function signInAtAuthn({ page }, frontends, { email, password }) {
  await page.fill('#emailOrUsername', email)
  await page.fill('#password', password)
  await Promise.all([page.waitForURL(`${frontends}/learner-dashboard/**`), page.click('#sign-in')])
}

/**
 * What all containers hold in memory: of an environment here, or of a snapshot's.
 * @param {Person['checkout']} checkout
 * @param {string} [place]
 */
async function memoryOf(checkout, place = '.') {
  const { memoryBytes } = JSON.parse(await checkout.devenv('status', '--json', '--checkout', place))
  return `${Math.round(memoryBytes / 2 ** 20)} MiB`
}

/** @type {import('./accept.mjs').Acceptance['steps']} */
export const steps = [
  {
    title: START,
    run: async (person) => {
      const view = await person.checkout.watch({ words: [`WITH=${person.snapshot}`] })
      await view.leave()
      const { beside } = JSON.parse(await person.checkout.devenv('status', '--json'))
      return beside
        .map((/** @type {{ service: string, url: string }} */ { service, url }) => `${service} at ${url}`)
        .join(', ')
    },
  },
  {
    title: SIGN_IN,
    needs: [START],
    run: async (person) => {
      const { lms, frontends } = await addresses(person)
      const tab = await person.browser.open(`${lms}/login`, 'authn')
      assert.ok(tab.page.url().startsWith(`${frontends}/authn/login`), tab.page.url())
      await signInAtAuthn(tab, frontends, LEARNER)
      await until(async () => assert.match(await tab.text(), /not enrolled|My Courses|Looking for a new challenge/), {
        seconds: 60,
      })
      await tab.look('learner dashboard')
      await tab.close()
    },
  },
  {
    title: 'the profile and the account of who is signed in',
    needs: [SIGN_IN],
    run: async (person) => {
      const { lms, frontends } = await addresses(person)
      const tab = await person.browser.open(`${lms}/u/learner`, 'profile')
      assert.equal(tab.page.url(), `${frontends}/profile/u/learner`)
      await until(async () => assert.match(await tab.text(), /learner/), { seconds: 60 })
      await tab.open(`${frontends}/account/`, 'account')
      await until(async () => assert.match(await tab.text(), /Account Information[\s\S]*Delete My Account/), {
        seconds: 60,
      })
      await tab.look('account, complete')
      await tab.close()
    },
  },
  {
    title: COURSE_HOME,
    needs: [SIGN_IN],
    run: async (person) => {
      const { lms, frontends } = await addresses(person)
      const { checkout, browser } = person
      const django = [
        'exec',
        'edx-platform',
        '--',
        'env',
        'SERVICE_VARIANT=cms',
        'DJANGO_SETTINGS_MODULE=devenv_edx_platform.cms',
      ]
      const manage = [...django, 'python', '-W', 'ignore', 'manage.py', 'cms']
      await checkout.devenv(...manage, 'create_course', 'split', STAFF.email, ...COURSE, 'A course', '2020-01-01')
      const lmsManage = manage.map((word) => word.replace(/\bcms\b/, 'lms'))
      await checkout.devenv(...lmsManage, 'enroll_user_in_course', '-e', LEARNER.email, '-c', ID)
      const tab = await browser.open(`${lms}/courses/${ID}/course/`, 'course home')
      assert.ok(tab.page.url().startsWith(`${frontends}/learning/course/${ID}/home`), tab.page.url())
      await until(async () => assert.match(await tab.text(), /A course/), { seconds: 60 })
      await tab.look('course home, complete')
      await tab.close()
    },
  },
  {
    title: STUDIO,
    needs: [START],
    run: async (person) => {
      const { lms, studio, frontends } = await addresses(person)
      await person.browser.context.clearCookies()
      const tab = await person.browser.open(`${lms}/login`, 'authn, for staff')
      await signInAtAuthn(tab, frontends, STAFF)
      await tab.open(`${studio}/home/`, 'Studio’s home')
      assert.ok(tab.page.url().startsWith(`${frontends}/authoring/home`), tab.page.url())
      await until(async () => assert.match(await tab.text(), /Studio home[\s\S]*A course/i), { seconds: 60 })
      await tab.look('Studio’s home, complete')
      await tab.close()
    },
  },
  {
    title: AUTHOR,
    needs: [COURSE_HOME, STUDIO],
    run: async (person) => {
      const { frontends } = await addresses(person)
      const tab = await person.browser.open(`${frontends}/authoring/course/${ID}`, 'outline')
      const button = (/** @type {string | RegExp} */ name) => tab.page.getByRole('button', { name }).first()
      for (const what of ['section', 'subsection', 'unit']) await button(`New ${what}`).click()
      await tab.page.waitForURL('**/container/**')
      await button('Text').click()
      await tab.page.getByRole('dialog').getByText('Text', { exact: true }).click()
      await button('Select').click()
      await tab.page.frameLocator('iframe.tox-edit-area__iframe').locator('body').fill(WORDS)
      await button(/^Save/).click()
      await tab.page.frameLocator('iframe[src*="container_embed"]').getByText(WORDS).waitFor()
      await button('Publish').click()
      await tab.page.getByText('Published and live').waitFor()
      await tab.look('unit, published')
      await tab.close()
    },
  },
  {
    title: 'a learner sees the course in the learner dashboard, and works through the unit in learning',
    needs: [AUTHOR],
    run: async (person) => {
      const { lms, frontends } = await addresses(person)
      await person.browser.context.clearCookies()
      const tab = await person.browser.open(`${lms}/login`, 'authn, for a learner')
      await signInAtAuthn(tab, frontends, LEARNER)
      await tab.page.getByText('Begin Course').click()
      await tab.page.waitForURL(`${frontends}/learning/course/**`)
      await tab.look('learning, from the dashboard')
      await tab.open(`${frontends}/learning/course/${ID}/home`, 'course home, welcome')
      const skip = tab.page.getByRole('button', { name: 'Skip for now' })
      if (await skip.isVisible()) {
        await skip.click()
        await tab.page.getByRole('button', { name: 'Okay' }).click()
      }
      await tab.page
        .getByText(/^(Start|Resume) course$/)
        .first()
        .click()
      await tab.page.frameLocator('#unit-iframe').getByText(WORDS).waitFor()
      await tab.look('unit, as a learner')
      await tab.close()
    },
  },
  {
    title: 'a second LMS with its own beside it, both signed in to in one browser',
    needs: [SIGN_IN],
    run: async (person) => {
      const { checkout, clones, browser, snapshot } = person
      const second = await checkout.worktree('edx-platform-second')
      clones.push(second)
      await (await second.watch({ words: [`WITH=${snapshot}`, 'PROGRAMS=lms,cms'] })).leave()
      await browser.context.clearCookies()
      const groups = [await addresses(person), await addresses({ checkout: second, snapshot })]
      for (const { lms, frontends } of groups) {
        const tab = await browser.open(`${lms}/login`, 'authn of each')
        await signInAtAuthn(tab, frontends, LEARNER)
        await tab.close()
      }
      for (const { frontends } of groups) {
        const tab = await browser.open(`${frontends}/learner-dashboard/`, 'still signed in')
        await until(async () => assert.match(await tab.text(), /learner/), { seconds: 60 })
        assert.ok(tab.page.url().startsWith(`${frontends}/learner-dashboard/`), tab.page.url())
        await tab.close()
      }
      const memory = await memoryOf(second)
      await second.devenv('clean', '--yes')
      return `the second, of the LMS and Studio alone: ${memory}`
    },
  },
  {
    title: 'without them, the LMS has its own sign-in again',
    needs: [SIGN_IN, STUDIO],
    run: async (person) => {
      const place = `.dev/devenv/snapshots/${person.snapshot}`
      const memory = `${await memoryOf(person.checkout)}, and ${await memoryOf(person.checkout, place)} for all of them`
      await person.checkout.devenv('start', '--with', 'none')
      await person.browser.context.clearCookies()
      const { lms = '' } = await person.checkout.urls()
      const tab = await person.browser.open(`${lms}/login`, 'sign-in of the LMS')
      assert.equal(new URL(tab.page.url()).origin, lms)
      await tab.close()
      return memory
    },
  },
]
