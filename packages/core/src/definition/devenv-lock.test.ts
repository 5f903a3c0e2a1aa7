import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { LOCK_FILE, type Lock, parseLock, readLock, renderLock } from './devenv-lock.js'

const DIGEST = `sha256:${'1'.repeat(64)}`
const COMMIT = 'a'.repeat(40)
const LOCK: Lock = {
  images: { 'docker.io/library/mysql:8.4.9': DIGEST, 'docker.io/library/debian:12': DIGEST },
  releases: { 'ulmo.4': { ref: 'release/ulmo.4', commit: COMMIT }, main: { ref: 'master', commit: COMMIT } },
}

describe('a lock', () => {
  test('is read as it was written', () => {
    expect(parseLock('a.json', renderLock(LOCK))).toEqual(LOCK)
  })

  test('is written in one order, a name a line, with a newline at its end', () => {
    const reversed: Lock = {
      images: Object.fromEntries(Object.entries(LOCK.images).reverse()),
      releases: Object.fromEntries(Object.entries(LOCK.releases).reverse()),
    }
    const text = renderLock(LOCK)
    expect(renderLock(reversed)).toBe(text)
    expect(text.split('\n').filter((line) => line.includes('library/'))).toEqual([
      `    "docker.io/library/debian:12": "${DIGEST}",`,
      `    "docker.io/library/mysql:8.4.9": "${DIGEST}"`,
    ])
    expect(text.endsWith('}\n')).toBe(true)
  })

  test('of a package that has none locks nothing', () => {
    expect(readLock({ directory: temporaryFolder() })).toEqual({ images: {}, releases: {} })
  })

  test('lies in the package', () => {
    const root = writeFiles(temporaryFolder(), { [LOCK_FILE]: renderLock(LOCK) })
    expect(readLock({ ...SAMPLE_PACKAGE, directory: root })).toEqual(LOCK)
  })

  test('that is a folder cannot be read, and is named', async () => {
    const directory = writeFiles(temporaryFolder(), { [`${LOCK_FILE}/file`]: '' })
    expect(await problemsOf(() => readLock({ directory }))).toMatchObject([
      { code: 'lock-unreadable', file: join(directory, LOCK_FILE) },
    ])
  })

  testEach<{ title: string; text: string }>([
    { title: 'nothing', text: '{}' },
    { title: 'empty lists', text: '{ "images": {}, "releases": {} }' },
    { title: 'a word of a later version', text: '{ "format": 2 }' },
  ])('that holds $title locks nothing', ({ text }) => {
    expect(parseLock('a.json', text)).toEqual({ images: {}, releases: {} })
  })

  test('takes the commits of several parts', () => {
    const commit = `authn=${COMMIT} learning=${'b'.repeat(40)}`
    const lock = { images: {}, releases: { main: { ref: 'main', commit } } }
    expect(parseLock('a.json', JSON.stringify(lock))).toEqual(lock)
  })

  test('takes commits of SHA-256', () => {
    const lock = { images: {}, releases: { main: { ref: 'main', commit: 'b'.repeat(64) } } }
    expect(parseLock('a.json', JSON.stringify(lock))).toEqual(lock)
  })

  const images = (images: unknown) => JSON.stringify({ images })
  const releases = (releases: unknown) => JSON.stringify({ releases })
  testEach<{ title: string; text: string; detail: RegExp }>([
    { title: 'is empty', text: '', detail: /JSON/ },
    { title: 'is cut off', text: renderLock(LOCK).slice(0, 100), detail: /JSON/ },
    { title: 'is a conflict of git', text: `<<<<<<< HEAD\n${renderLock(LOCK)}`, detail: /JSON/ },
    { title: 'is null', text: 'null', detail: /object/ },
    { title: 'is a list', text: '[]', detail: /object/ },
    { title: 'is a text', text: '"images"', detail: /object/ },
    { title: 'has null for images', text: images(null), detail: /images/ },
    { title: 'has null for releases', text: releases(null), detail: /releases/ },
    { title: 'has a list for images', text: images(['mysql']), detail: /images|0/ },
    { title: 'has a tag for a digest', text: images({ mysql: '8.4.9' }), detail: /mysql.*8\.4\.9/ },
    { title: 'has a short digest', text: images({ mysql: 'sha256:0123' }), detail: /mysql/ },
    { title: 'has a digest in capitals', text: images({ mysql: DIGEST.replace(/1/g, 'A') }), detail: /mysql/ },
    { title: 'has something behind a digest', text: images({ mysql: `${DIGEST}\nx` }), detail: /mysql/ },
    { title: 'has no digest', text: images({ mysql: null }), detail: /mysql/ },
    { title: 'has a release without a commit', text: releases({ main: { ref: 'main' } }), detail: /main/ },
    { title: 'has a release without a ref', text: releases({ main: { commit: COMMIT } }), detail: /main/ },
    { title: 'has a short commit', text: releases({ main: { ref: 'main', commit: 'abc' } }), detail: /main/ },
    { title: 'has a branch for a commit', text: releases({ main: { ref: 'main', commit: 'main' } }), detail: /main/ },
    { title: 'has a text for a release', text: releases({ main: COMMIT }), detail: /main/ },
    { title: 'has null for a release', text: releases({ main: null }), detail: /main/ },
  ])('that $title is refused, with its place', async ({ text, detail }) => {
    const file = join('/packages/hello', LOCK_FILE)
    expect(await problemsOf(() => parseLock(file, text))).toEqual([
      { code: 'lock-unreadable', file, detail: expect.stringMatching(detail) },
    ])
  })
})
