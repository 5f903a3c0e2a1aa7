import { describe, expect, test } from 'vitest'
import { sampleEngine } from '../../test/engine.js'
import { type SampleRegistry, sampleRegistry } from '../../test/registry.js'
import { problemsOf, sampleDefinition, sampleImageSettings, testEach } from '../../test/samples.js'
import { primaryOf } from '../definition/definition.js'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { type ImageInputs, tagOf } from '../image/image-inputs.js'
import { type ServiceImage, wantedOf } from '../image/image-source.js'
import { referenceOf } from '../image/plan-image.js'
import { describeSnapshot, snapshotBuild } from '../image/snapshot.js'
import type { Progress } from '../progress/progress.js'
import { folderTree } from '../tree/folder-tree.js'
import type { Tree } from '../tree/tree.js'
import {
  carryOutPublication,
  type Publication,
  type PublishSettings,
  preparePublication,
  refuseStandIns,
} from './publish.js'
import { parseEdition } from './release-tags.js'

/** One that nobody may ask: what is tested here builds nothing. */
const NO_ENGINE: Engine = { endpoint: 'unix:///none.sock', address: { socketPath: '/none.sock' } }
const COMMIT = 'c'.repeat(40)

const settingsFor = (registry: string, change: Partial<PublishSettings> = {}): PublishSettings => ({
  ...sampleImageSettings(),
  registry,
  platforms: undefined,
  ...change,
})

/** What a checkout asks for whose requirements are these. */
function sourceOf(registry: string, requirements: string): ServiceImage {
  const definition = sampleDefinition()
  const inputs: ImageInputs = {
    spec: { name: `${registry}/devenv/hello`, dockerfile: '/Dockerfile', target: 'dev', args: {}, contexts: {} },
    dockerfile: 'FROM debian:12\n',
    files: [{ context: 'checkout', path: 'requirements.txt', mode: '100644', sha256: requirements.repeat(64) }],
    bases: {},
  }
  return { definition, inputs, tree: folderTree('/nowhere') }
}
const publication = (registry: string, requirements: string, edition?: string): Publication => ({
  release: parseEdition(edition ?? '')?.release,
  edition: parseEdition(edition ?? ''),
  commit: COMMIT,
  source: sourceOf(registry, requirements),
})

/** The two images of a release: what developers have, and what runs without a checkout. */
function imagesOf({ source }: Publication) {
  const dev = wantedOf(source.inputs)
  return { dev, snapshot: describeSnapshot(source, dev, COMMIT) }
}
/** As Buildx would have pushed them. */
function pushImages(registry: SampleRegistry, wanted: Publication, as?: string): void {
  for (const { name, digest, inputs } of Object.values(imagesOf(wanted))) {
    const labels = { [LABELS.digest]: digest, [LABELS.inputs]: JSON.stringify(inputs) }
    registry.push(name.slice(registry.host.length + 1), as ?? tagOf(digest), { labels })
  }
}
const PATHS = ['devenv/hello', 'devenv/hello-snapshot']
const releaseTagsIn = (registry: SampleRegistry, path: string) =>
  Object.keys(registry.tags(path)).filter((tag) => !tag.startsWith('inputs-'))
const writesTo = ({ asked }: SampleRegistry) => asked.filter((call) => !call.startsWith('GET '))
const silent = () => {}

