import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import { tagOf } from '../image/image-inputs.js'
import { referenceOf, type WantedImage } from '../image/plan-image.js'
import type { Problem } from '../problem/problem.js'
import { type HeldRepository, type PublishStep, planPublish, type WantedPublication } from './plan-publish.js'
import { parseEdition } from './release-tags.js'

const NAME = 'ghcr.io/openedx/devenv/hello'

/** An image, by a letter: its digest is that letter again and again. */
const image = (letter: string): WantedImage => ({
  name: NAME,
  digest: letter.repeat(64),
  inputs: { Dockerfile: 'same', 'requirements.txt': letter },
})
const inputsOf = (letter: string) => tagOf(image(letter).digest)

/** What shall be published: `a as ulmo.4-1.0.0`, or `a` by its inputs alone. */
const wanted = (...words: string[]): WantedPublication[] =>
  words.map((word) => {
    const [letter = '', tag = ''] = word.split(' as ')
    const edition = parseEdition(tag)
    return { image: image(letter), release: edition?.release, edition }
  })

type Change = { digest?: string; standInsFrom?: string; manifest?: string; lost?: string[] }

/** What the repository holds: each tag with the letter of its image; `inputs` is the tag by the image's inputs. */
function held(tags: { [tag: string]: string }, changes: { [tag: string]: Change } = {}): HeldRepository {
  const images = Object.entries(tags).map(([name, letter]) => {
    const tag = name.startsWith('inputs ') ? inputsOf(name.slice('inputs '.length)) : name
    return [
      tag,
      {
        reference: `${NAME}:${tag}`,
        digest: image(letter).digest,
        inputs: image(letter).inputs,
        standInsFrom: undefined,
        platforms: [],
        lost: [] as string[],
        manifest: `sha256:${letter}`,
        ...changes[name],
      },
    ] as const
  })
  return { name: NAME, tags: images.map(([tag]) => tag), unlisted: new Set(), images: new Map(images) }
}

/** The steps in short: `build a`, `edition ulmo.4-1.0.0 = a`, `floating latest = ulmo.4-1.0.0`. */
function short(steps: readonly PublishStep[]): string[] {
  const letterOf = (tag: string) => (tag.startsWith('inputs-') ? (tag.at(-1) ?? '') : tag)
  return steps.map((step) =>
    step.do === 'build' ? `build ${step.digest[0]}` : `${step.kind} ${step.as} = ${letterOf(step.from)}`,
  )
}

const plan = (publications: readonly WantedPublication[], repository: HeldRepository, mirror?: string) => {
  const { plan: planned, problems } = planPublish(publications, repository, mirror)
  expect(problems).toEqual([])
  return planned
}
const stepsFor = (publications: readonly WantedPublication[], repository: HeldRepository, mirror?: string) =>
  short(plan(publications, repository, mirror).steps)
const refused = (publications: readonly WantedPublication[], repository: HeldRepository): readonly Problem[] =>
  planPublish(publications, repository, undefined).problems

/** What an edition leaves behind before any tag follows it. */
const published = (edition: string, letter: string): { [tag: string]: string } => ({
  [`inputs ${letter}`]: letter,
  [edition]: letter,
})
const ULMO_4 = { ...published('ulmo.4-1.0.0', 'a'), 'ulmo.4': 'a', ulmo: 'a', latest: 'a' }

