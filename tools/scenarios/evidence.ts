import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Checkout } from './checkout.js'
import { containersBelow } from './engine.js'
import { PATIENCE } from './run.js'

/** Where failed scenarios leave what they saw; git ignores it. */
const FAILED = fileURLToPath(new URL('../../.failed/', import.meta.url))

/**
 * Keeps what tells why a test of a checkout failed: what was typed, the Compose file, status, logs, and from the engine
 * its containers and its events since then. What cannot be had stands there as the reason why.
 * @returns the folder
 */
export async function keepEvidence(checkout: Checkout, test: string, events: string): Promise<string> {
  const name = test
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
  const folder = join(FAILED, `${new Date().toISOString().replaceAll(':', '')}-${name}`)
  mkdirSync(folder, { recursive: true })
  const keep = async (file: string, read: () => string | Promise<string>) =>
    writeFileSync(join(folder, file), await Promise.resolve().then(read).catch(String))

  await keep('typed.txt', () =>
    checkout.typed.map(({ argv, run }) => `$ ${argv.join(' ')}\n${run.written()}`).join('\n'),
  )
  const { DEVENV_DIR: elsewhere } = checkout.env
  const data = elsewhere ? join(elsewhere, checkout.origin.service) : join(checkout.path, '.dev')
  const home = join(data, 'devenv')
  if (existsSync(home))
    cpSync(home, join(folder, 'data'), { recursive: true, filter: (path) => !path.startsWith(join(home, 'stores')) })
  const said = async (...argv: readonly string[]) => {
    const run = checkout.commence(argv)
    const timer = setTimeout(run.kill, PATIENCE * 1000)
    const { stdout, stderr } = await run.ended.finally(() => clearTimeout(timer))
    return `${stdout}${stderr}`
  }
  await keep('status.json', () => said('node', ...checkout.words('status', '--json')))
  const containers = await containersBelow(checkout.folder).catch(() => [])
  for (const { id, service } of containers)
    await keep(`${service}.log`, () => said('docker', 'logs', '--timestamps', id))
  await keep('inspect.json', () => said('docker', 'inspect', ...containers.map(({ id }) => id)))
  const ours = (event: string) => event.includes(`checkout=${checkout.folder}/`)
  await keep('events.txt', () => events.split('\n').filter(ours).join('\n'))
  return folder
}
