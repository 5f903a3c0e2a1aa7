import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Browser, openBrowser } from '../../../tools/browser/browser.mjs'
import { eventually } from '../../../tools/scenarios/checkout.js'
import { startedCheckout } from './checkout.js'

const screenshots = mkdtempSync(join(tmpdir(), 'devenv-screenshots-'))
let browser: Browser
let failed = false
beforeAll(async () => {
  browser = await openBrowser({ screenshots })
})
afterEach(({ task }) => {
  failed ||= task.result?.state === 'fail'
})
afterAll(async () => {
  await browser?.close()
  if (!failed) rmSync(screenshots, { recursive: true })
})

describe('a person at hello’s page', () => {
  const hello = startedCheckout()

  test('fills in the form, and reads the greeting after the worker made it', async () => {
    const tab = await browser.open(await hello.url(), 'hello')
    await tab.page.fill('input[name=name]', 'Ada')
    await tab.follow(() => tab.page.click('button'), 'asked')
    await eventually(async () => {
      await tab.page.reload()
      expect(await tab.text()).toContain('Hello, Ada!')
    })
    await tab.look('greeted')
  })

  test('sees a saved page and a saved stylesheet at the next reload', async () => {
    const tab = await browser.open(await hello.url(), 'before the save')
    const colour = () => tab.page.evaluate('getComputedStyle(document.querySelector("h1")).color')
    expect(await colour(), 'the stylesheet is applied').toBe('rgb(0, 104, 141)')
    await hello.edit('hello/web.py', '<h1>Greetings</h1>', '<h1>Saved</h1>')
    await hello.edit('hello/static/hello.css', '#00688d', '#008000')
    await eventually(async () => {
      await tab.page.reload()
      expect(await tab.page.locator('h1').innerText()).toBe('Saved')
      expect(await colour()).toBe('rgb(0, 128, 0)')
    })
    await tab.look('after the save')
  })
})

/** A page that somebody wrote, with what it asks for. */
async function pageOf(body: string, parts: Readonly<Record<string, string>> = {}, headers = {}): Promise<string> {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const text = path === '/' ? `<!doctype html><title>a page</title>${body}` : parts[path]
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': type, ...headers }).end(text ?? 'not here')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return `http://localhost:${(server.address() as AddressInfo).port}/`
}

describe('a page is reported', () => {
  test.each([
    ['whose script fails', '<script src="/a.js"></script>', /uncaught exception: there is no such thing \(.*\/a\.js\)/],
    [
      'whose stylesheet is not there',
      '<link rel="stylesheet" href="/b.css">',
      /^stylesheet with status 404 \(.*b\.css\)$/m,
    ],
    ['that logs an error', '<script>console.error("out of order")</script>', /error in the console: out of order/],
    ['that asks for data in vain', '<script>fetch("/data")</script>', /error in the console: .*404.*\(.*\/data\)/],
  ])('%s', async (_, body, words) => {
    const url = await pageOf(body, { '/a.js': 'throw new Error("there is no such thing")' })
    await expect(browser.open(url, 'broken')).rejects.toThrow(words)
  })

  test('whose cookie the browser drops', async () => {
    const url = await pageOf('', {}, { 'set-cookie': 'sessionid=1; SameSite=None; Path=/' })
    await expect(browser.open(url, 'dropped')).rejects.toThrow(/cookie that the browser drops: sessionid: .*SameSite/)
  })

  test('that does not come with the status that was expected', async () => {
    const url = await pageOf('')
    await expect(browser.open(`${url}nowhere`, 'nowhere')).rejects.toThrow('status 404 instead of 200')
    expect((await browser.open(`${url}nowhere`, 'as expected', { status: 404 })).page.url()).toBe(`${url}nowhere`)
  })

  test('and one that is asked for right after another did not come is not', async () => {
    const tab = await browser.newTab()
    await expect(tab.page.goto('http://localhost:9/')).rejects.toThrow('ERR_')
    const url = await pageOf('')
    await tab.open(url, 'after one that did not come')
    expect(await tab.page.title()).toBe('a page')
  })

  test('and one on which nothing is wrong is not', async () => {
    const url = await pageOf('<script src="/a.js"></script><link rel="icon" href="data:,">', { '/a.js': '' })
    expect((await browser.open(url, 'right')).page.url()).toBe(url)
  })
})