describe('a plan', () => {
  testEach<{
    title: string
    publish: string[]
    where: HeldRepository
    steps: string[]
    mirror?: string
  }>([
    {
      title: 'for the first edition builds it, sets its tag, then those that follow',
      publish: ['a as ulmo.4-1.0.0'],
      where: held({}),
      steps: [
        'build a',
        'edition ulmo.4-1.0.0 = a',
        'floating ulmo.4 = ulmo.4-1.0.0',
        'floating ulmo = ulmo.4-1.0.0',
        'floating latest = ulmo.4-1.0.0',
      ],
    },
    {
      title: 'for what is there already is empty',
      publish: ['a as ulmo.4-1.0.0'],
      where: held(ULMO_4),
      steps: [],
    },
    { title: 'for nothing is empty', publish: [], where: held(ULMO_4), steps: [] },
    {
      title: 'for an image by its inputs alone sets no tag of a release',
      publish: ['b'],
      where: held(ULMO_4),
      steps: ['build b'],
    },
    { title: 'for an image by its inputs that is there is empty', publish: ['a'], where: held(ULMO_4), steps: [] },
    {
      title: 'for a new version of the same content builds nothing and moves tags',
      publish: ['a as ulmo.4-1.1.0'],
      where: held(ULMO_4),
      steps: ['edition ulmo.4-1.1.0 = a'],
    },
    {
      title: 'for a new version of other content builds it and moves every tag',
      publish: ['b as ulmo.4-1.1.0'],
      where: held(ULMO_4),
      steps: [
        'build b',
        'edition ulmo.4-1.1.0 = b',
        'floating ulmo.4 = ulmo.4-1.1.0',
        'floating ulmo = ulmo.4-1.1.0',
        'floating latest = ulmo.4-1.1.0',
      ],
    },
    {
      title: 'for a hotfix of an older release leaves latest and the name where they are',
      publish: ['c as ulmo.3-1.1.0'],
      where: held({ ...ULMO_4, ...published('ulmo.3-1.0.0', 'b'), 'ulmo.3': 'b' }),
      steps: ['build c', 'edition ulmo.3-1.1.0 = c', 'floating ulmo.3 = ulmo.3-1.1.0'],
    },
    {
      title: 'for the first edition of an older name leaves latest where it is',
      publish: ['c as teak.3-2.0.0'],
      where: held(ULMO_4),
      steps: ['build c', 'edition teak.3-2.0.0 = c', 'floating teak.3 = teak.3-2.0.0', 'floating teak = teak.3-2.0.0'],
    },
    {
      title: 'for an older version of a release leaves every tag that follows where it is',
      publish: ['c as ulmo.4-0.9.1'],
      where: held(ULMO_4),
      steps: ['build c', 'edition ulmo.4-0.9.1 = c'],
    },
    {
      title: 'for a prerelease sets its own tag and no other',
      publish: ['b as ulmo.4-2.0.0-rc.1'],
      where: held(ULMO_4),
      steps: ['build b', 'edition ulmo.4-2.0.0-rc.1 = b'],
    },
    {
      title: 'for a prerelease of a new release sets its own tag and no other',
      publish: ['b as verawood.1-1.0.0-rc.1'],
      where: held(ULMO_4),
      steps: ['build b', 'edition verawood.1-1.0.0-rc.1 = b'],
    },
    {
      title: 'for a version after its prerelease of the same content moves tags to the version',
      publish: ['b as ulmo.4-2.0.0'],
      where: held({ ...ULMO_4, ...published('ulmo.4-2.0.0-rc.1', 'b') }),
      steps: [
        'edition ulmo.4-2.0.0 = b',
        'floating ulmo.4 = ulmo.4-2.0.0',
        'floating ulmo = ulmo.4-2.0.0',
        'floating latest = ulmo.4-2.0.0',
      ],
    },
    {
      title: 'for several releases of one digest builds it once',
      publish: ['a as ulmo.3-1.0.0', 'a as ulmo.4-1.0.0', 'a as main-1.0.0'],
      where: held({}),
      steps: [
        'build a',
        'edition ulmo.3-1.0.0 = a',
        'edition ulmo.4-1.0.0 = a',
        'edition main-1.0.0 = a',
        'floating ulmo.3 = ulmo.3-1.0.0',
        'floating ulmo = ulmo.4-1.0.0',
        'floating latest = ulmo.4-1.0.0',
        'floating ulmo.4 = ulmo.4-1.0.0',
        'floating main = main-1.0.0',
      ],
    },
    {
      title: 'for several releases sets every tag that follows once, to the highest, whatever their order',
      publish: ['b as ulmo.4-1.0.0', 'a as ulmo.3-1.0.0'],
      where: held({}),
      steps: [
        'build b',
        'build a',
        'edition ulmo.4-1.0.0 = b',
        'edition ulmo.3-1.0.0 = a',
        'floating ulmo.4 = ulmo.4-1.0.0',
        'floating ulmo = ulmo.4-1.0.0',
        'floating latest = ulmo.4-1.0.0',
        'floating ulmo.3 = ulmo.3-1.0.0',
      ],
    },
    {
      title: 'for main moves its edition and its tag, and no tag of a release',
      publish: ['b as main-1.0.0'],
      where: held({ ...ULMO_4, ...published('main-1.0.0', 'a'), main: 'a' }),
      steps: ['build b', 'edition main-1.0.0 = b', 'floating main = main-1.0.0'],
    },
    {
      title: 'for main with a new version of the package sets that and moves main to it',
      publish: ['b as main-1.1.0'],
      where: held({ ...published('main-1.0.0', 'a'), main: 'a' }),
      steps: ['build b', 'edition main-1.1.0 = b', 'floating main = main-1.1.0'],
    },
    {
      title: 'for main that moved back to what was published once builds nothing',
      publish: ['a as main-1.0.0'],
      where: held({ 'inputs a': 'a', 'inputs b': 'b', 'main-1.0.0': 'b', main: 'b' }),
      steps: ['edition main-1.0.0 = a', 'floating main = main-1.0.0'],
    },
    {
      title: 'for main that did not move is empty',
      publish: ['a as main-1.0.0'],
      where: held({ ...published('main-1.0.0', 'a'), main: 'a' }),
      steps: [],
    },
    {
      title: 'does not take an image on stand-ins from elsewhere',
      publish: ['a'],
      where: held({ 'inputs a': 'a' }, { 'inputs a': { standInsFrom: 'localhost:5000' } }),
      steps: ['build a'],
    },
    {
      title: 'does not take an image on the stand-ins of another mirror',
      publish: ['a'],
      where: held({ 'inputs a': 'a' }, { 'inputs a': { standInsFrom: 'localhost:5000' } }),
      mirror: 'localhost:5001',
      steps: ['build a'],
    },
    {
      title: 'takes an image on the stand-ins of its own mirror',
      publish: ['a'],
      where: held({ 'inputs a': 'a' }, { 'inputs a': { standInsFrom: 'localhost:5000' } }),
      mirror: 'localhost:5000',
      steps: [],
    },
    {
      title: 'takes a real image also where a mirror is set',
      publish: ['a'],
      where: held({ 'inputs a': 'a' }),
      mirror: 'localhost:5000',
      steps: [],
    },
  ])('$title', ({ publish, where, steps, mirror }) => {
    expect(stepsFor(wanted(...publish), where, mirror)).toEqual(steps)
  })
})

