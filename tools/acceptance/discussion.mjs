// @ts-check
// What a person does in a course's discussion. By the LMS's API, as the micro-frontend `discussions` asks it, with the
// cookies of the browser; the LMS's own page then shows it.

import assert from 'node:assert/strict'

/** @typedef {import('../browser/browser.mjs').Tab} Tab */

/**
 * Posts, answers, votes and searches, as whoever is signed in.
 * @param {Tab} tab
 * @param {string} lms
 * @param {string} course its id
 */
export async function discuss(tab, lms, course) {
  await tab.open(`${lms}/courses/${course}/discussion/forum/`, 'discussion')
  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  const ask = async (method, path, body) => {
    const cookies = await tab.page.context().cookies(lms)
    const token = cookies.find(({ name }) => name === 'csrftoken')?.value ?? ''
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const answer = await tab.page.request.fetch(`${lms}/api/discussion/v1/${path}`, {
      method,
      headers: { 'X-CSRFToken': token, Referer: lms, 'Content-Type': type },
      ...(body && { data: JSON.stringify(body) }),
    })
    const [status, text] = [answer.status(), await answer.text()]
    assert.equal(status, 200, `${method} ${path}: ${status} ${text.slice(0, 500)}`)
    return JSON.parse(text)
  }
  const { non_courseware_topics: topics } = await ask('GET', `course_topics/${encodeURIComponent(course)}`)
  const word = `w${Date.now()}`
  const thread = await ask('POST', 'threads/', {
    course_id: course,
    topic_id: topics[0].id,
    type: 'discussion',
    title: 'A question',
    raw_body: `Who knows ${word}?`,
  })
  await ask('POST', 'comments/', { thread_id: thread.id, raw_body: 'Somebody does.' })
  assert.equal((await ask('PATCH', `threads/${thread.id}/`, { voted: true })).vote_count, 1)
  const found = await ask('GET', `threads/?course_id=${encodeURIComponent(course)}&text_search=${word}`)
  assert.deepEqual(
    found.results.map((/** @type {{ id: string }} */ { id }) => id),
    [thread.id],
  )
  await tab.open(`${lms}/courses/${course}/discussion/forum/${topics[0].id}/threads/${thread.id}`, 'a thread')
  assert.match(await tab.text(), /Somebody does\./)
}
