import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { repositoryWith } from '../../test/git.js'
import { problemsOf, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { parsePatterns } from '../definition/ignore-patterns.js'
import type { BakeFile, BakeTarget } from '../engine/buildx.js'
import { LABELS } from '../engine/labels.js'
import { openObjects } from '../git/object-reader.js'
import { commitTree } from '../tree/commit-tree.js'
import type { Tree } from '../tree/tree.js'
import { type BuildSettings, buildOf, dateOf, type ImageBuild, withBuilds } from './build-images.js'
import { abridge, listInputs } from './image-inputs.js'
import { readImageInputs } from './read-image-inputs.js'

const FILES = {
  'checkout/requirements/base.txt': 'django\n',
  'checkout/requirements/private.txt': 'pdbpp\n',
  'checkout/manage.py': { text: '#!/usr/bin/env python\n', mode: 0o755 },
  'package/Dockerfile': 'FROM debian:12 AS dev\n',
  'package/Dockerfile.dockerignore': '*\n!requirements/base.txt\n!manage.py\n',
  'package/image/supervisor/web.conf': { text: '[program:web]\n', mode: 0o600 },
  'package/image/latest': { link: 'supervisor/web.conf' },
}
const SETTINGS: BuildSettings = { mirror: undefined, caBundle: undefined, proxies: {} }

/** The build of an image whose files lie in a folder of their own. */
async function sample(change: { checkout?: Tree; pins?: [string, string][]; standIns?: string[] } = {}) {
  const root = writeFiles(temporaryFolder(), FILES)
  const spec = {
    name: 'devenv/hello',
    dockerfile: join(root, 'package/Dockerfile'),
    target: 'dev',
    args: { GREETING: 'good day $USER', DEVENV_MIRROR: 'docker.io' },
    contexts: { checkout: join(root, 'checkout'), package: join(root, 'package/image') },
  }
  const { checkout } = change
  const inputs = await readImageInputs(spec, checkout === undefined ? {} : { checkout })
  const image = { reference: 'devenv/hello:inputs-0', digest: '0123' }
  const bases = { pins: new Map(change.pins ?? []), standIns: change.standIns ?? [] }
  return { root, inputs, build: buildOf('image', image, inputs, bases, checkout) }
}

/** Where builds are laid out, and what `look` finds there. */
async function laidOut<T>(
  builds: readonly ImageBuild[],
  settings: Partial<BuildSettings>,
  look: (file: BakeFile, folder: string) => T,
): Promise<T> {
  const room = temporaryFolder()
  vi.stubEnv('TMPDIR', room)
  onTestFinished(() => void vi.unstubAllEnvs())
  const found: T[] = []
  try {
    await withBuilds(builds, { ...SETTINGS, ...settings }, async () => {
      const folder = join(room, ...readdirSync(room))
      found.push(look(JSON.parse(readFileSync(join(folder, 'bake.json'), 'utf8')), folder))
    })
  } finally {
    expect(readdirSync(room)).toEqual([])
  }
  return found[0] as T
}
const targetOf = (file: BakeFile, name = 'image'): BakeTarget => {
  const target = file.target[name]
  if (target === undefined) throw new Error(`no target ${name}`)
  return target
}
const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8)

