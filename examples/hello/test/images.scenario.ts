import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Checkout, succeeded } from '../../../tools/scenarios/checkout.js'
import { inside } from '../../../tools/scenarios/engine.js'
import { ask, run } from '../../../tools/scenarios/run.js'
import { freshCheckout, PACKAGE } from './checkout.js'
import { sharedRegistry } from './registry.js'

const registry = sharedRegistry()
const NAME = 'devenv/hello'

/** A checkout whose environment package is its own, so that its image is nobody else's. Its images go with it. */
async function ownImage(): Promise<{ hello: Checkout; folder: string }> {
  onTestFinished(async () => removeImages(await ownIds(hello)))
  const hello = freshCheckout()
  const folder = join(hello.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true })
  writeFileSync(join(folder, 'image', fileOf(hello)), hello.folder)
  hello.env.DEVENV_PACKAGE = folder
  hello.env.DEVENV_REGISTRY = registry.host
  return { hello, folder }
}

/** Among the inputs of no other checkout's images. */
const fileOf = (hello: Checkout) => `${basename(hello.folder)}.txt`

/** The images of this checkout alone, those without a name too. */
async function ownIds(hello: Checkout): Promise<string[]> {
  const ids = await ask('docker', 'images', '--quiet', '--filter', 'label=org.openedx.devenv.digest')
  const found = [...new Set(ids.split('\n').filter(Boolean))]
  if (found.length === 0) return []
  const format = '{{.Id}} {{index .Config.Labels "org.openedx.devenv.inputs"}}'
  // One that another removes meanwhile is left out.
  const { stdout } = await run(['docker', 'image', 'inspect', '--format', format, ...found])
  return stdout
    .split('\n')
    .flatMap((line) => (line.includes(`"package:${fileOf(hello)}"`) ? (line.split(' ')[0] ?? []) : []))
}

const removeImages = async (names: readonly string[]) => {
  if (names.length > 0) await ask('docker', 'image', 'rm', '--force', ...names)
}

/** The image of the primary container; `pulled` is the digest that it has in a registry. */
async function imageOf(hello: Checkout): Promise<{ id: string; name: string; pulled: string | undefined }> {
  const { image: id, labels } = await hello.container('hello')
  const digests: string[] = JSON.parse(await ask('docker', 'image', 'inspect', '--format', '{{json .RepoDigests}}', id))
  return { id, name: labels['org.openedx.devenv.image'] ?? '', pulled: digests[0]?.split('@')[1] }
}

const digestOf = async (hello: Checkout) => succeeded(await hello.devenv('digest')).stdout.trim()

