// @ts-check
// What is wrong with a page, by what the browser saw of it. Pure.

/**
 * What a browser sees while a page is open. `url`: the request, or the script that spoke.
 * @typedef {{ kind: 'document', url: string, status: number }
 *   | { kind: 'answer', url: string, type: string, status: number }
 *   | { kind: 'unanswered', url: string, type: string, reason: string }
 *   | { kind: 'console', url: string, text: string }
 *   | { kind: 'exception', url: string, text: string }
 *   | { kind: 'cookie', url: string, text: string }} PageEvent
 *
 * A fault that others have to mend: found by what is wrong, by its address, or by both.
 * @typedef {{ what?: RegExp, url?: RegExp, because: string }} Exception
 *
 * @typedef {{ what: string, url: string }} Fault
 * @typedef {{ faults: Fault[], excused: (Fault & { because: string })[] }} Judgement
 */

/** Without one of these a page is not what its authors see. */
const PARTS = ['script', 'stylesheet', 'image', 'font']

/** The reader went on before it was there. */
const LEFT = 'net::ERR_ABORTED'

/** Chromium says this of every request that failed, beside the failure itself. */
const ECHO = /^Failed to load resource/

/**
 * @param {string} url of the page, which may have been open before the first of these events
 * @param {readonly PageEvent[]} events in the order in which they happened
 * @param {{ status?: number, exceptions?: readonly Exception[] }} [expected] status of the page itself: 200 unless said
 * @returns {Judgement}
 */
export function judgePage(url, events, { status = 200, exceptions = [] } = {}) {
  const page = events.filter(({ kind }) => kind === 'document').at(-1)
  const ofOurHost = events.filter((event) => hostOf(event.url) === hostOf(url))
  const judgedBySelf = new Set(ofOurHost.filter((event) => event === page || isPart(event)).map((event) => event.url))

  /** @type {Judgement} */
  const judgement = { faults: [], excused: [] }
  for (const event of events) {
    if (event.kind === 'document' && event !== page) continue
    if (event.kind !== 'console' && event.kind !== 'exception' && !ofOurHost.includes(event)) continue
    if (event.kind === 'console' && ECHO.test(event.text) && judgedBySelf.has(event.url)) continue
    const what = faultOf(event, status)
    if (what === undefined) continue
    const fault = { what, url: event.url }
    const exception = exceptions.find((each) => matches(each, fault))
    if (exception === undefined) judgement.faults.push(fault)
    else judgement.excused.push({ ...fault, because: exception.because })
  }
  return judgement
}

/**
 * @param {PageEvent} event
 * @param {number} status
 */
function faultOf(event, status) {
  switch (event.kind) {
    case 'document':
      return event.status === status ? undefined : `status ${event.status} instead of ${status}`
    case 'answer':
      return isPart(event) && event.status >= 400 ? `${event.type} with status ${event.status}` : undefined
    case 'unanswered':
      return isPart(event) && event.reason !== LEFT ? `${event.type} without an answer: ${event.reason}` : undefined
    case 'console':
      return `error in the console: ${event.text}`
    case 'exception':
      return `uncaught exception: ${event.text}`
    case 'cookie':
      return `cookie that the browser drops: ${event.text}`
  }
}

/** @param {PageEvent} event */
const isPart = (event) => 'type' in event && PARTS.includes(event.type)

/** @param {string} url */
const hostOf = (url) => (URL.canParse(url) ? new URL(url).hostname : undefined)

/**
 * @param {Exception} exception
 * @param {Fault} fault
 */
const matches = ({ what, url }, fault) => (what?.test(fault.what) ?? true) && (url?.test(fault.url) ?? true)

/** @param {readonly Fault[]} faults */
export const renderFaults = (faults) => faults.map(({ what, url }) => `${what} (${url})`).join('\n')
