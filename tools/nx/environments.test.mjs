// @ts-check
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const NX = fileURLToPath(new URL('../../node_modules/.bin/nx', import.meta.url))

/** @param {string[]} words */
async function nx(...words) {
  const env = { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' }
  const { stdout } = await promisify(execFile)(NX, [...words, '--json'], { cwd: REPOSITORY, env })
  return JSON.parse(stdout)
}

/** @type {Promise<string[]>} */
const environments = nx('show', 'projects', '--with-target=publish')

/**
 * The projects that Nx selects for a changed file.
 * @param {string} file
 * @returns {Promise<string[]>}
 */
const selectedFor = (file) => nx('show', 'projects', '--affected', `--files=${file}`)

test('discovery and hello are environments', async () => {
  expect(await environments).toEqual(expect.arrayContaining(['discovery', 'hello']))
})

test.concurrent.each([
  'packages/core/container/bin/entrypoint',
  'packages/core/compose/mysql.yaml',
  'packages/core/src/x.ts',
])('a change of %s selects core and every environment', async (file) => {
  expect(await selectedFor(file)).toEqual(expect.arrayContaining(['core', ...(await environments)]))
})

// More may be selected: the digest decides whether an image changed. Less may not.
test.concurrent.each([
  ['packages/discovery/Dockerfile', 'discovery'],
  ['packages/discovery/image/supervisor/web.conf', 'discovery'],
  ['packages/discovery/devenv-lock.json', 'discovery'],
  ['examples/hello/environment/Dockerfile.dockerignore', 'hello'],
  ['examples/hello/service/requirements/debian.txt', 'hello'],
])('a change of %s selects %s', async (file, project) => {
  expect(await selectedFor(file)).toContain(project)
})

test.concurrent('a change of a page of docs/ selects no environment', async () => {
  const selected = await selectedFor('docs/nx.md')
  expect((await environments).filter((project) => selected.includes(project))).toEqual([])
})

test.concurrent('what asks an engine or a registry is never cached', async () => {
  const { targets } = await nx('show', 'project', 'discovery')
  for (const command of ['image', 'publish', 'explain', 'digest', 'lock'])
    expect({ command, cache: targets[command]?.cache }).toEqual({ command, cache: false })
})

test.concurrent('core is built before a command runs, from the cache where nothing of it changed', async () => {
  const { targets: environment } = await nx('show', 'project', 'discovery')
  for (const command of ['watch', 'shell', 'publish'])
    expect(environment[command]?.dependsOn).toEqual([{ projects: 'core', target: 'build' }])
  const { targets: core } = await nx('show', 'project', 'core')
  expect(core.build).toMatchObject({ cache: true, outputs: ['{projectRoot}/dist'] })
})
