// @ts-check
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPackageImages } from './package-images.mjs'

/** @type {string} */
let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'devenv-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of Compose and of a Dockerfile
const COMPOSE = `
name: sample
x-devenv:
  primary: sample
  variants:
    old: { recognised-by: [setup.py] }
    new: { recognised-by: [uv.lock] }
services:
  sample:
    image: devenv/sample
    build:
      context: \${DEVENV_CHECKOUT}
      dockerfile: \${DEVENV_PACKAGE}/Dockerfile
      args: { DEVENV_MIRROR: "\${DEVENV_MIRROR}" }
      target: dev
    working_dir: /edx/app/sample/sample
    volumes: ["\${DEVENV_CHECKOUT}:/edx/app/sample/sample"]
    ports: ["8000"]
    healthcheck: { test: [CMD, "true"], start_period: 60s, start_interval: 200ms }
    depends_on:
      search: { condition: service_healthy, required: false }
  search:
    extends: { file: "\${DEVENV_CORE}/compose/meilisearch.yaml", service: meilisearch }
    image: \${DEVENV_MIRROR}/getmeili/meilisearch:v1.8.4
`
const DOCKERFILE = `
ARG DEVENV_MIRROR=docker.io
ARG PYTHON=3.12
FROM \${DEVENV_MIRROR}/library/node:20.20.2-slim AS node
FROM \${DEVENV_MIRROR}/library/python:\${PYTHON}-slim-bookworm AS dev
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=ghcr.io/astral-sh/uv:0.13.9 /uv /usr/local/bin/uv
ENTRYPOINT ["/opt/devenv/bin/entrypoint"]
`
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of Compose and of a Dockerfile
const OLD = `
services:
  sample:
    build: { args: { PYTHON: "3.11" } }
`

/** @param {Record<string, string>} change */
function writePackage(change = {}) {
  const files = {
    'package.json': JSON.stringify({ name: '@devenv/sample', version: '1.0.0' }),
    'compose.yaml': COMPOSE,
    'compose.old.yaml': OLD,
    'compose.new.yaml': 'services: {}',
    Dockerfile: DOCKERFILE,
    'Dockerfile.dockerignore': '*',
    'image/supervisor/web.conf': '[program:web]\ncommand=sleep infinity',
    ...change,
  }
  mkdirSync(join(folder, 'image/supervisor'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}

test('a tag that holds a build argument is read with the default of its Dockerfile and with what each variant says', async () => {
  writePackage()
  expect((await readPackageImages(folder, [])).sort()).toEqual([
    'getmeili/meilisearch:v1.8.4',
    'library/node:20.20.2-slim',
    'library/python:3.11-slim-bookworm',
    'library/python:3.12-slim-bookworm',
  ])
})

test('an argument that the package itself gives wins over the default', async () => {
  writePackage({ 'compose.yaml': COMPOSE.replace('args: {', 'args: { PYTHON: "3.13",') })
  const pythons = (await readPackageImages(folder, [])).filter((image) => image.includes('python'))
  expect(pythons.sort()).toEqual(['library/python:3.11-slim-bookworm', 'library/python:3.13-slim-bookworm'])
})

test('a service that is left out is not listed', async () => {
  writePackage()
  expect(await readPackageImages(folder, ['search', 'mysql'])).not.toContain('getmeili/meilisearch:v1.8.4')
})

test('a package that is wrong is an error in its own words', async () => {
  writePackage({ 'compose.yaml': COMPOSE.replace('primary: sample', 'primary: sample\n  welcome: yes') })
  await expect(readPackageImages(folder, [])).rejects.toMatchObject({ problems: [{ code: 'definition-invalid' }] })
})
