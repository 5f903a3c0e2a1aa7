import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  SAMPLE_PACKAGE,
  SAMPLE_SNAPSHOT,
  sampleEnvironment,
  temporaryFolder,
  testEach,
  writeFiles,
} from '../../../test/samples.js'
import { SNAPSHOT_FILE } from '../code.js'
import { identify } from '../environment.js'
import { parseAskedService, placeOf, snapshotsOf, wordFor } from './snapshots.js'

testEach([
  { word: 'edx-platform', asked: { service: 'edx-platform', release: undefined } },
  { word: 'edx-platform@ulmo.4', asked: { service: 'edx-platform', release: 'ulmo.4' } },
  { word: 'edx-platform@ulmo.4-1.2.0', asked: { service: 'edx-platform', release: 'ulmo.4-1.2.0' } },
  { word: 'hello@', asked: undefined },
  { word: 'Hello', asked: undefined },
  { word: 'hello@../x', asked: undefined },
])('a service in WITH=: $word', ({ word, asked }) => {
  expect(parseAskedService(word)).toEqual(asked)
})

test('a name has a folder among what is kept for the checkout that asks, and is told again by it', () => {
  const environment = sampleEnvironment()
  const place = placeOf(environment, 'hello@hello.1')
  expect(place).toBe(join(environment.paths.home, 'snapshots/hello@hello.1'))
  expect(wordFor(environment, place)).toBe('hello@hello.1')
  expect(wordFor(environment, placeOf(environment, '/not/there'))).toBe('/not/there')
})

test('the code of an environment comes from an image where its folder says so, among snapshots and nowhere else', () => {
  const root = temporaryFolder()
  const lay = (folder: string, text: string) => {
    writeFiles(join(root, folder), { [SNAPSHOT_FILE]: text })
    return identify(SAMPLE_PACKAGE, join(root, folder), '/data')
  }
  const snapshot = lay('.dev/devenv/snapshots/hello', JSON.stringify(SAMPLE_SNAPSHOT))
  expect(snapshot.code).toEqual(SAMPLE_SNAPSHOT)
  // With whoever asked for it, wherever other data are.
  expect(snapshot.paths.dataDirectory).toBe(join(root, '.dev/devenv/snapshots/hello/.dev'))
  expect(lay('checkout', JSON.stringify(SAMPLE_SNAPSHOT)).code).toEqual({ from: 'checkout' })
  expect(lay('.dev/devenv/snapshots/half', '{"from":"image"}').code).toEqual({ from: 'checkout' })
  expect(lay('.dev/devenv/snapshots/cut', '{"from":').code).toEqual({ from: 'checkout' })
})

test('those of a checkout are found by their folders, unfinished ones too, and no link is followed', () => {
  const root = temporaryFolder()
  const { paths } = identify(SAMPLE_PACKAGE, root, undefined)
  expect(snapshotsOf({ paths })).toEqual([])
  writeFiles(root, { 'elsewhere/a': '' })
  writeFiles(paths.snapshots, {
    'shop/Makefile': '',
    'notes@ulmo.4/snapshot.json': '',
    'not one/a': '',
    file: '',
    linked: { link: join(root, 'elsewhere') },
    'led/.dev': { link: join(root, 'elsewhere') },
  })
  expect(snapshotsOf({ paths }).map(({ service, checkout }) => [service, checkout])).toEqual([
    ['notes', join(paths.snapshots, 'notes@ulmo.4')],
    ['shop', join(paths.snapshots, 'shop')],
  ])
  const linked = identify(SAMPLE_PACKAGE, join(root, 'linked'), undefined)
  writeFiles(linked.paths.home, { snapshots: { link: paths.snapshots } })
  expect(snapshotsOf(linked)).toEqual([])
})
