import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { commitWith, repositoryWith } from '../../test/git.js'
import { composes, samplePackage } from '../../test/package.js'
import { problemsOf, temporaryFolder } from '../../test/samples.js'
import { primaryOf } from '../definition/definition.js'
import { folderTree } from '../tree/folder-tree.js'
import { type ImageSource, openCommits, readFolderImage, wantedOf } from './image-source.js'

const PIP = { Makefile: '', 'requirements/base.txt': 'django\n', 'src/app.py': 'app = 1\n' }

function sourceOf(change: Partial<ImageSource> = {}): ImageSource {
  return {
    package: samplePackage(),
    registry: 'ghcr.io/openedx',
    mirror: undefined,
    locked: {},
    variables: {},
    ...change,
  }
}
function opened(source: ImageSource, repository: string) {
  const images = openCommits(source, repository)
  onTestFinished(() => images.close())
  return {
    ...images,
    digest: async (commit: string) => wantedOf((await images.read(commit)).inputs).digest,
  }
}
const folderDigest = async (source: ImageSource, checkout: string) =>
  wantedOf((await readFolderImage(source, checkout, folderTree(checkout))).inputs).digest

describe.skipIf(!composes)('the image of a checkout', () => {
  test('is the same of a commit and of the folder that it is checked out to', async () => {
    const source = sourceOf()
    const { root, commit } = repositoryWith(PIP)
    const { read } = opened(source, root)
    const ofCommit = await read(commit)
    const ofFolder = await readFolderImage(source, root, folderTree(root))
    expect(wantedOf(ofCommit.inputs)).toEqual(wantedOf(ofFolder.inputs))
    expect(wantedOf(ofCommit.inputs)).toMatchObject({ name: 'ghcr.io/openedx/devenv/hello' })
    expect(ofCommit.tree.name).toContain(commit.slice(0, 12))
  })

  test('is that of each commit, whatever is checked out', async () => {
    const { root, commit: first } = repositoryWith(PIP)
    const source = sourceOf()
    const { digest } = opened(source, root)
    const before = await folderDigest(source, root)
    const second = commitWith(root, { 'requirements/base.txt': 'django==5\n' })
    const third = commitWith(root, { 'requirements/base.txt': 'django\n', 'src/app.py': 'app = 2\n' })
    const [one, two, three] = await Promise.all([first, second, third].map(digest))
    expect(one).toBe(before)
    expect(two).not.toBe(one)
    expect(three).toBe(one)
  })

  test('is of the variant that the commit has', async () => {
    const { root, commit: pip } = repositoryWith(PIP)
    const uv = commitWith(root, { 'uv.lock': '' })
    const { read } = opened(sourceOf(), root)
    const [ofPip, ofUv] = await Promise.all([read(pip), read(uv)])
    expect(ofPip?.definition.variant).toBe('pip')
    expect(ofPip?.inputs.spec.args).toMatchObject({ GREETING: 'hello', TOOL: 'pip' })
    expect(ofUv?.definition.variant).toBe('uv')
    expect(ofUv?.inputs.spec.args).not.toHaveProperty('TOOL')
    expect(ofUv?.inputs.files.map(({ path }) => path)).toContain('uv.lock')
    expect(ofUv?.inputs.dockerfile).toContain('# uv')
  })

  test('has what the commit’s own devenv/compose.yaml adds', async () => {
    const { root, commit: plain } = repositoryWith(PIP)
    const over = commitWith(root, {
      'devenv/compose.yaml': 'services: { hello: { environment: { A: "1" }, build: { args: { GREETING: bye } } } }\n',
    })
    const { read } = opened(sourceOf(), root)
    const [before, after] = await Promise.all([read(plain), read(over)])
    expect(primaryOf(before?.definition as never).environment).toBeUndefined()
    expect(primaryOf(after?.definition as never).environment).toEqual({ A: '1' })
    expect(after?.inputs.spec.args.GREETING).toBe('bye')
  })

  test('reads variables as a start would', async () => {
    const { root, commit } = repositoryWith(PIP)
    const { read } = opened(sourceOf({ variables: { GREETING: 'good day', OTHER: 'x' } }), root)
    expect((await read(commit)).inputs.spec.args.GREETING).toBe('good day')
  })

  test('is found with one call of Compose for all commits of one shape, and leaves nothing behind', async () => {
    const room = temporaryFolder()
    const { root, commit: first } = repositoryWith(PIP)
    const commits = [first, ...['2', '3', '4'].map((text) => commitWith(root, { 'src/app.py': text }))]
    commits.push(commitWith(root, { 'devenv/compose.yaml': 'services: { hello: { environment: { A: "1" } } }\n' }))
    const source = sourceOf()
    vi.stubEnv('TMPDIR', room)
    onTestFinished(() => void vi.unstubAllEnvs())
    const images = openCommits(source, root)
    await Promise.all(commits.map((commit) => images.read(commit)))
    const [made = ''] = readdirSync(room)
    expect(readdirSync(join(room, made))).toHaveLength(2)
    images.close()
    expect(readdirSync(room)).toEqual([])
  })

  test('is refused where the commit is no checkout, or of no known shape', async () => {
    const { root, commit: none } = repositoryWith({ file: '' })
    const odd = commitWith(root, { Makefile: '' })
    const { read } = opened(sourceOf(), root)
    expect(await problemsOf(() => read(none))).toMatchObject([{ code: 'checkout-unrecognised', missing: ['Makefile'] }])
    expect(await problemsOf(() => read(odd))).toMatchObject([
      { code: 'variant-unknown', checkout: `commit ${odd.slice(0, 12)}` },
    ])
  })
})
