import { rmSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { commitWith, git, repositoryWith } from '../../test/git.js'
import { problemsOf, temporaryFolder, testEach } from '../../test/samples.js'
import { codeTree } from '../tree/code-tree.js'
import { openObjects } from './object-reader.js'
import { describeUpstream, ensureCode, isCommit, parseParts, readReleaseCommits, renderParts } from './upstream.js'

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)]

testEach([
  { text: A, commit: true },
  { text: `authn=${A}`, commit: true },
  { text: `account=${A} learner-dashboard=${B}`, commit: true },
  { text: 'main', commit: false },
  { text: `authn=${A},learning=${B}`, commit: false },
  { text: `../up=${A}`, commit: false },
  { text: `authn=${A} `, commit: false },
])('a whole commit, or one of each part: "$text"', ({ text, commit }) => {
  expect(isCommit(text)).toBe(commit)
})

test('the commits of parts are one text, whatever their order', () => {
  const text = renderParts({ learning: B, authn: A })
  expect(text).toBe(`authn=${A} learning=${B}`)
  expect(parseParts(text)).toEqual(
    new Map([
      ['authn', A],
      ['learning', B],
    ]),
  )
  expect(parseParts(A)).toBeUndefined()
})

test('people are told of the first of several', () => {
  expect(describeUpstream('https://a/b')).toBe('https://a/b')
  expect(describeUpstream({ a: 'https://a/b', b: 'https://a/c', c: 'https://a/d' })).toBe('https://a/b and 2 more')
})

/** Two repositories, each with a release of its own. */
function twoParts() {
  vi.stubEnv('XDG_CACHE_HOME', temporaryFolder())
  onTestFinished(() => void vi.unstubAllEnvs())
  const [authn, learning] = [repositoryWith({ 'package.json': 'one' }), repositoryWith({ 'src/index.js': 'two' })]
  for (const { root } of [authn, learning]) git(root, 'tag', 'release/ulmo.4')
  commitWith(authn.root, { 'package.json': 'later' })
  return { authn, learning, upstream: { learning: `file://${learning.root}`, authn: `file://${authn.root}` } }
}

test('a release of a service of parts has the commits that its ref names in each', async () => {
  const { authn, learning, upstream } = twoParts()
  const found = await readReleaseCommits(upstream, ['release/ulmo.4'])
  expect(found.get('release/ulmo.4')).toBe(`authn=${authn.commit} learning=${learning.commit}`)
  git(learning.root, 'tag', '--delete', 'release/ulmo.4')
  expect(await problemsOf(() => readReleaseCommits(upstream, ['release/ulmo.4']))).toMatchObject([
    { code: 'refs-missing', url: upstream.learning, refs: ['release/ulmo.4'] },
  ])
})

test('its code has each part in a folder, from one repository that has all of them', async () => {
  const { authn, learning, upstream } = twoParts()
  const commit = renderParts({ authn: authn.commit, learning: learning.commit })
  const repository = await ensureCode({ checkout: undefined, service: 'frontends', upstream }, [commit])
  rmSync(authn.root, { recursive: true })
  // All of it is there now.
  expect(await ensureCode({ checkout: undefined, service: 'frontends', upstream }, [commit], 'offline')).toBe(
    repository,
  )
  const objects = openObjects(repository)
  onTestFinished(() => objects.close())
  const tree = codeTree({ objects, hashes: new Map() }, commit)
  expect(await tree.entries('')).toEqual([
    { name: 'authn', kind: 'folder' },
    { name: 'learning', kind: 'folder' },
  ])
  expect(await tree.entries('learning/src')).toMatchObject([{ name: 'index.js', kind: 'file' }])
  expect(String(await tree.read('authn/package.json'))).toBe('one')
  expect(await tree.read('profile/package.json')).toBeUndefined()
  expect(await tree.entries('profile')).toBeUndefined()
  expect(await problemsOf(() => tree.sha256('profile/package.json'))).toMatchObject([{ code: 'input-changed' }])
})

test('a part that its package does not name any more cannot be fetched', async () => {
  const { authn, upstream } = twoParts()
  const commit = `authn=${authn.commit} gone=${B}`
  expect(
    await problemsOf(() => ensureCode({ checkout: undefined, service: 'frontends', upstream }, [commit])),
  ).toMatchObject([{ code: 'commits-unavailable', commits: [B] }])
})