describe('an image that was published is pulled, not built', () => {
  test('by whoever has the same content; what differs is built on top of it', async () => {
    const { hello } = await ownImage()
    succeeded(await hello.devenv('publish'))
    const reference = await digestOf(hello)
    const [, tag = ''] = /:(inputs-.*)$/.exec(reference) ?? []
    const published = await registry.digest(NAME, tag)
    await removeImages([reference])

    const view = hello.begin(['make', 'dev.watch'])
    await view.said(/http:\/\/localhost:\d+/)
    expect(await imageOf(hello)).toMatchObject({ name: reference, pulled: published })

    await changeCode(hello)
    await changeRequirement(hello, reference)
  })

  /** Nothing built, nothing pulled. */
  async function changeCode(hello: Checkout): Promise<void> {
    const before = [await imageOf(hello), await ownIds(hello)]
    await hello.edit('hello/web.py', 'import', '# another line\nimport')
    expect(JSON.parse(succeeded(await hello.devenv('explain', '--json')).stdout).own.do).toBe('use')
    succeeded(await hello.devenv('start'))
    expect([await imageOf(hello), await ownIds(hello)]).toEqual(before)
  }

  async function changeRequirement(hello: Checkout, reference: string): Promise<void> {
    const before = await imageOf(hello)
    const requirements = await hello.read('requirements/debian.txt')
    await hello.write('requirements/debian.txt', `${requirements}tree\n`)
    const { own } = JSON.parse(succeeded(await hello.devenv('explain', '--json')).stdout)
    expect(own).toMatchObject({ do: 'build', because: expect.stringContaining('requirements/debian.txt changed') })
    succeeded(await hello.devenv('start'))
    const after = await imageOf(hello)
    expect(after.name).not.toBe(reference)
    expect(after.pulled).toBeUndefined()
    expect(await inside(await hello.container('hello'), 'tree', '--version')).toContain('tree')

    // Switching back costs nothing.
    await hello.write('requirements/debian.txt', requirements)
    expect(JSON.parse(succeeded(await hello.devenv('explain', '--json')).stdout).own.do).toBe('use')
    succeeded(await hello.devenv('start'))
    expect(await imageOf(hello)).toEqual(before)
  }

  test('by its digest, where a file of digests names it', async () => {
    const { hello } = await ownImage()
    const digests = join(hello.folder, 'digests.json')
    succeeded(await hello.devenv('publish', '--digests', digests))
    const reference = await digestOf(hello)
    hello.env.DEVENV_DIGESTS = digests
    await removeImages([reference])
    succeeded(await hello.start())
    const pinned = JSON.parse(readFileSync(digests, 'utf8'))[reference]
    expect((await imageOf(hello)).name).toBe(`${registry.host}/${NAME}@${pinned}`)

    // Also where something else runs already.
    hello.env.DEVENV_DIGESTS = undefined
    await hello.start()
    hello.env.DEVENV_DIGESTS = digests
    await hello.start()
    expect((await imageOf(hello)).name).toBe(`${registry.host}/${NAME}@${pinned}`)
  })

  test('unless it only says so: its label has to name the same inputs', async () => {
    const { hello } = await ownImage()
    const reference = await digestOf(hello)
    const other = join(hello.folder, 'other')
    mkdirSync(other)
    writeFileSync(join(other, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n')
    const label = `org.openedx.devenv.digest=${'f'.repeat(64)}`
    await ask('docker', 'build', '--quiet', '--label', label, '--tag', reference, other)
    await ask('docker', 'push', '--quiet', reference)
    await removeImages([reference])
    expect(JSON.parse(succeeded(await hello.devenv('explain', '--json')).stdout).own.do).toBe('build')
  })

  test('is built where the registry does not answer, and devenv says so', async () => {
    const { hello } = await ownImage()
    hello.env.DEVENV_REGISTRY = 'localhost:1'
    const { stdout } = succeeded(await hello.devenv('explain'))
    expect(stdout).toMatch(/^build localhost:1\/devenv\/hello:inputs-.*localhost:1 did not answer: /m)
  })
})

test('a registry is asked once, since it may limit requests', async () => {
  const { hello } = await ownImage()
  const asked: string[] = []
  const counting = createServer(({ url = '' }, response) => {
    asked.push(url)
    response.writeHead(404).end('{}')
  })
  await new Promise<void>((resolve) => counting.listen(0, 'localhost', resolve))
  onTestFinished(() => void counting.close())
  hello.env.DEVENV_REGISTRY = `localhost:${(counting.address() as AddressInfo).port}`
  expect(succeeded(await hello.devenv('explain')).stdout).toMatch(/^build /)
  expect(asked.filter((url) => url.includes('/devenv/hello/manifests/inputs-'))).toHaveLength(1)
})

test('no registry is asked until one is set', async () => {
  const { hello } = await ownImage()
  for (const registry of [undefined, '']) {
    hello.env.DEVENV_REGISTRY = registry
    expect(await digestOf(hello)).toMatch(/^devenv\/hello:inputs-[0-9a-f]{20}$/)
    expect(succeeded(await hello.devenv('explain')).stdout).not.toContain('asked')
  }
})

test('the image of an environment is found again under another registry’s name', async () => {
  const { hello } = await ownImage()
  hello.env.DEVENV_REGISTRY = ''
  succeeded(await hello.devenv('image'))
  hello.env.DEVENV_REGISTRY = registry.host
  expect(JSON.parse(succeeded(await hello.devenv('explain', '--json')).stdout).own).toMatchObject({ do: 'tag' })
  const reference = succeeded(await hello.devenv('image')).stdout.trim()
  expect(reference).toMatch(new RegExp(`^${registry.host}/devenv/hello:inputs-`))
  expect(await ask('docker', 'image', 'ls', '--quiet', reference)).not.toBe('')
})

test('a change that leaves the size of a file as it was is built', async () => {
  const { hello, folder } = await ownImage()
  const write = (word: string) => writeFileSync(join(folder, 'image', fileOf(hello)), `${hello.folder} ${word}`)
  const own = async () => {
    const reference = succeeded(await hello.devenv('image')).stdout.trim()
    return await ask(
      'docker',
      'run',
      '--rm',
      '--network=none',
      '--entrypoint=cat',
      reference,
      `/etc/devenv/${fileOf(hello)}`,
    )
  }
  write('one')
  expect(await own()).toBe(`${hello.folder} one`)
  write('two')
  expect(await own()).toBe(`${hello.folder} two`)
})

describe('offline', () => {
  test('what is there runs, and nobody is asked', async () => {
    const hello = freshCheckout()
    succeeded(await hello.devenv('image'))
    hello.env.DEVENV_OFFLINE = '1'
    await hello.start()
    expect((await hello.get('/')).status).toBe(200)
  })

  test('devenv names every missing image, and builds nothing', async () => {
    const { hello, folder } = await ownImage()
    const compose = join(folder, 'compose.yaml')
    writeFileSync(compose, readFileSync(compose, 'utf8').replace('redis:7.4.5', 'redis:7.0.0'))
    const { exitCode, stderr } = await hello.devenv('--offline', 'start')
    expect(exitCode).toBe(1)
    expect(stderr.split('\n')).toContain('offline-lacks')
    expect(stderr).toContain(await digestOf(hello))
    expect(stderr).toContain('library/redis:7.0.0')
    expect(await ownIds(hello)).toEqual([])
    expect(await hello.containers()).toEqual([])
  })
})

describe('a package of several variants', () => {
  /** Two shapes: one that names its requirements as hello does, one by a file of another name. */
  const variants = async () => {
    const { hello, folder } = await ownImage()
    const compose = readFileSync(join(folder, 'compose.yaml'), 'utf8')
    const declared = [
      '  variants:',
      '    bare: { recognised-by: [requirements/bare.txt] }',
      '    debian: { recognised-by: [{ file: requirements/debian.txt, matches: "^python3-" }] }',
    ]
    writeFileSync(join(folder, 'compose.yaml'), compose.replace('x-devenv:', ['x-devenv:', ...declared].join('\n')))
    for (const variant of ['bare', 'debian'])
      writeFileSync(
        join(folder, `compose.${variant}.yaml`),
        `services:\n  hello:\n    build: { args: { SHAPE: ${variant} } }\n    environment: { SHAPE: ${variant} }\n`,
      )
    return hello
  }
  const shapeOf = async (hello: Checkout) => JSON.parse(succeeded(await hello.devenv('digest', '--json')).stdout)

  test('picks by what the checkout holds, and each has an image of its own', async () => {
    const hello = await variants()
    expect(succeeded(await hello.devenv('check')).stdout).toBe('No rule is broken.\n')
    const debian = await shapeOf(hello)
    expect(debian).toMatchObject({ variant: 'debian', inputs: { 'argument SHAPE': 'debian' } })
    await hello.write('requirements/bare.txt', '')
    const bare = await shapeOf(hello)
    expect(bare).toMatchObject({ variant: 'bare', inputs: { 'argument SHAPE': 'bare' } })
    expect(bare.digest).not.toBe(debian.digest)
    expect(succeeded(await hello.devenv('exec', '--', 'printenv', 'SHAPE')).stdout).toBe('bare\n')
  })

  test('refuses a checkout that fits no variant, and names all of them', async () => {
    const hello = await variants()
    await hello.write('requirements/debian.txt', '# nothing\n')
    const { exitCode, stderr } = await hello.devenv('start')
    expect(exitCode).toBe(1)
    expect(stderr.split('\n')).toContain('variant-unknown')
    expect(stderr).toContain('bare: it has no requirements/bare.txt')
    expect(stderr).toContain('debian: it has no line /^python3-/ in requirements/debian.txt')
  })
})

test('the digest of a commit is that of its checkout, whatever lies in the folder', async () => {
  const { hello } = await ownImage()
  await hello.commitToGit()
  const clean = await digestOf(hello)
  await hello.write('requirements/debian.txt', 'tree\n')
  expect(await digestOf(hello)).not.toBe(clean)
  expect(succeeded(await hello.devenv('digest', '--ref', 'HEAD')).stdout.trim()).toBe(clean)
  const unknown = await hello.devenv('digest', '--ref', 'nowhere')
  expect(unknown.stderr.split('\n')).toContain('commit-unknown')
  await run(['git', '-C', hello.path, 'checkout', '--quiet', '.'])
  expect(await digestOf(hello)).toBe(clean)
})