describe('a build', () => {
  test('is told everything: names, target, arguments, labels and where its files lie', async () => {
    const { build, inputs } = await sample()
    await laidOut([build], {}, (file, folder) => {
      expect(file.group.default.targets).toEqual(['image'])
      expect(targetOf(file)).toEqual({
        context: join(folder, 'image/contexts/context'),
        contexts: { package: join(folder, 'image/contexts/package') },
        dockerfile: join(folder, 'image/Dockerfile'),
        target: 'dev',
        args: { GREETING: 'good day $USER', DEVENV_MIRROR: 'docker.io' },
        labels: { [LABELS.digest]: '0123', [LABELS.inputs]: JSON.stringify(abridge(listInputs(inputs))) },
        tags: ['devenv/hello:inputs-0'],
        secret: [],
      })
    })
  })

  test('without a target is built to its end', async () => {
    const { build } = await sample()
    const target = await laidOut([{ ...build, target: undefined }], {}, (file) => targetOf(file))
    expect(target).not.toHaveProperty('target')
  })

  test('is shown the secrets and the agent that the definition names', async () => {
    const { build, inputs } = await sample()
    const spec = { ...inputs.spec, ssh: ['default'], secrets: ['id=netrc,src=/home/me/.netrc'] }
    const shown = buildOf('image', build, { ...inputs, spec }, { pins: new Map(), standIns: [] })
    await laidOut([shown], { caBundle: '/etc/ca.pem' }, (file) => {
      expect(targetOf(file).ssh).toEqual(['default'])
      expect(targetOf(file).secret).toEqual(['id=ca-bundle,src=/etc/ca.pem', 'id=netrc,src=/home/me/.netrc'])
    })
  })

  test('gets the certificates as a secret and no argument: nothing of them is baked in', async () => {
    const { build } = await sample()
    await laidOut([build], { caBundle: '/etc/ca.pem' }, (file) => {
      expect(targetOf(file).secret).toEqual(['id=ca-bundle,src=/etc/ca.pem'])
      expect(JSON.stringify(file).split('/etc/ca.pem')).toHaveLength(2)
    })
  })

  test('gets proxies as arguments, which Docker keeps out of the image', async () => {
    const { build } = await sample()
    const { args } = await laidOut([build], { proxies: { https_proxy: 'http://proxy' } }, (file) => targetOf(file))
    expect(args).toMatchObject({ https_proxy: 'http://proxy', GREETING: 'good day $USER' })
  })

  test('through a mirror says so in the image', async () => {
    const { build } = await sample()
    const { labels } = await laidOut([build], { mirror: 'localhost:5000' }, (file) => targetOf(file))
    expect(labels[LABELS.mirror]).toBe('localhost:5000')
  })

  test('on stand-ins says so in the image, also of those that it only copies from', async () => {
    const { build } = await sample({ standIns: ['localhost:5000/library/debian:12', 'localhost:5000/library/node:20'] })
    const { labels } = await laidOut([build], {}, (file) => targetOf(file))
    expect(labels[LABELS.standIn]).toBe('localhost:5000/library/debian:12 localhost:5000/library/node:20')
  })

  test('takes its base images as they are pinned', async () => {
    const pinned = `debian:12@sha256:${'1'.repeat(64)}`
    const { build } = await sample({ pins: [['debian:12', pinned]] })
    const { contexts } = await laidOut([build], {}, (file) => targetOf(file))
    expect(contexts['debian:12']).toBe(`docker-image://${pinned}`)
  })

  test('may stand on another of the same call', async () => {
    const { build } = await sample()
    const onTop: ImageBuild = {
      ...build,
      name: 'top',
      contexts: { ...build.contexts, dev: { kind: 'build', name: 'image' } },
    }
    await laidOut([build, onTop], {}, (file) => {
      expect(file.group.default.targets).toEqual(['image', 'top'])
      expect(targetOf(file, 'top').contexts.dev).toBe('target:image')
      expect(targetOf(file, 'top').context).not.toBe(targetOf(file).context)
    })
  })

  test('is for platforms and with attestations only where these are asked for', async () => {
    const { build } = await sample()
    const asked = { platforms: ['linux/amd64', 'linux/arm64'], attest: ['type=sbom'] }
    expect(await laidOut([{ ...build, ...asked }], {}, (file) => targetOf(file))).toMatchObject(asked)
    const plain = await laidOut([build], {}, (file) => targetOf(file))
    for (const key of Object.keys(asked)) expect(plain).not.toHaveProperty(key)
  })
})

