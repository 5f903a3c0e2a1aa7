import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import { digestOf, type ImageInputs, listInputs, tagOf } from './image-inputs.js'
import { wantedOf } from './image-source.js'
import {
  enumerate,
  explainBuild,
  type ImagePlan,
  type KnownImage,
  planImage,
  type RegistryAnswer,
  referenceOf,
  serves,
  type WantedImage,
} from './plan-image.js'

const INPUTS: ImageInputs = {
  spec: { name: 'ghcr.io/openedx/devenv/hello', dockerfile: '/Dockerfile', target: 'dev', args: {}, contexts: {} },
  dockerfile: 'FROM debian\n',
  files: [{ context: 'checkout', path: 'requirements.txt', mode: '100644', sha256: 'a'.repeat(64) }],
  bases: {},
}
const digest = digestOf(INPUTS)
const reference = `ghcr.io/openedx/devenv/hello:${tagOf(digest)}`
const WANTED: WantedImage = { name: INPUTS.spec.name, digest, inputs: listInputs(INPUTS) }
const HERE: KnownImage = {
  reference,
  digest,
  inputs: listInputs(INPUTS),
  standInsFrom: undefined,
  platforms: ['linux/amd64'],
  lost: [],
}
const OLD: KnownImage = {
  reference: 'ghcr.io/openedx/devenv/hello:inputs-0',
  digest: '0',
  inputs: { ...listInputs(INPUTS), Dockerfile: 'something else' },
  standInsFrom: undefined,
  platforms: [],
  lost: [],
}
const ELSEWHERE: KnownImage = { ...HERE, reference: `devenv/hello:${tagOf(digest)}` }
const FOREIGN: KnownImage = { ...HERE, platforms: ['linux/arm64'] }
const onStandIns = (image: KnownImage, from = 'localhost:5000'): KnownImage => ({ ...image, standInsFrom: from })

const NOT_ASKED: RegistryAnswer = { kind: 'not-asked', because: 'it is not set' }
const UNREACHABLE: RegistryAnswer = { kind: 'failed', said: 'ghcr.io did not answer: ECONNREFUSED' }
const answered = (held?: KnownImage, releases: { [tag: string]: KnownImage } = {}): RegistryAnswer => ({
  kind: 'answered',
  held,
  releases: new Map(Object.entries(releases)),
})

test('what inputs ask for is their name, their digest and their list', () => {
  expect(wantedOf(INPUTS)).toEqual(WANTED)
  expect(referenceOf(WANTED)).toBe(reference)
})