describe('after an interruption a plan goes on', () => {
  testEach<{ title: string; tags: { [tag: string]: string }; steps: string[] }>([
    {
      title: 'where the image was pushed and no tag set',
      tags: { 'inputs a': 'a' },
      steps: [
        'edition ulmo.4-1.0.0 = a',
        'floating ulmo.4 = ulmo.4-1.0.0',
        'floating ulmo = ulmo.4-1.0.0',
        'floating latest = ulmo.4-1.0.0',
      ],
    },
    {
      title: 'where the edition was set and no tag that follows',
      tags: published('ulmo.4-1.0.0', 'a'),
      steps: ['floating ulmo.4 = ulmo.4-1.0.0', 'floating ulmo = ulmo.4-1.0.0', 'floating latest = ulmo.4-1.0.0'],
    },
    {
      title: 'where some of the tags that follow were moved',
      tags: { ...published('ulmo.3-1.0.0', 'b'), ...ULMO_4, ulmo: 'b', latest: 'b' },
      steps: ['floating ulmo = ulmo.4-1.0.0', 'floating latest = ulmo.4-1.0.0'],
    },
    {
      title: 'where the edition is there and its image is not, which is built again',
      tags: { 'ulmo.4-1.0.0': 'a', 'ulmo.4': 'a', ulmo: 'a', latest: 'a' },
      steps: ['build a'],
    },
  ])('$title', ({ tags, steps }) => {
    expect(stepsFor(wanted('a as ulmo.4-1.0.0'), held(tags))).toEqual(steps)
  })

  test('where the registry lost a platform, which is built again and named again', () => {
    const lost = { lost: ['linux/arm64'] }
    const where = held(ULMO_4, Object.fromEntries(['inputs a', ...Object.keys(ULMO_4)].map((tag) => [tag, lost])))
    const { steps } = plan(wanted('a as ulmo.4-1.0.0'), where)
    expect(short(steps)).toEqual([
      'build a',
      'edition ulmo.4-1.0.0 = a',
      'floating ulmo.4 = ulmo.4-1.0.0',
      'floating ulmo = ulmo.4-1.0.0',
      'floating latest = ulmo.4-1.0.0',
    ])
    for (const step of steps.slice(0, 2)) expect(step.because).toBe('the registry has lost its linux/arm64')
    expect(refused(wanted('b as ulmo.4-1.0.0'), where), 'what is left of it is still its own').toMatchObject([
      { code: 'tag-taken' },
    ])
  })

  test('and sets right what an older publication left behind', () => {
    const where = held({ ...ULMO_4, ...published('ulmo.3-1.0.0', 'b'), 'ulmo.3': 'b', latest: 'b' })
    expect(stepsFor(wanted('b as ulmo.3-1.0.0'), where)).toEqual(['floating latest = ulmo.4-1.0.0'])
  })

  test('and every step of a plan, done in its order, leaves nothing to do', () => {
    const publications = wanted('a as ulmo.3-1.0.0', 'b as ulmo.4-1.0.0', 'b as main-1.0.0', 'c')
    const tags: { [tag: string]: string } = {}
    const where = () => held(tags)
    const steps = stepsFor(publications, held({}))
    for (const at of steps.keys()) {
      const [next = ''] = stepsFor(publications, where())
      expect(next).toBe(steps[at])
      const [, letter] = /^build (.)$/.exec(next) ?? []
      const [, as = '', from = ''] = /^\w+ (\S+) = (\S+)$/.exec(next) ?? []
      if (letter !== undefined) tags[`inputs ${letter}`] = letter
      else tags[as] = tags[from] ?? from
    }
    expect(stepsFor(publications, where())).toEqual([])
    expect(tags).toMatchObject({ 'ulmo.3': 'a', ulmo: 'b', latest: 'b', main: 'b', 'ulmo.4-1.0.0': 'b' })
  })
})

