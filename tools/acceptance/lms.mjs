// @ts-check
// An LMS, whichever package runs it: who signs in, how, and the faults of its pages that upstream alone has.

/** @typedef {import('../browser/browser.mjs').Tab} Tab */

export const STAFF = { email: 'admin@example.com', password: 'admin' }
export const LEARNER = { email: 'learner@example.com', password: 'learner' }

/** @type {import('../browser/judge-page.mjs').Exception[]} */
export const lmsExceptions = [
  { what: /ERR_NAME_NOT_RESOLVED/, url: /^https:/, because: 'asks a public host that this machine does not reach' },
  { what: /\b404\b/, url: /images_course_image\.jpg$/, because: 'a new course has no picture' },
  { what: /\b404\b/, url: /proctored_exam_add_allowance_view\.js$/, because: 'edx-proctoring gave it another name' },
  { what: /\b404\b/, url: /paragon\/static\/static\//, because: 'upstream’s stylesheet names the folder twice' },
  { url: /bundles\/Currency\.js$/, because: 'upstream reads a cookie that only edX’s own site sets' },
]

/**
 * @param {Tab} tab
 * @param {string} lms
 * @param {{ email: string, password: string }} who
 */
export async function signIn(tab, lms, { email, password }) {
  await tab.open(`${lms}/login`, 'sign-in page')
  await tab.page.fill('#login-email', email)
  await tab.page.fill('#login-password', password)
  await Promise.all([tab.page.waitForURL(/\/dashboard/), tab.page.click('.login-button')])
  await tab.look(`dashboard of ${email}`)
}
