// @ts-check
// What a person does with edx-platform: a course is made in Studio, learned in the LMS, and both are worked on.

import assert from 'node:assert/strict'
import { until } from './until.mjs'

/** @typedef {import('./accept.mjs').Person} Person */
/** @typedef {import('../browser/browser.mjs').Tab} Tab */

const STAFF = { email: 'admin@example.com', password: 'admin' }
const LEARNER = { email: 'learner@example.com', password: 'learner' }
const COURSE = 'course-v1:Devenv+A1+2030'

/** @param {Person} person */
async function addresses({ checkout }) {
  const { lms = '', studio = '' } = await checkout.urls()
  return { lms, studio }
}

/**
 * @param {Tab} tab
 * @param {string} lms
 * @param {{ email: string, password: string }} who
 */
async function signIn(tab, lms, { email, password }) {
  await tab.open(`${lms}/login`, 'sign-in page')
  await tab.page.fill('#login-email', email)
  await tab.page.fill('#login-password', password)
  await tab.follow(() => tab.page.click('.login-button'), `dashboard of ${email}`)
  assert.match(tab.page.url(), /\/dashboard/)
}

const START = '`make dev.watch` from nothing'
const SIGN_IN = 'sign in at the LMS'
const STUDIO = 'Studio signs in through the LMS'
const NEW_COURSE = 'a course with a section, a subsection and a unit, made in Studio'

/** @type {import('./accept.mjs').Acceptance['exceptions']} */
export const exceptions = []

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
    title: SIGN_IN,
    needs: [START],
    run: async (person) => {
      const { lms } = await addresses(person)
      await signIn(await person.browser.newTab(), lms, STAFF)
    },
  },
  {
    title: STUDIO,
    needs: [SIGN_IN],
    run: async (person) => {
      const { studio } = await addresses(person)
      const tab = await person.browser.open(`${studio}/home/`, 'Studio')
      assert.match(tab.page.url(), new RegExp(`^${studio}/home/`))
    },
  },
]