describe('a tag that holds something else', () => {
  test('is not moved where it is an edition; what it holds, what this is and what changed are told', () => {
    expect(refused(wanted('b as ulmo.4-1.0.0'), held(ULMO_4))).toEqual([
      {
        code: 'tag-taken',
        tag: `${NAME}:ulmo.4-1.0.0`,
        holds: inputsOf('a'),
        wants: `${NAME}:${inputsOf('b')} (requirements.txt changed)`,
      },
    ])
  })

  test('is not moved where it is that of a prerelease', () => {
    const where = held({ 'ulmo.4-2.0.0-rc.1': 'a' })
    expect(refused(wanted('b as ulmo.4-2.0.0-rc.1'), where)).toMatchObject([{ code: 'tag-taken' }])
  })

  test('is not moved where it is that of inputs', () => {
    const where = held({ 'inputs b': 'a' })
    expect(refused(wanted('b'), where)).toMatchObject([
      { code: 'tag-taken', tag: `${NAME}:${inputsOf('b')}`, holds: inputsOf('a') },
    ])
  })

  test('is an image that devenv did not build where it carries no digest', () => {
    const where = held({ 'ulmo.4-1.0.0': 'a' }, { 'ulmo.4-1.0.0': { digest: '' } })
    expect(refused(wanted('b as ulmo.4-1.0.0'), where)).toMatchObject([{ holds: 'an image that devenv did not build' }])
  })

  test('is told for every such tag at once, and once each', () => {
    const where = held({ 'ulmo.3-1.0.0': 'a', 'ulmo.4-1.0.0': 'a', 'inputs b': 'a', 'main-1.0.0': 'a' })
    const publications = wanted('b as ulmo.3-1.0.0', 'b as ulmo.4-1.0.0', 'b as main-1.0.0', 'c as teak.1-1.0.0')
    const tags = refused(publications, where).map((problem) => ('tag' in problem ? problem.tag : ''))
    expect(tags.sort()).toEqual([`${NAME}:${inputsOf('b')}`, `${NAME}:ulmo.3-1.0.0`, `${NAME}:ulmo.4-1.0.0`])
  })
})