describe('the plan for an image', () => {
  testEach<{
    title: string
    known: KnownImage[]
    answer?: RegistryAnswer
    mirror?: string
    does: ImagePlan['do']
  }>([
    { title: 'uses the one that is here', known: [OLD, HERE], does: 'use' },
    { title: 'uses the real one also where a mirror is set', known: [HERE], mirror: 'localhost:5000', does: 'use' },
    { title: 'builds where there is none', known: [], does: 'build' },
    { title: 'builds where others are', known: [OLD], does: 'build' },
    { title: 'does not take one that was built on stand-ins for a real one', known: [onStandIns(HERE)], does: 'build' },
    {
      title: 'does not take one that was built on the stand-ins of another registry',
      known: [onStandIns(HERE)],
      mirror: 'mirror.example.com',
      does: 'build',
    },
    {
      title: 'does not take one on stand-ins of which nobody knows from where',
      known: [onStandIns(HERE, '')],
      does: 'build',
    },
    {
      title: 'uses one on stand-ins where the same ones are asked for',
      known: [onStandIns(HERE)],
      mirror: 'localhost:5000',
      does: 'use',
    },
    {
      title: 'does not trust a tag whose image says another digest',
      known: [{ ...HERE, digest: 'f'.repeat(64) }],
      does: 'build',
    },
    {
      title: 'does not trust a digest under a tag of another',
      known: [{ ...HERE, reference: OLD.reference }],
      does: 'build',
    },
    { title: 'names the same image of another registry', known: [OLD, ELSEWHERE], does: 'tag' },
    { title: 'uses its own before the same of another registry', known: [ELSEWHERE, HERE], does: 'use' },
    {
      title: 'names the real one of another registry where its own is on stand-ins',
      known: [onStandIns(HERE), ELSEWHERE],
      does: 'tag',
    },
    {
      title: 'does not name one of another registry that is on stand-ins',
      known: [onStandIns(ELSEWHERE)],
      does: 'build',
    },
    { title: 'pulls what the registry has', known: [OLD], answer: answered(HERE), does: 'pull' },
    {
      title: 'pulls nothing that lost a platform, which may be that of this machine',
      known: [OLD],
      answer: answered({ ...HERE, lost: ['linux/arm64'] }),
      does: 'build',
    },
    { title: 'pulls nothing where it is here', known: [HERE], answer: answered(HERE), does: 'use' },
    {
      title: 'pulls nothing where it is here under another name',
      known: [ELSEWHERE],
      answer: answered(HERE),
      does: 'tag',
    },
    {
      title: 'pulls the real one where the one that is here is on stand-ins',
      known: [onStandIns(HERE)],
      answer: answered(HERE),
      does: 'pull',
    },
    { title: 'builds what the registry does not have', known: [], answer: answered(), does: 'build' },
    {
      title: 'does not pull one on stand-ins for a real one',
      known: [],
      answer: answered(onStandIns(HERE)),
      does: 'build',
    },
    {
      title: 'pulls one on stand-ins where the same ones are asked for',
      known: [],
      answer: answered(onStandIns(HERE)),
      mirror: 'localhost:5000',
      does: 'pull',
    },
    {
      title: 'does not pull a tag whose image says another digest',
      known: [],
      answer: answered({ ...HERE, digest: 'f'.repeat(64) }),
      does: 'build',
    },
    { title: 'does not use one for another platform', known: [FOREIGN], does: 'build' },
    {
      title: 'names one for this platform where its own is for another',
      known: [FOREIGN, ELSEWHERE],
      does: 'tag',
    },
    { title: 'pulls the one for this platform', known: [FOREIGN], answer: answered(HERE), does: 'pull' },
    {
      title: 'pulls one of several platforms of which this is one',
      known: [],
      answer: answered({ ...HERE, platforms: ['linux/arm64', 'linux/amd64/v2'] }),
      does: 'pull',
    },
    { title: 'does not pull one for another platform', known: [], answer: answered(FOREIGN), does: 'build' },
    { title: 'builds where the registry does not answer', known: [OLD], answer: UNREACHABLE, does: 'build' },
    {
      title: 'builds although a release had the same inputs',
      known: [],
      answer: answered(undefined, { 'ulmo.4': { ...OLD, inputs: HERE.inputs } }),
      does: 'build',
    },
  ])('$title', ({ known, answer = NOT_ASKED, mirror, does }) => {
    expect(planImage(WANTED, known, answer, mirror, 'linux/amd64')).toMatchObject({ do: does, reference, digest })
  })

  test('says under which name it is here, where it is here under another', () => {
    expect(planImage(WANTED, [ELSEWHERE], NOT_ASKED, undefined, 'linux/amd64')).toEqual({
      do: 'tag',
      from: ELSEWHERE.reference,
      reference,
      digest,
      because: `the engine has it as ${ELSEWHERE.reference}`,
    })
  })

  test('says which input changed since the nearest image that is here', () => {
    expect(planImage(WANTED, [{ ...OLD, inputs: {} }, OLD], NOT_ASKED, undefined, 'linux/amd64').because).toBe(
      'Dockerfile changed since the image here',
    )
  })

  test('says for which platform the image is that is there', () => {
    const because = (known: KnownImage[], answer: RegistryAnswer) =>
      planImage(WANTED, known, answer, undefined, 'linux/amd64').because
    expect(because([FOREIGN], NOT_ASKED)).toBe('the image here is for linux/arm64, but the engine is linux/amd64')
    expect(because([], answered(FOREIGN))).toBe(
      'the image in the registry is for linux/arm64, but the engine is linux/amd64',
    )
  })

  test('always has a cause', () => {
    for (const known of [[], [HERE], [OLD], [ELSEWHERE], [onStandIns(HERE, 'x')]])
      for (const answer of [NOT_ASKED, UNREACHABLE, answered(), answered(HERE)])
        expect(planImage(WANTED, known, answer, undefined, 'linux/amd64').because).not.toBe('')
  })
})

