import { describe, expect, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, testEach } from '../../test/samples.js'
import type { Lock } from '../definition/devenv-lock.js'
import { type Asked, choosePublications } from './choose-publications.js'

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string]
const DECLARED = { 'ulmo.3': 'release/ulmo.3', 'ulmo.4': 'refs/tags/release/ulmo.4', main: 'master' }
const LOCK: Lock = {
  images: {},
  releases: {
    'ulmo.3': { ref: 'release/ulmo.3', commit: A },
    'ulmo.4': { ref: 'refs/tags/release/ulmo.4', commit: B },
    main: { ref: 'master', commit: C },
  },
}
const { version } = SAMPLE_PACKAGE
const choose = (asked: Asked, lock: Lock = LOCK, declared: { [release: string]: string } = DECLARED) =>
  choosePublications(asked, declared, lock, SAMPLE_PACKAGE)
const releases = (...names: string[]): Asked => ({ kind: 'releases', names, as: 'editions' })
const edition = (release: string, commit: string) => ({ release, edition: { release, version }, commit })

test.each(['1.0', 'next', '01.2.3', '1.2.3+5'])(
  'an edition has a version that a tag can have, not %s',
  async (version) => {
    const chosen = (asked: Asked) => choosePublications(asked, DECLARED, LOCK, { ...SAMPLE_PACKAGE, version })
    expect(await problemsOf(() => chosen(releases('ulmo.4')))).toMatchObject([
      { code: 'definition-unreadable', detail: expect.stringContaining(version) },
    ])
    expect(chosen({ kind: 'commit', commit: A, ref: undefined, as: 'editions' })).toMatchObject([{ commit: A }])
  },
)

describe('of releases', () => {
  testEach<{ title: string; names: string[]; chosen: object[] }>([
    {
      title: 'one is the edition of this version, at the commit that is locked',
      names: ['ulmo.4'],
      chosen: [edition('ulmo.4', B)],
    },
    {
      title: 'several are in the order that they were named in',
      names: ['main', 'ulmo.3'],
      chosen: [edition('main', C), edition('ulmo.3', A)],
    },
    {
      title: 'all are those that are declared',
      names: ['all'],
      chosen: [edition('ulmo.3', A), edition('ulmo.4', B), edition('main', C)],
    },
    {
      title: 'all and one more are all, once',
      names: ['main', 'all'],
      chosen: [edition('ulmo.3', A), edition('ulmo.4', B), edition('main', C)],
    },
    { title: 'one that is named twice is one', names: ['main', 'main'], chosen: [edition('main', C)] },
  ])('$title', ({ names, chosen }) => {
    expect(choose(releases(...names))).toEqual(chosen)
  })

  test('between two versions of the package main alone is an edition', () => {
    expect(choose({ kind: 'releases', names: ['all'], as: 'unreleased' })).toEqual([
      { release: 'ulmo.3', edition: undefined, commit: A },
      { release: 'ulmo.4', edition: undefined, commit: B },
      edition('main', C),
    ])
  })

  test('one that is not declared is refused, and those that are are named', async () => {
    expect(await problemsOf(() => choose(releases('ulmo.4', 'ulmo.9')))).toEqual([
      { code: 'release-unknown', release: 'ulmo.9', known: ['ulmo.3', 'ulmo.4', 'main'] },
    ])
  })

  test('all of a package that declares none are none', () => {
    expect(choose(releases('all'), LOCK, {})).toEqual([])
  })

  testEach<{ title: string; lock: Lock; lacking: string[] }>([
    { title: 'has none of them', lock: { images: {}, releases: {} }, lacking: ['ulmo.3', 'ulmo.4', 'main'] },
    {
      title: 'lacks one',
      lock: {
        images: {},
        releases: { 'ulmo.3': { ref: 'release/ulmo.3', commit: A }, main: { ref: 'master', commit: C } },
      },
      lacking: ['ulmo.4'],
    },
    {
      title: 'was written for another ref',
      lock: { ...LOCK, releases: { ...LOCK.releases, main: { ref: 'main', commit: C } } },
      lacking: ['main'],
    },
  ])('are refused where the lock $title; each is named', async ({ lock, lacking }) => {
    expect(await problemsOf(() => choose(releases('all'), lock))).toEqual([
      { code: 'lock-lacks', file: '/packages/hello/devenv-lock.json', releases: lacking },
    ])
  })

  test('only what is asked for has to be locked', () => {
    const lock: Lock = { images: {}, releases: { main: { ref: 'master', commit: C } } }
    expect(choose(releases('main'), lock)).toEqual([edition('main', C)])
  })
})

describe('of a commit', () => {
  testEach<{ title: string; ref: string | undefined; release: string | undefined }>([
    { title: 'a push to the branch of a release', ref: 'refs/heads/master', release: 'main' },
    { title: 'a push of the tag of a release', ref: 'refs/tags/release/ulmo.3', release: 'ulmo.3' },
    { title: 'a push of a tag that is declared in full', ref: 'refs/tags/release/ulmo.4', release: 'ulmo.4' },
    { title: 'a short name', ref: 'master', release: 'main' },
    { title: 'a short name of what is declared in full', ref: 'release/ulmo.4', release: 'ulmo.4' },
    { title: 'a push to another branch', ref: 'refs/heads/feature', release: undefined },
    { title: 'a push to a branch that ends alike', ref: 'refs/heads/mine/master', release: undefined },
    { title: 'a pull request', ref: 'refs/pull/1/merge', release: undefined },
    { title: 'no ref', ref: undefined, release: undefined },
    { title: 'an empty ref', ref: '', release: undefined },
  ])('$title is of the release $release', ({ ref, release }) => {
    expect(choose({ kind: 'commit', commit: A, ref, as: 'editions' })).toEqual([
      { release, edition: release === undefined ? undefined : { release, version }, commit: A },
    ])
  })

  test('between two versions is no edition, but for main', () => {
    const pushed = (ref: string) => choose({ kind: 'commit', commit: A, ref, as: 'unreleased' })
    expect(pushed('refs/tags/release/ulmo.3')).toMatchObject([{ release: 'ulmo.3', edition: undefined }])
    expect(pushed('refs/heads/master')).toMatchObject([{ edition: { release: 'main' } }])
  })

  test('nothing has to be locked: the commit is the one that was pushed', () => {
    const nothing: Lock = { images: {}, releases: {} }
    expect(choose({ kind: 'commit', commit: B, ref: 'refs/heads/master', as: 'editions' }, nothing)).toEqual([
      edition('main', B),
    ])
  })

  test('a package without releases has none for any ref', () => {
    expect(choose({ kind: 'commit', commit: B, ref: 'refs/heads/master', as: 'editions' }, LOCK, {})).toEqual([
      { release: undefined, edition: undefined, commit: B },
    ])
  })
})
