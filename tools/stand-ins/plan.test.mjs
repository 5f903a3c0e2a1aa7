// @ts-check
import { expect, test } from 'vitest'
import {
  describeStandIn,
  parseBases,
  parseReference,
  planStandIns,
  sortByRecipe,
  tagsBuiltOn,
  withBases,
} from './plan.mjs'

/** @param {Record<string, string>} dockerfiles */
const folders = (dockerfiles) => (/** @type {string} */ folder) => [
  { path: 'Dockerfile', executable: false, content: dockerfiles[folder] ?? '' },
]
// biome-ignore lint/suspicious/noTemplateCurlyInString: a Dockerfile's variable
const onDebian = 'FROM ${DEVENV_MIRROR}/library/debian:bookworm-slim\n'
const recipes = folders({ mysql: onDebian, redis: onDebian, debian: '' })

const debian = 'library/debian:bookworm-slim'
const mysql = 'library/mysql:8.4.9'
const redis = 'library/redis:7.4.5'

/** @param {string} reference */
const digestOf = (reference) => describeStandIn(reference, recipes).digest

test.each([
  ['library/mysql:8.4.9', mysql],
  ['mysql:8.4.9', mysql],
  ['docker.io/library/mysql:8.4.9', mysql],
])('%s names what Compose files write after the mirror', (written, reference) => {
  expect(parseReference(written)).toBe(reference)
})

test.each(['mysql', 'library/mysql:', 'mysql@sha256:0123', 'quay.io/x y:1'])('%s is no reference', (written) => {
  expect(() => parseReference(written)).toThrow('not an image reference')
})

test('only what a Dockerfile takes through the mirror is a base', () => {
  const dockerfile = `FROM scratch AS downloads\n${onDebian}FROM \${DEVENV_MIRROR}/library/node:20.20.2-slim AS node\n${onDebian}`
  expect(parseBases(dockerfile)).toEqual([debian, 'library/node:20.20.2-slim'])
})

test('an image without a recipe is an error that names it', () => {
  expect(() => describeStandIn('getmeili/meilisearch:v1.8.4', recipes)).toThrow('getmeili/meilisearch:v1.8.4')
})

test('a node that is not in the table is an error that says how to add it', () => {
  expect(() => describeStandIn('library/node:0.0.1-slim', recipes)).toThrow('npm pack node-linux-')
})

test('a node tag is its version and its variant, whatever the suite', () => {
  const slim = describeStandIn('library/node:16.14.0-bullseye-slim', recipes).args
  const full = describeStandIn('library/node:16.14.0-bullseye', recipes).args
  expect(slim).toMatchObject({ NODE_VERSION: '16.14.0', NPM_VERSION: '8.3.1', PACKAGES: '' })
  expect(full.PACKAGES).toContain('build-essential')
})

test.each([
  ['library/python:3.11-slim-bookworm', 'python', ''],
  ['library/python:3.11.9', 'python', 'build-essential'],
  ['library/python:3.12-slim-bookworm', 'cpython', ''],
  ['library/python:3.12.1-bookworm', 'cpython', 'build-essential'],
])('%s is made by the recipe of its own minor version', (reference, folder, packages) => {
  const { recipe, args } = describeStandIn(reference, recipes)
  expect([recipe.folder, args.PACKAGES?.split(' ')[0]]).toEqual([folder, packages])
})

test.each([
  'library/python:3.8-slim',
  'library/python:3.13',
  'library/python:3.1',
  'library/python:3.120',
  'library/python:latest',
])('%s is refused: it is not made of another Python', (reference) => {
  expect(sortByRecipe([reference]).known).toEqual([reference])
  expect(() => describeStandIn(reference, recipes)).toThrow(`There is no stand-in for ${reference}.`)
})

test('Ruby stands in for its own minor version only', () => {
  expect(describeStandIn('library/ruby:3.1.4-slim-bookworm', recipes).args).toEqual({ PACKAGES: '' })
  expect(() => describeStandIn('library/ruby:3.3.0', recipes)).toThrow('library/ruby:3.3.0')
})

test('what is held with the same recipe is not built', () => {
  expect(planStandIns([mysql], new Map([[mysql, digestOf(mysql)]]), recipes)).toEqual([])
})

test('bases come first, and once', () => {
  const steps = planStandIns([mysql, redis], new Map(), recipes)
  expect(steps.map(({ standIn }) => standIn.reference)).toEqual([debian, mysql, redis])
})

test('a base that is held is not built again for what stands on it', () => {
  const steps = planStandIns([mysql], new Map([[debian, digestOf(debian)]]), recipes)
  expect(steps.map(({ standIn }) => standIn.reference)).toEqual([mysql])
})

test('a change of a base is a change of all that stands on it', () => {
  const held = new Map([debian, mysql].map((reference) => [reference, digestOf(reference)]))
  const changed = folders({ mysql: onDebian, debian: '# another way' })
  const steps = planStandIns([mysql], held, changed)
  expect(steps.map(({ standIn, because }) => [standIn.reference, because])).toEqual([
    [debian, 'its recipe has changed'],
    [mysql, 'its recipe has changed'],
  ])
})

test('the registry is asked for the images and all that they stand on', () => {
  expect(withBases([mysql, redis], recipes)).toEqual([mysql, redis, debian])
})

test('what no stand-in is known for is told apart', () => {
  expect(sortByRecipe(['getmeili/meilisearch:v1.8.4', 'library/mysql:8.4.0'])).toEqual({
    known: ['library/mysql:8.4.0'],
    unknown: ['getmeili/meilisearch:v1.8.4'],
  })
})

test('what was built on a stand-in is told by its label: not the stand-in itself, nor a name that a person gave', () => {
  const python = 'localhost:5055/library/python:3.12-slim'
  const images = [
    { tags: [python], standIns: 'library/python:3.12-slim' },
    { tags: ['devenv/discovery:inputs-1'], standIns: `localhost:5055/library/node:16.14.0-slim ${python}` },
    { tags: ['devenv/hello:inputs-1'], standIns: 'localhost:5055/library/debian:bookworm-slim' },
    { tags: ['devenv/forums:inputs-1', 'devenv/forums:mine'], standIns: python },
    { tags: null, standIns: python },
    { tags: ['devenv/other:inputs-1'], standIns: `${python}-bookworm` },
  ]
  expect(tagsBuiltOn(python, images)).toEqual(['devenv/discovery:inputs-1', 'devenv/forums:inputs-1'])
})