describe('causes and notes', () => {
  test('each has its cause', () => {
    const { steps } = plan(
      wanted('b as ulmo.4-1.1.0', 'c as main-1.0.0'),
      held({ ...ULMO_4, 'main-1.0.0': 'a', main: 'a' }),
    )
    expect(steps.map((step) => `${step.do === 'build' ? step.digest[0] : step.as}: ${step.because}`)).toEqual([
      'b: requirements.txt changed since ulmo.4',
      'c: requirements.txt changed since ulmo.4',
      'ulmo.4-1.1.0: a new edition',
      'main-1.0.0: main has moved on',
      'ulmo.4: ulmo.4-1.1.0 is the highest',
      'ulmo: ulmo.4-1.1.0 is the highest',
      'latest: ulmo.4-1.1.0 is the highest',
      'main: main-1.0.0 is the highest',
    ])
  })

  test('the first image of all has nothing to be compared with', () => {
    expect(plan(wanted('a'), held({})).steps).toMatchObject([{ because: 'there is no image yet' }])
  })

  test('a build names every release that it is for', () => {
    const publications = wanted('a as ulmo.4-1.0.0', 'b as ulmo.3-1.0.0', 'a as main-1.0.0')
    const unreleased = { image: image('a'), release: 'teak.3', edition: undefined }
    const { steps } = plan([...publications, unreleased, ...wanted('c')], held({}))
    expect(steps.flatMap((step) => (step.do === 'build' ? [step.releases] : []))).toEqual([
      ['ulmo.4', 'main', 'teak.3'],
      ['ulmo.3'],
      [],
    ])
  })

  test('images that need no build are named, each once', () => {
    expect(plan(wanted('a as ulmo.4-1.0.0', 'a as ulmo.3-1.0.0', 'b'), held(ULMO_4)).present).toEqual([
      referenceOf(image('a')),
    ])
  })

  test('a tag that stays with something higher is noted, and why', () => {
    const { notes } = plan(wanted('c as ulmo.3-1.1.0'), held(ULMO_4))
    expect(notes).toEqual(
      ['ulmo', 'latest'].map((tag) => `${NAME}:${tag} belongs to ulmo.4-1.0.0, a higher version than this one`),
    )
  })

  test('a tag that is not set for a prerelease is noted, and why', () => {
    expect(plan(wanted('a as ulmo.4-1.0.0-rc.1'), held({})).notes).toEqual(
      ['ulmo.4', 'ulmo', 'latest'].map((tag) => `devenv does not set ${NAME}:${tag}: a prerelease gets no such tag`),
    )
  })

  test('nothing is noted where every tag goes with what is published', () => {
    expect(plan(wanted('b as ulmo.4-1.1.0'), held(ULMO_4)).notes).toEqual([])
  })
})