describe('what is prepared', () => {
  test('is a build and tags for both images of a release, in an order that leaves nothing half there', async () => {
    const registry = await sampleRegistry()
    const wanted = publication(registry.host, 'a', 'ulmo.4-1.0.0')
    const { dev, snapshot } = imagesOf(wanted)
    const { plan, publications } = await preparePublication([wanted], settingsFor(registry.host))
    expect(plan.steps.map((step) => (step.do === 'build' ? step.reference : `${step.name}:${step.as}`))).toEqual([
      referenceOf(dev),
      referenceOf(snapshot),
      ...[dev.name, snapshot.name].map((name) => `${name}:ulmo.4-1.0.0`),
      ...[dev.name, snapshot.name].flatMap((name) => ['ulmo.4', 'ulmo', 'latest'].map((tag) => `${name}:${tag}`)),
    ])
    expect(publications).toEqual([
      {
        release: wanted.release,
        edition: wanted.edition,
        commit: COMMIT,
        references: [referenceOf(dev), referenceOf(snapshot)],
      },
    ])
    expect(writesTo(registry)).toEqual([])
  })

  test('has no snapshot of what is of no release, nor of files that are of no commit', async () => {
    const registry = await sampleRegistry()
    const ofRelease = publication(registry.host, 'b', 'ulmo.4-1.0.0')
    const prepared = await preparePublication(
      [publication(registry.host, 'a'), { ...ofRelease, commit: undefined }],
      settingsFor(registry.host),
    )
    expect([...prepared.sources.keys()].filter((reference) => reference.includes('snapshot'))).toEqual([])
    expect(prepared.plan.steps.filter((step) => step.do === 'build')).toHaveLength(2)
  })

  test('keeps every tag that is taken, of both images, and tells all at once', async () => {
    const registry = await sampleRegistry()
    pushImages(registry, publication(registry.host, 'a', 'ulmo.4-1.0.0'), 'ulmo.4-1.0.0')
    const problems = await problemsOf(() =>
      preparePublication([publication(registry.host, 'b', 'ulmo.4-1.0.0')], settingsFor(registry.host)),
    )
    expect(problems).toMatchObject(
      PATHS.map((path) => ({ code: 'tag-taken', tag: `${registry.host}/${path}:ulmo.4-1.0.0` })),
    )
  })
})

