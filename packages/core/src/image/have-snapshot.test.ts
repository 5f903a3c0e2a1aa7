import { describe, expect, test } from 'vitest'
import { sampleEngine } from '../../test/engine.js'
import { problemsOf, sampleSettings, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { LABELS } from '../engine/labels.js'
import {
  contentReference,
  readSnapshotImage,
  readSnapshotPlan,
  snapshotReference,
  usualRelease,
} from './have-snapshot.js'
import { REVISION } from './snapshot.js'

testEach([
  { declared: ['main', 'teak.3', 'ulmo.4'], release: 'main' },
  { declared: [], release: 'main' },
  { declared: ['ulmo.9', 'ulmo.10', 'teak.3'], release: 'ulmo.10' },
])('who names no release of $declared gets $release', ({ declared, release }) => {
  expect(usualRelease(declared)).toBe(release)
})

test('a snapshot has the name of its service, and two tags', () => {
  const reference = snapshotReference('shop', 'ulmo.4', 'ghcr.io/openedx')
  expect(reference).toBe('ghcr.io/openedx/devenv/shop-snapshot:ulmo.4')
  expect(snapshotReference('shop', 'main', undefined)).toBe('devenv/shop-snapshot:main')
  expect(contentReference(reference, 'c'.repeat(64))).toBe(
    `ghcr.io/openedx/devenv/shop-snapshot:inputs-${'c'.repeat(20)}`,
  )
})

describe('without a registry', () => {
  const COMMIT = '1'.repeat(40)

  const shop = (releases: string) => {
    const lock = { images: {}, releases: { 'ulmo.4': { ref: 'release/ulmo.4', commit: COMMIT } } }
    const directory = writeFiles(temporaryFolder(), {
      'compose.yaml': `x-devenv:\n  repository: https://git.example/shop\n${releases}`,
      'devenv-lock.json': JSON.stringify(lock),
    })
    return { name: '@devenv/shop', version: '1.0.0', service: 'shop', directory }
  }
  const settings = sampleSettings({ registry: '' })
  const DECLARED = '  releases: { ulmo.4: release/ulmo.4, teak.3: release/teak.3 }\n'

  test('a declared release is built from its ref', async () => {
    const { engine } = await sampleEngine()
    expect(await readSnapshotPlan(engine, shop(DECLARED), undefined, settings)).toMatchObject({
      do: 'build',
      reference: 'devenv/shop-snapshot:ulmo.4',
      ref: 'release/ulmo.4',
      upstream: 'https://git.example/shop',
    })
  })

  test('so is one of a service of several parts, each from its repository', async () => {
    const found = shop(DECLARED)
    const parts = 'x-devenv:\n  parts: { a: https://git.example/a, b: https://git.example/b }\n'
    writeFiles(found.directory, { 'compose.yaml': parts + DECLARED, 'devenv-lock.json': '{}' })
    const { engine } = await sampleEngine()
    expect(await readSnapshotPlan(engine, found, 'ulmo.4', settings)).toMatchObject({
      do: 'build',
      ref: 'release/ulmo.4',
      upstream: { a: 'https://git.example/a', b: 'https://git.example/b' },
    })
  })

  test('one that was built here serves until the release means another commit', async () => {
    const built = async (commit: string) => {
      const image = { tags: ['devenv/shop-snapshot:ulmo.4'], labels: { [REVISION]: commit } }
      return (await readSnapshotPlan((await sampleEngine([image])).engine, shop(DECLARED), 'ulmo.4', settings)).do
    }
    expect(await built(COMMIT)).toBe('use')
    expect(await built('2'.repeat(40))).toBe('build')
  })

  test('a release that nobody has is refused, with those that there are', async () => {
    const { engine } = await sampleEngine()
    expect(await problemsOf(() => readSnapshotPlan(engine, shop(DECLARED), 'ulmo.5', settings))).toMatchObject([
      { code: 'snapshot-unknown', service: 'shop', release: 'ulmo.5', known: ['teak.3', 'ulmo.4'] },
    ])
  })
})

test('an environment takes a snapshot by its content, and its steps depend on the image below the code', async () => {
  const reference = 'devenv/shop-snapshot:ulmo.4'
  const [digest, dependencies] = ['c'.repeat(64), 'd'.repeat(64)]
  const inputs = JSON.stringify({ 'argument CODE_DIRECTORY': '/edx/app/shop' })
  const labels = { [LABELS.digest]: digest, [LABELS.dependencies]: dependencies, [LABELS.inputs]: inputs }
  const content = contentReference(reference, digest)
  const plan = async (...tags: string[]) => {
    const { engine } = await sampleEngine(tags.length === 0 ? [] : [{ tags, labels }])
    return await readSnapshotImage(engine, { reference, digest, dependencies })
  }
  expect(await plan(reference)).toMatchObject({ do: 'tag', from: reference, reference: content, digest: dependencies })
  expect(await plan(reference, content)).toMatchObject({ do: 'use', reference: content, digest: dependencies })
  expect(await plan()).toMatchObject({ do: 'pull', reference: content })
})