describe('what a build sees', () => {
  /** Every path below a folder, with its mode; of a link its target. */
  const listing = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => {
        const file = join(folder, path)
        return lstatSync(file).isSymbolicLink() ? `${path} -> ${readlinkSync(file)}` : `${path} ${modeOf(file)}`
      })
      .sort()

  test.each([0o022, 0o077])(
    'is what was hashed and nothing else, with git’s modes under the umask %i',
    async (umask) => {
      const { build, root } = await sample()
      chmodSync(join(root, 'checkout/requirements'), 0o700)
      const before = process.umask(umask)
      onTestFinished(() => void process.umask(before))
      await laidOut([build], {}, (file) => {
        const { context, contexts, dockerfile } = targetOf(file)
        expect(listing(context)).toEqual(['manage.py 755', 'requirements 755', 'requirements/base.txt 644'])
        expect(listing(contexts.package as string)).toEqual([
          'latest -> supervisor/web.conf',
          'supervisor 755',
          'supervisor/web.conf 644',
        ])
        expect(readFileSync(join(context, 'requirements/base.txt'), 'utf8')).toBe('django\n')
        expect(readFileSync(dockerfile, 'utf8')).toBe('FROM debian:12 AS dev\n')
        for (const folder of [context, contexts.package as string]) expect(modeOf(folder)).toBe('755')
      })
    },
  )

  test('is not cut down again by an ignore file among the files', async () => {
    const { build } = await sample()
    await laidOut([build], {}, (file) => {
      const own = readFileSync(`${targetOf(file).dockerfile}.dockerignore`, 'utf8')
      // https://docs.docker.com/build/concepts/context/#filename-and-location: it comes first. An empty one counts as none.
      expect(own).not.toBe('')
      expect(parsePatterns(own)).toEqual([])
    })
  })

  test('has the same dates for the same content, whenever it was saved', async () => {
    const [first, second] = [await sample(), await sample()]
    writeFileSync(join(second.root, 'checkout/requirements/base.txt'), 'django\n')
    const dates = async ({ build }: typeof first) =>
      await laidOut([build], {}, (file) =>
        ['', 'requirements', 'requirements/base.txt', 'manage.py'].map(
          (path) => lstatSync(join(targetOf(file).context, path)).mtimeMs,
        ),
      )
    expect(await dates(second)).toEqual(await dates(first))
  })

  test('is that of a commit, whatever lies in the checkout now', async () => {
    const { root, commit } = repositoryWith({
      'requirements/base.txt': 'django==4\n',
      'manage.py': { text: 'old\n', mode: 0o755 },
    })
    writeFiles(root, { 'requirements/base.txt': 'django==5\n' })
    const objects = openObjects(root)
    onTestFinished(() => objects.close())
    const { build } = await sample({ checkout: commitTree({ objects, hashes: new Map() }, commit) })
    await laidOut([build], {}, (file) => {
      const { context } = targetOf(file)
      expect(readFileSync(join(context, 'requirements/base.txt'), 'utf8')).toBe('django==4\n')
      expect(modeOf(join(context, 'manage.py'))).toBe('755')
    })
  })

  testEach<{ title: string; change: (file: string) => void }>([
    { title: 'changed', change: (file) => writeFileSync(file, 'django==5\n') },
    { title: 'is gone', change: (file) => rmSync(file) },
    {
      title: 'became a folder',
      change: (file) => {
        rmSync(file)
        writeFiles(file, { inside: '' })
      },
    },
  ])('is refused where a file $title since it was hashed', async ({ change }) => {
    const { build, root } = await sample()
    change(join(root, 'checkout/requirements/base.txt'))
    expect(await problemsOf(() => laidOut([build], {}, () => undefined))).toEqual([
      { code: 'input-changed', file: 'requirements/base.txt', tree: join(root, 'checkout') },
    ])
  })
})

test('an input that is a pointer of Git LFS is refused', async () => {
  const { root, commit } = repositoryWith({
    'requirements/base.txt': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
    'manage.py': '',
  })
  const objects = openObjects(root)
  onTestFinished(() => objects.close())
  const { build } = await sample({ checkout: commitTree({ objects, hashes: new Map() }, commit) })
  expect(await problemsOf(() => laidOut([build], {}, () => undefined))).toMatchObject([
    { code: 'input-unreadable', file: 'requirements/base.txt', detail: expect.stringContaining('LFS') },
  ])
})

describe('the date of a file', () => {
  test('follows from its content: another for what differs in one byte only', () => {
    expect(dateOf(Buffer.from('django==5.2.0\n'))).toBe(dateOf(Buffer.from('django==5.2.0\n')))
    expect(dateOf(Buffer.from('django==5.2.0\n'))).not.toBe(dateOf(Buffer.from('django==5.2.1\n')))
  })

  test('is one that a zip archive can tell, and no file system minds', () => {
    const dates = Array.from({ length: 500 }, (_, at) => dateOf(Buffer.from(`content ${at}`)))
    expect(new Set(dates).size).toBe(500)
    for (const date of dates) {
      expect(date).toBeGreaterThanOrEqual(Date.UTC(1980) / 1000)
      expect(date).toBeLessThan(2 ** 31)
    }
  })
})