describe('publishing', () => {
  test('sets every tag of what the registry has, and builds nothing', async () => {
    const registry = await sampleRegistry()
    const settings = settingsFor(registry.host)
    const wanted = publication(registry.host, 'a', 'ulmo.4-1.0.0')
    pushImages(registry, wanted)
    const told: Progress[] = []
    await carryOutPublication(await preparePublication([wanted], settings), NO_ENGINE, settings, (progress) =>
      told.push(progress),
    )
    for (const path of PATHS) {
      expect(releaseTagsIn(registry, path)).toEqual(['ulmo.4-1.0.0', 'ulmo.4', 'ulmo', 'latest'])
      expect(new Set(Object.values(registry.tags(path))).size).toBe(1)
    }
    expect(told.filter(({ kind }) => kind === 'end')).toHaveLength(8)
  })

  test('sets tags of all editions before any tag that follows', async () => {
    const registry = await sampleRegistry()
    const settings = settingsFor(registry.host)
    const wanted = ['ulmo.3-1.0.0', 'ulmo.4-1.0.0'].map((edition) => publication(registry.host, 'a', edition))
    for (const each of wanted) pushImages(registry, each)
    await carryOutPublication(await preparePublication(wanted, settings), NO_ENGINE, settings, silent)
    const set = writesTo(registry).flatMap((call) => /^PUT .*\/(\S+)$/.exec(call)?.[1] ?? [])
    const editions = set.filter((tag) => parseEdition(tag) !== undefined)
    expect(set.slice(0, editions.length)).toEqual(editions)
    expect(editions).toHaveLength(4)
  })

  test('again does nothing', async () => {
    const registry = await sampleRegistry()
    const settings = settingsFor(registry.host)
    const wanted = publication(registry.host, 'a', 'ulmo.4-1.0.0')
    pushImages(registry, wanted)
    await carryOutPublication(await preparePublication([wanted], settings), NO_ENGINE, settings, silent)
    registry.asked.length = 0
    const again = await preparePublication([wanted], settings)
    expect(again.plan.steps).toEqual([])
    await carryOutPublication(again, NO_ENGINE, settings, silent)
    expect(writesTo(registry)).toEqual([])
  })

  test('goes on where it was interrupted after any call', async () => {
    const registry = await sampleRegistry()
    const settings = settingsFor(registry.host)
    const wanted = publication(registry.host, 'a', 'ulmo.4-1.0.0')
    pushImages(registry, wanted)
    const left: number[] = []
    for (let allowed = 0; allowed < 8; allowed++) {
      let writes = 0
      registry.intercept((call) => (call.startsWith('PUT ') && ++writes > 1 ? 400 : undefined))
      const prepared = await preparePublication([wanted], settings)
      left.push(prepared.plan.steps.length)
      const failed = carryOutPublication(prepared, NO_ENGINE, settings, silent)
      if (prepared.plan.steps.length > 1)
        expect(await problemsOf(() => failed)).toMatchObject([{ code: 'registry-refused' }])
      else await failed
    }
    expect(left).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
    for (const path of PATHS)
      expect(releaseTagsIn(registry, path).sort()).toEqual(['latest', 'ulmo', 'ulmo.4', 'ulmo.4-1.0.0'])
  })

  test('moves main and its edition', async () => {
    const registry = await sampleRegistry()
    const settings = settingsFor(registry.host)
    const [first, second] = ['a', 'b'].map((content) => publication(registry.host, content, 'main-1.0.0')) as [
      Publication,
      Publication,
    ]
    for (const wanted of [first, second]) {
      pushImages(registry, wanted)
      await carryOutPublication(await preparePublication([wanted], settings), NO_ENGINE, settings, silent)
      const tags = registry.tags('devenv/hello')
      const inputs = tags[tagOf(imagesOf(wanted).dev.digest)]
      expect(tags).toMatchObject({ main: inputs, 'main-1.0.0': inputs })
    }
  })

  test('has no floating tag follow what only looks like an edition', async () => {
    const registry = await sampleRegistry()
    const settings = settingsFor(registry.host)
    const wanted = publication(registry.host, 'a', 'ulmo.4-1.0.0')
    pushImages(registry, wanted)
    for (const tag of ['ulmo.4-9.0.0', 'zebra.1-1.0.0']) registry.push('devenv/hello', tag)
    const prepared = await preparePublication([wanted], settings)
    expect(prepared.plan.notes).toEqual([])
    await carryOutPublication(prepared, NO_ENGINE, settings, silent)
    const { 'ulmo.4-1.0.0': ours, ...tags } = registry.tags('devenv/hello')
    expect(tags).toMatchObject({ 'ulmo.4': ours, ulmo: ours, latest: ours })
    expect((await preparePublication([wanted], settings)).plan.steps).toEqual([])
  })

  /** The images of two editions of one release, pushed and not published. */
  const twoEditions = async () => {
    const registry = await sampleRegistry()
    const higher = publication(registry.host, 'b', 'ulmo.4-1.1.0')
    const hotfix = publication(registry.host, 'a', 'ulmo.4-1.0.1')
    for (const each of [higher, hotfix]) pushImages(registry, each)
    return { registry, settings: settingsFor(registry.host), higher, hotfix }
  }

  test('of a list of tags that lacks some moves none down, and says so', async () => {
    const { registry, settings, higher, hotfix } = await twoEditions()
    await carryOutPublication(await preparePublication([higher], settings), NO_ENGINE, settings, silent)
    const { 'ulmo.4-1.1.0': held } = registry.tags('devenv/hello')
    registry.unlisted.add('ulmo.4-1.1.0')
    const prepared = await preparePublication([hotfix], settings)
    expect(prepared.plan.notes).toContainEqual(
      expect.stringMatching(/does not move .*hello:latest: it has no edition in the registry’s list of tags/),
    )
    await carryOutPublication(prepared, NO_ENGINE, settings, silent)
    const tags = registry.tags('devenv/hello')
    expect(tags).toMatchObject({ 'ulmo.4': held, ulmo: held, latest: held })
    expect(tags['ulmo.4-1.0.1']).not.toBe(held)
  })

  test('moves none down either where the list lacks one only when tags are set', async () => {
    const { registry, settings, higher, hotfix } = await twoEditions()
    const prepared = await preparePublication([hotfix], settings)
    await carryOutPublication(await preparePublication([higher], settings), NO_ENGINE, settings, silent)
    const { 'ulmo.4-1.1.0': held } = registry.tags('devenv/hello')
    registry.unlisted.add('ulmo.4-1.1.0')
    await carryOutPublication(prepared, NO_ENGINE, settings, silent)
    expect(registry.tags('devenv/hello')).toMatchObject({ 'ulmo.4': held, ulmo: held, latest: held })
  })

  testEach<{ title: string; status: number; code: string }>([
    { title: 'takes no images', status: 405, code: 'registry-read-only' },
    { title: 'does not let us write', status: 403, code: 'registry-forbidden' },
  ])('meets a registry that $title before it changes anything', async ({ status, code }) => {
    const registry = await sampleRegistry()
    const settings = settingsFor(registry.host)
    const wanted = publication(registry.host, 'a', 'ulmo.4-1.0.0')
    pushImages(registry, wanted)
    registry.intercept((call) => (call.startsWith('POST ') ? status : undefined))
    const prepared = await preparePublication([wanted], settings)
    expect(await problemsOf(() => carryOutPublication(prepared, NO_ENGINE, settings, silent))).toMatchObject([{ code }])
    for (const path of PATHS) expect(releaseTagsIn(registry, path)).toEqual([])
  })
})