describe('why an image is built', () => {
  testEach<{ title: string; known: KnownImage[]; answer: RegistryAnswer; because: string }>([
    { title: 'there is nothing to compare it with', known: [], answer: NOT_ASKED, because: 'there is no image yet' },
    {
      title: 'a release is nearer than what is here',
      known: [{ ...OLD, inputs: { Dockerfile: 'x' } }],
      answer: answered(undefined, { 'ulmo.3': { ...OLD, inputs: {} }, 'ulmo.4': OLD }),
      because: 'Dockerfile changed since ulmo.4',
    },
    {
      title: 'what is here is as near as a release',
      known: [OLD],
      answer: answered(undefined, { 'ulmo.4': OLD }),
      because: 'Dockerfile changed since the image here',
    },
    {
      title: 'everything is new',
      known: [{ ...OLD, inputs: {} }],
      answer: NOT_ASKED,
      because: 'Dockerfile is new, requirements.txt is new, target is new since the image here',
    },
    {
      title: 'the registry could not be asked',
      known: [OLD],
      answer: UNREACHABLE,
      because: 'Dockerfile changed since the image here; ghcr.io did not answer: ECONNREFUSED',
    },
    {
      title: 'there is none, and the registry could not be asked',
      known: [],
      answer: UNREACHABLE,
      because: 'there is no image yet; ghcr.io did not answer: ECONNREFUSED',
    },
    {
      title: 'the registry has a part of it',
      known: [OLD],
      answer: answered({ ...HERE, lost: ['linux/arm64'] }),
      because: 'the registry has lost its linux/arm64',
    },
    {
      title: 'the one that is here stands on stand-ins',
      known: [OLD, onStandIns(HERE)],
      answer: answered(undefined, { 'ulmo.4': OLD }),
      because: 'the image here was built on stand-ins from localhost:5000',
    },
    {
      title: 'the one that is here stands on stand-ins of unknown origin',
      known: [onStandIns(HERE, '')],
      answer: UNREACHABLE,
      because: 'the image here was built on stand-ins from an unknown registry; ghcr.io did not answer: ECONNREFUSED',
    },
  ])('$title: $because', ({ known, answer, because }) => {
    expect(explainBuild(WANTED, known, answer)).toBe(because)
  })
})

describe('an image serves', () => {
  testEach<{ title: string; image: KnownImage; mirror?: string; expected: boolean }>([
    { title: 'by tag and label', image: HERE, expected: true },
    { title: 'under any name', image: ELSEWHERE, expected: true },
    { title: 'not by its tag alone', image: { ...HERE, digest: '0' }, expected: false },
    { title: 'not by its label alone', image: { ...HERE, reference: 'devenv/hello:latest' }, expected: false },
    { title: 'not on stand-ins', image: onStandIns(HERE), expected: false },
    { title: 'on the stand-ins of its mirror', image: onStandIns(HERE), mirror: 'localhost:5000', expected: true },
    { title: 'not on those of another', image: onStandIns(HERE), mirror: 'localhost:5001', expected: false },
    { title: 'not on those of an unknown one', image: onStandIns(HERE, ''), mirror: 'localhost:5000', expected: false },
  ])('$title', ({ image, mirror, expected }) => {
    expect(serves(image, digest, mirror)).toBe(expected)
  })
})

test.each([
  [['a changed'], 'a changed'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d, e'],
  [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'a, b, c, d, e and 2 more'],
  [[], 'nothing changed'],
])('enumerate names at most five of %j', (changes, text) => {
  expect(enumerate(changes)).toBe(text)
})
