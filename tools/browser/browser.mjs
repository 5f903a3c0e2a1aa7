// @ts-check
// A Chromium as a person has it, that judges each page it shows: what failed, what the console says, which cookies it
// would not keep. Of every page a picture of its whole length is kept.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { $, sleep } from 'zx'
import { judgePage, renderFaults } from './judge-page.mjs'
import { serveCdn } from './serve-cdn.mjs'

/** @typedef {import('./judge-page.mjs').PageEvent} PageEvent */
/** @typedef {import('./judge-page.mjs').Exception} Exception */

const SET_UP = fileURLToPath(new URL('set-up.sh', import.meta.url))

/**
 * Chromium gives up what it has asked for when an interface of the machine's network comes or goes, as those of containers
 * do. Whatever was hit is asked for again.
 */
const NETWORK_CHANGED = /ERR_NETWORK_CHANGED/
const TRIES = 10

/** After a page that did not come, Chromium still goes to its own page of the error, which ends what is asked for then. */
const INTERRUPTED = /is interrupted by another navigation/
const PAUSE_SECONDS = 0.5

/** Some pages ask again and again, and are never quiet. */
const QUIET_SECONDS = 10

/**
 * @param {{ screenshots: string, exceptions?: readonly Exception[], seconds?: number }} options `screenshots`: the folder
 *   that they are kept in; `seconds`: how long anything on a page may take
 */