describe('while another publishes too', () => {
  /** What was prepared, before the other does `meanwhile`. */
  async function racing(edition: string, meanwhile: (registry: SampleRegistry) => void) {
    const registry = await sampleRegistry()
    const settings = settingsFor(registry.host)
    const wanted = publication(registry.host, 'a', edition)
    pushImages(registry, wanted)
    const prepared = await preparePublication([wanted], settings)
    meanwhile(registry)
    return { registry, wanted, publish: () => carryOutPublication(prepared, NO_ENGINE, settings, silent) }
  }

  test('an edition that the other has set to something else is kept, and no tag follows', async () => {
    const { registry, publish: go } = await racing('ulmo.4-1.0.0', ({ push }) => {
      push('devenv/hello', 'ulmo.4-1.0.0', { labels: { [LABELS.digest]: 'f'.repeat(64) } })
    })
    const theirs = registry.tags('devenv/hello')['ulmo.4-1.0.0']
    expect(await problemsOf(go)).toEqual([
      {
        code: 'tag-taken',
        tag: `${registry.host}/devenv/hello:ulmo.4-1.0.0`,
        holds: `inputs-${'f'.repeat(20)}`,
        wants: expect.stringMatching(/^inputs-[0-9a-f]{20}$/),
      },
    ])
    expect(registry.tags('devenv/hello')['ulmo.4-1.0.0']).toBe(theirs)
    for (const path of PATHS) expect(releaseTagsIn(registry, path)).not.toContain('latest')
  })

  test('an edition that the other has set to the same content is the edition', async () => {
    const { registry, publish: go } = await racing('ulmo.4-1.0.0', (there) => {
      const { dev } = imagesOf(publication(there.host, 'a', 'ulmo.4-1.0.0'))
      there.push('devenv/hello', 'ulmo.4-1.0.0', { labels: { [LABELS.digest]: dev.digest }, note: 'theirs' })
    })
    const theirs = registry.tags('devenv/hello')['ulmo.4-1.0.0']
    await go()
    expect(registry.tags('devenv/hello')).toMatchObject({ 'ulmo.4-1.0.0': theirs, latest: theirs })
  })

  test('an edition that the other overwrites as it is set is noticed', async () => {
    const { registry, publish: go } = await racing('ulmo.4-1.0.0', (there) => {
      there.intercept((call) => {
        if (call !== 'PUT /v2/devenv/hello/manifests/ulmo.4-1.0.0') return undefined
        there.push('devenv/hello', 'ulmo.4-1.0.0', { labels: { [LABELS.digest]: 'f'.repeat(64) } })
        return 201
      })
    })
    expect(await problemsOf(go)).toMatchObject([{ code: 'tag-taken' }])
    expect(releaseTagsIn(registry, 'devenv/hello')).toEqual(['ulmo.4-1.0.0'])
  })

  test('an image that is gone is told, with the tag that was not set', async () => {
    const {
      registry,
      wanted,
      publish: go,
    } = await racing('ulmo.4-1.0.0', (there) => {
      there.intercept((call) => (/^GET .*hello\/manifests\/inputs-/.test(call) ? 404 : undefined))
    })
    expect(await problemsOf(go)).toEqual([
      {
        code: 'push-incomplete',
        image: referenceOf(imagesOf(wanted).dev),
        left: `devenv did not set ${registry.host}/devenv/hello:ulmo.4-1.0.0.`,
      },
    ])
  })
})

test('a snapshot is built without what its commit only names, and says so', async () => {
  const kinds = { 'app.py': 'file', module: 'submodule', 'lat\uFFFD': 'unnamed' } as const
  const tree: Tree = {
    name: 'commit 0',
    entries: async () => Object.entries(kinds).map(([name, kind]) => ({ name, kind })),
    read: async (path) => (path === '.gitattributes' ? Buffer.from('*.bin filter=lfs diff=lfs\n') : undefined),
    sha256: async () => '',
  }
  const source = { ...sourceOf('ghcr.io', 'a'), tree }
  const told: Progress[] = []
  const described = describeSnapshot(source, wantedOf(source.inputs), COMMIT)
  const { contexts } = await snapshotBuild(
    'image',
    'snapshot',
    described,
    source,
    { kind: 'build', name: 'dev' },
    (each) => told.push(each),
  )
  expect(contexts.context).toMatchObject({ files: [{ path: 'app.py' }] })
  expect(told.map((each) => (each.kind === 'note' ? each.text : ''))).toEqual([
    expect.stringMatching(/^snapshot does not contain module: .*submodule/),
    expect.stringMatching(/^snapshot does not contain lat\uFFFD: .*UTF-8/),
    expect.stringContaining('Git LFS'),
  ])
})

