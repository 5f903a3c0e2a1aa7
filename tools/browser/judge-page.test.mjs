// @ts-check
import { describe, expect, test } from 'vitest'
import { judgePage, renderFaults } from './judge-page.mjs'

const HERE = 'http://localhost:23350'
/** @type {import('./judge-page.mjs').PageEvent} */
const PAGE = { kind: 'document', url: `${HERE}/`, status: 200 }

/** @param {import('./judge-page.mjs').PageEvent[]} events */
const faultsOf = (...events) => judgePage(PAGE.url, [PAGE, ...events]).faults.map(({ what }) => what)

test('a page on which all went well has no fault', () => {
  expect(
    faultsOf(
      { kind: 'answer', url: `${HERE}/app.js`, type: 'script', status: 200 },
      { kind: 'answer', url: `${HERE}/app.css`, type: 'stylesheet', status: 304 },
    ),
  ).toEqual([])
})

describe('a fault is', () => {
  test.each(['script', 'stylesheet', 'image', 'font'])('a %s that is not found, and it is named once', (type) => {
    const url = `${HERE}/static/missing`
    const text = 'Failed to load resource: the server responded with a status of 404 (Not Found)'
    expect(faultsOf({ kind: 'answer', url, type, status: 404 }, { kind: 'console', url, text })).toEqual([
      `${type} with status 404`,
    ])
  })

  test('a script that nobody answers', () => {
    expect(
      faultsOf({ kind: 'unanswered', url: `${HERE}/a.js`, type: 'script', reason: 'net::ERR_CONNECTION_RESET' }),
    ).toEqual(['script without an answer: net::ERR_CONNECTION_RESET'])
  })

  test('one of another port of this host', () => {
    expect(
      faultsOf({ kind: 'answer', url: 'http://localhost:23351/a.css', type: 'stylesheet', status: 500 }),
    ).toHaveLength(1)
  })

  test('an uncaught exception, an error in the console, a cookie that is dropped', () => {
    expect(
      faultsOf(
        { kind: 'exception', url: `${HERE}/a.js`, text: 'define cannot be used indirect' },
        { kind: 'console', url: `${HERE}/a.js`, text: 'no such element' },
        { kind: 'cookie', url: `${HERE}/login`, text: 'sessionid: SameSiteNoneInsecure' },
      ),
    ).toEqual([
      'uncaught exception: define cannot be used indirect',
      'error in the console: no such element',
      'cookie that the browser drops: sessionid: SameSiteNoneInsecure',
    ])
  })

  test('what a script asked for in vain', () => {
    const url = `${HERE}/api/`
    const text = 'Failed to load resource: the server responded with a status of 500 (Internal Server Error)'
    expect(faultsOf({ kind: 'answer', url, type: 'fetch', status: 500 }, { kind: 'console', url, text })).toHaveLength(
      1,
    )
  })

  test('a page with another status than expected, named once', () => {
    const text = 'Failed to load resource: the server responded with a status of 500 (Internal Server Error)'
    const events = /** @type {const} */ ([
      { kind: 'document', url: `${HERE}/`, status: 500 },
      { kind: 'console', url: `${HERE}/`, text },
    ])
    expect(renderFaults(judgePage(PAGE.url, events).faults)).toBe(`status 500 instead of 200 (${HERE}/)`)
    expect(judgePage(PAGE.url, events, { status: 500 }).faults).toEqual([])
  })
})

test('what fails on a page that was opened before is a fault as well', () => {
  const late = /** @type {const} */ ({ kind: 'answer', url: `${HERE}/late.js`, type: 'script', status: 404 })
  expect(judgePage(PAGE.url, [late]).faults).toHaveLength(1)
})

describe('no fault is', () => {
  test('a redirect on the way to the page', () => {
    expect(judgePage(PAGE.url, [{ kind: 'document', url: `${HERE}/old`, status: 302 }, PAGE]).faults).toEqual([])
  })

  test('a picture that was on its way when the reader went on', () => {
    expect(faultsOf({ kind: 'unanswered', url: `${HERE}/a.png`, type: 'image', reason: 'net::ERR_ABORTED' })).toEqual(
      [],
    )
  })

  test('a stylesheet of another host, unless the console says so', () => {
    const url = 'https://fonts.example.com/a.css'
    expect(faultsOf({ kind: 'unanswered', url, type: 'stylesheet', reason: 'net::ERR_NAME_NOT_RESOLVED' })).toEqual([])
    const text = 'Failed to load resource: net::ERR_NAME_NOT_RESOLVED'
    expect(faultsOf({ kind: 'console', url, text })).toHaveLength(1)
  })

  test('an exception that has a reason: it is excused, with that reason', () => {
    const because = 'upstream alone has it'
    const exceptions = [{ what: /old widget/, url: /widget\.js$/, because }]
    const widget = { what: 'error in the console: old widget', url: `${HERE}/widget.js` }
    const events = [widget, { ...widget, url: `${HERE}/other.js` }].map(({ url }) => ({
      kind: /** @type {const} */ ('console'),
      url,
      text: 'old widget',
    }))
    const { faults, excused } = judgePage(PAGE.url, [PAGE, ...events], { exceptions })
    expect(faults).toEqual([{ ...widget, url: `${HERE}/other.js` }])
    expect(excused).toEqual([{ ...widget, because }])
  })
})
