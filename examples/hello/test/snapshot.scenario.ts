import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually, succeeded } from '../../../tools/scenarios/checkout.js'
import { networksOf } from '../../../tools/scenarios/engine.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { freshCheckout, PACKAGE } from './checkout.js'
import { git } from './monorepo.js'
import { freshRegistry } from './registry.js'

test('a snapshot serves without its checkout', async () => {
  const registry = await freshRegistry()
  const hello = freshCheckout()
  const folder = join(hello.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true })
  hello.env.DEVENV_PACKAGE = folder
  hello.env.DEVENV_REGISTRY = registry.host
  await hello.commitToGit()
  await git(hello.path, 'tag', 'release/hello.1')
  const compose = readFileSync(join(folder, 'compose.yaml'), 'utf8')
  const releases = `x-devenv:\n  repository: file://${hello.path}\n  releases: { hello.1: release/hello.1 }\n`
  writeFileSync(join(folder, 'compose.yaml'), compose.replace('x-devenv:\n', releases))
  succeeded(await hello.devenv('lock'))
  expect(existsSync(join(folder, 'devenv-lock.json'))).toBe(true)
  succeeded(await hello.devenv('publish'))

  // Its servers, and their data, are those of an environment.
  await hello.start()
  const { project } = await hello.container('hello')
  await hello.write('hello/web.py', 'this is no Python\n')
  const [network = ''] = await networksOf(project)
  const snapshot = `${registry.host}/devenv/hello-snapshot:latest`
  const settings = ['--env', 'HELLO_DATABASE_HOST=mysql', '--env', 'HELLO_REDIS_URL=redis://redis:6379/0']
  const id = await ask('docker', 'run', '--detach', '--network', network, ...settings, snapshot)
  try {
    await eventually(async () => {
      const asked = await run([
        'docker',
        'exec',
        id,
        'curl',
        '-fsS',
        '--max-time',
        '5',
        'http://localhost:8000/health/',
      ])
      if (asked.exitCode !== 0) throw new Error(`${asked.stderr}${await ask('docker', 'logs', id)}`)
    })
    expect(await ask('docker', 'exec', id, 'stat', '--format=%u', '/edx/app/hello/hello/web.py')).toBe('1000')
  } finally {
    await run(['docker', 'rm', '--force', id])
  }
})