describe('a snapshot', () => {
  const source = sourceOf('ghcr.io', 'a')
  const dev = wantedOf(source.inputs)
  const digest = (change: { source?: ServiceImage; commit?: string; dev?: typeof dev }) =>
    describeSnapshot(change.source ?? source, change.dev ?? dev, change.commit ?? COMMIT).digest

  test('is named after the image that it stands on', () => {
    expect(describeSnapshot(source, dev, COMMIT)).toMatchObject({
      name: 'ghcr.io/devenv/hello-snapshot',
      codeDirectory: '/edx/app/hello',
      commit: COMMIT,
    })
  })

  testEach<{ title: string; other: string }>([
    { title: 'another commit', other: digest({ commit: 'd'.repeat(40) }) },
    { title: 'other dependencies', other: digest({ dev: { ...dev, digest: 'e'.repeat(64) } }) },
    {
      title: 'another code directory',
      other: digest({
        source: { ...source, definition: sampleDefinition({}, { hello: { working_dir: '/edx/app/other' } }) },
      }),
    },
  ])('is another for $title', ({ other }) => {
    expect(other).not.toBe(digest({}))
  })

  test('is the same whatever else the definition says', () => {
    expect(primaryOf(source.definition).environment).toEqual({ GREETING: 'hello' })
    const definition = sampleDefinition({}, { hello: { environment: { GREETING: 'bye' } } })
    expect(digest({ source: { ...source, definition } })).toBe(digest({}))
  })
})

describe('stand-ins', () => {
  /** What is published where the mirror serves that for its base image. */
  async function standingOn(
    labels: { [label: string]: string },
    registry: string,
    {
      from = (base) => `FROM ${base}\n`,
      mirrors = 'set',
    }: { from?: (base: string) => string; mirrors?: 'set' | 'unset' } = {},
  ) {
    const mirror = await sampleRegistry()
    mirror.push('library/debian', '12', { labels })
    const { engine, asked } = await sampleEngine()
    const wanted = publication(registry, 'a', 'ulmo.4-1.0.0')
    const inputs = { ...wanted.source.inputs, dockerfile: from(`${mirror.host}/library/debian:12`) }
    const publications = [{ ...wanted, source: { ...wanted.source, inputs } }]
    const settings = settingsFor(registry, mirrors === 'set' ? { mirror: mirror.host } : {})
    return {
      base: `${mirror.host}/library/debian:12`,
      asked,
      refuse: () => refuseStandIns(engine, publications, settings),
    }
  }
  const STAND_IN = { [LABELS.standIn]: 'library/debian:12' }

  test('never leave a registry on loopback', async () => {
    const { base, refuse } = await standingOn(STAND_IN, 'ghcr.io/openedx')
    expect(await problemsOf(refuse)).toEqual([
      { code: 'stand-ins-published', images: [base], registry: 'ghcr.io/openedx' },
    ])
  })

  test('never leave it either where they are only copied from, or named without a mirror', async () => {
    const from = (base: string) => `FROM scratch\nCOPY --from=${base} a b\n`
    const { base, refuse } = await standingOn(STAND_IN, 'ghcr.io/openedx', { from, mirrors: 'unset' })
    expect(await problemsOf(refuse)).toMatchObject([{ code: 'stand-ins-published', images: [base] }])
  })

  test.each(['localhost.example.com', '127.0.0.1.example.com/team', 'registry:5000'])(
    'never go to a registry that merely looks like one: %s',
    async (registry) => {
      const { refuse } = await standingOn(STAND_IN, registry)
      expect(await problemsOf(refuse)).toMatchObject([{ code: 'stand-ins-published', registry }])
    },
  )

  test.each(['localhost:5000', '127.0.0.1:5000/team', '127.8.0.1', '[::1]:5000', 'localhost'])(
    'may go to a registry on loopback, for which nothing is asked: %s',
    async (registry) => {
      const { refuse, asked } = await standingOn(STAND_IN, registry)
      await refuse()
      expect(asked).toEqual([])
    },
  )

  test('are not official images that a mirror serves', async () => {
    const { refuse } = await standingOn({}, 'ghcr.io/openedx')
    await expect(refuse()).resolves.toBeUndefined()
  })
})
