// @ts-check
import { expect, test } from 'vitest'
import { parseRelease, planDistTag, planImages, planSeed } from './plan.mjs'

const seen = { baseIsKnown: true, released: /** @type {string[]} */ ([]) }
const unknown = { ...seen, baseIsKnown: false }
const released = { ...seen, released: ['discovery'] }

/** @param {string[][]} runs */
const said = (runs) => runs.map((words) => words.filter((word) => !/^--(parallel|output)/.test(word)).join(' '))

test('a base narrows to what Nx sees affected since then', () => {
  expect(said(planImages('publish', { BASE: 'abc' }, seen))).toEqual([
    'affected --base=abc --head=HEAD --exclude=tag:private --targets=publish -- --unreleased',
  ])
  expect(said(planImages('image', { BASE: 'abc' }, seen))).toEqual([
    'affected --base=abc --head=HEAD --targets=image -- --release all',
  ])
})

test('a base that is not in this clone selects all, and so does none', () => {
  for (const runs of [planImages('publish', { BASE: 'abc' }, unknown), planImages('publish', {}, seen)])
    expect(said(runs)).toEqual(['run-many --exclude=tag:private --targets=publish -- --unreleased'])
  expect(said(planImages('image', { BASE: 'abc' }, unknown))).toEqual(['run-many --targets=image -- --release all'])
})

test('a person builds what differs from main, uncommitted changes too', () => {
  expect(said(planImages('image', {}, seen))).toEqual(['affected --targets=image -- --release all'])
})

test('only what was released in this commit is published as that version', () => {
  expect(said(planImages('publish', { BASE: 'abc' }, released))).toEqual([
    'run-many --projects=discovery --targets=publish --',
    'affected --base=abc --head=HEAD --exclude=tag:private --exclude=discovery --targets=publish -- --unreleased',
  ])
})

test('a release publishes itself and nothing else', () => {
  const wishes = { RELEASE: 'discovery@1.4.2', BASE: 'abc' }
  expect(said(planImages('publish', wishes, released))).toEqual(['run-many --projects=discovery --targets=publish --'])
  expect(planImages('publish', { RELEASE: 'core@1.4.2' }, seen), 'core has no image').toEqual([])
})

test('what is wished for a publication reaches devenv', () => {
  const [words = []] = planImages(
    'publish',
    { PLATFORM: 'linux/amd64', BUILDER: 'b', BILL: '/bill', DRY_RUN: '1' },
    seen,
  )
  expect(words.slice(words.indexOf('--') + 1).join(' ')).toBe(
    '--unreleased --platform linux/amd64 --builder b --bill /bill --dry-run',
  )
})

test('data are published for the same environments as images', () => {
  for (const seeing of [seen, unknown, released])
    expect(said(planImages('seeds', { BASE: 'abc', BUILDER: 'b', BILL: '/bill' }, seeing))).toEqual(
      said(planImages('publish', { BASE: 'abc' }, seeing)).map((words) => words.replace('publish', 'seeds')),
    )
})

test('an environment is started from nothing only where the registry lacks its data', () => {
  const words = ['data', 'publish', '--release', 'ulmo.4']
  const lacking = [{ do: 'push' }, { do: 'tag' }]
  expect(planSeed(words, lacking)).toEqual([{ words: ['start'], env: { DEVENV_SEEDS: 'none' } }, { words }])
  expect(planSeed(words, [{ do: 'tag' }])).toEqual([{ words }])
  expect(planSeed([...words, '--dry-run'], lacking)).toEqual([{ words: [...words, '--dry-run'] }])
})

test.each([
  ['discovery@1.4.2', { project: 'discovery', version: '1.4.2' }],
  ['edx-platform@2.0.0-rc.1', { project: 'edx-platform', version: '2.0.0-rc.1' }],
])('%s is a release', (tag, release) => {
  expect(parseRelease(tag)).toEqual(release)
})

test.each(['v1.4.2', 'discovery@ulmo', 'discovery@1.4.2;ls', '$(ls)@1.4.2', ''])('%j is none', (tag) => {
  expect(parseRelease(tag)).toBeUndefined()
})

test.each([
  ['1.4.2', undefined, 'latest'],
  ['1.4.2', '1.4.1', 'latest'],
  ['1.4.2', '1.4.2', 'latest'],
  ['1.3.9', '1.4.2', 'previous'],
  ['1.10.0', '1.9.0', 'latest'],
  ['2.0.0-rc.1', '1.4.2', 'next'],
])('%s after %s is npm’s %s', (version, latest, tag) => {
  expect(planDistTag(version, latest)).toBe(tag)
})
