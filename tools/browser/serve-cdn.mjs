// @ts-check
// cdn.jsdelivr.net/npm/NAME@VERSION/FILE is a file of a package of npm. Where the browser does not reach it, the package
// itself is asked: pages that load MathJax from there are whole on a machine that reaches npm's registry only.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'zx'

const HOST = 'https://cdn.jsdelivr.net'
const FILE = /^\/npm\/((?:@[^/@]+\/)?[^/@]+@[\w.-]+)\/(.+)$/
const quiet = $({ quiet: true })

/** @param {import('playwright-core').BrowserContext} context */
export async function serveCdn(context) {
  if (await isReached()) return
  const folder = mkdtempSync(join(tmpdir(), 'devenv-cdn-'))
  context.once('close', () => rmSync(folder, { recursive: true, force: true }))
  /** @type {Map<string, Promise<string>>} */
  const packages = new Map()
  await context.route(`${HOST}/npm/**`, async (route) => {
    const [, name = '', file = ''] = FILE.exec(new URL(route.request().url()).pathname) ?? []
    if (name === '') return route.abort()
    const unpacked = packages.get(name) ?? unpack(name, join(folder, String(packages.size)))
    packages.set(name, unpacked)
    const path = join(await unpacked, file)
    await (existsSync(path) ? route.fulfill({ path }) : route.fulfill({ status: 404 }))
  })
}

const isReached = () =>
  fetch(HOST, { method: 'HEAD', signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  )

/**
 * @param {string} name with its version
 * @param {string} into
 */
async function unpack(name, into) {
  mkdirSync(into)
  const { stdout } = await quiet`npm pack --silent --pack-destination ${into} ${name}`
  await quiet`tar -xzf ${join(into, stdout.trim())} -C ${into}`
  return join(into, 'package')
}