export async function openBrowser({ screenshots, exceptions = [], seconds = 180 }) {
  const { stdout } = await $({ quiet: true })`${SET_UP}`
  mkdirSync(screenshots, { recursive: true })
  const chrome = await chromium.launch({
    executablePath: stdout.trim(),
    // Chromium refuses a sandbox to root.
    chromiumSandbox: process.getuid?.() !== 0,
    // Playwright would end this process at a signal, with what it still has to clean up.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  })
  const context = await chrome.newContext()
  context.setDefaultTimeout(seconds * 1000)
  await serveCdn(context)
  return new Browser(chrome, context, { screenshots, exceptions })
}

/** One person's browser: all its tabs share their cookies. */
export class Browser {
  /** Faults that had an exception, by its reason. @type {Map<string, number>} */
  excused = new Map()
  #shown = 0

  /**
   * @param {import('playwright-core').Browser} chrome
   * @param {import('playwright-core').BrowserContext} context
   * @param {{ screenshots: string, exceptions: readonly Exception[] }} options
   */
  constructor(chrome, context, { screenshots, exceptions }) {
    this.chrome = chrome
    this.context = context
    this.screenshots = screenshots
    this.exceptions = exceptions
  }

  /** A tab in which nothing is open yet. */
  async newTab() {
    const page = await this.context.newPage()
    return new Tab(this, page, await observe(page))
  }

  /**
   * Opens a page in a tab of its own.
   * @param {string} url
   * @param {string} name of its picture
   * @param {{ status?: number }} [expected]
   * @throws Error with all that is wrong with it
   */
  async open(url, name, expected) {
    const tab = await this.newTab()
    await tab.open(url, name, expected)
    return tab
  }

  /** @param {string} name */
  picture(name) {
    this.#shown += 1
    return join(this.screenshots, `${String(this.#shown).padStart(2, '0')}-${name.replace(/[^\w.-]+/g, '-')}.png`)
  }

  close() {
    return this.chrome.close()
  }
}

export class Tab {
  #judged = 0

  /**
   * @param {Browser} browser
   * @param {import('playwright-core').Page} page what to click and to fill
   * @param {readonly PageEvent[]} events
   */
  constructor(browser, page, events) {
    this.browser = browser
    this.page = page
    this.events = events
  }

  /**
   * @param {string} url
   * @param {string} name
   * @param {{ status?: number }} [expected]
   */
  async open(url, name, expected) {
    await this.#navigate(() => this.page.goto(url))
    await this.look(name, expected)
  }

  /**
   * Does what leads to another page (a click, a form that is sent), and looks at that page.
   * @param {() => Promise<unknown>} action
   * @param {string} name
   * @param {{ status?: number }} [expected]
   */
  async follow(action, name, expected) {
    await Promise.all([this.page.waitForEvent('load'), action()])
    await this.look(name, expected)
  }

  /**
   * Waits until the page is quiet, keeps a picture, and judges all that happened in this tab since the last look.
   * @param {string} name
   * @param {{ status?: number }} [expected]
   * @throws Error with all that is wrong with it
   */
  async look(name, expected = {}) {
    await this.#untilQuiet()
    for (let tries = 1; tries < TRIES && this.#wasHit(); tries += 1) {
      this.#judged = this.events.length
      await this.#navigate(() => this.page.reload())
      await this.#untilQuiet()
    }
    const picture = this.browser.picture(name)
    await this.page.screenshot({ path: picture, fullPage: true })

    const events = this.events.slice(this.#judged)
    this.#judged = this.events.length
    const { faults, excused } = judgePage(this.page.url(), events, { ...expected, exceptions: this.browser.exceptions })
    for (const { because } of excused) this.browser.excused.set(because, (this.browser.excused.get(because) ?? 0) + 1)
    if (faults.length > 0) throw new Error(`${renderFaults(faults)}\non ${this.page.url()}, seen in ${picture}`)
  }

  /** @param {() => Promise<unknown>} ask */
  async #navigate(ask) {
    for (let tries = 1; ; tries += 1)
      try {
        return await ask()
      } catch (error) {
        const again = [NETWORK_CHANGED, INTERRUPTED].some((reason) => reason.test(String(error)))
        if (tries === TRIES || !again) throw error
        await sleep(PAUSE_SECONDS * 1000)
      }
  }

  async #untilQuiet() {
    await this.page.waitForLoadState('load')
    await this.page.waitForLoadState('networkidle', { timeout: QUIET_SECONDS * 1000 }).catch(() => {})
  }

  #wasHit() {
    const events = this.events.slice(this.#judged)
    return events.some((event) => event.kind === 'unanswered' && NETWORK_CHANGED.test(event.reason))
  }

  /** What a person reads. */
  text() {
    return this.page.locator('body').innerText()
  }

  close() {
    return this.page.close()
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @returns {Promise<readonly PageEvent[]>} a list that grows
 */
async function observe(page) {
  /** @type {PageEvent[]} */
  const events = []
  page.on('response', (response) => {
    const request = response.request()
    const [url, type, status] = [response.url(), request.resourceType(), response.status()]
    const isPage = type === 'document' && request.frame() === page.mainFrame()
    events.push(isPage ? { kind: 'document', url, status } : { kind: 'answer', url, type, status })
  })
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'no reason'
    events.push({ kind: 'unanswered', url: request.url(), type: request.resourceType(), reason })
  })
  page.on('console', (message) => {
    if (message.type() === 'error') events.push({ kind: 'console', url: message.location().url, text: message.text() })
  })
  page.on('pageerror', (error) => {
    events.push({ kind: 'exception', url: scriptOf(error) ?? page.url(), text: error.message })
  })
  await observeCookies(page, events)
  return events
}

/**
 * Only Chromium's own protocol tells of a cookie that was sent and not kept.
 * @param {import('playwright-core').Page} page
 * @param {PageEvent[]} events
 */
async function observeCookies(page, events) {
  const chrome = await page.context().newCDPSession(page)
  /** @type {Map<string, string>} */
  const urls = new Map()
  chrome.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url))
  chrome.on('Network.responseReceivedExtraInfo', ({ requestId, blockedCookies }) => {
    for (const { cookieLine, blockedReasons } of blockedCookies) {
      const text = `${cookieLine.split('=')[0]}: ${blockedReasons.join(', ')}`
      events.push({ kind: 'cookie', url: urls.get(requestId) ?? page.url(), text })
    }
  })
  await chrome.send('Network.enable')
}

/** @param {Error} error */
const scriptOf = ({ stack = '' }) => /https?:[^\s)]+?(?=:\d+:\d+)/.exec(stack)?.[0]
