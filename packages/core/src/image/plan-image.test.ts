import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import { digestOf, type ImageInputs, listInputs, tagOf } from './image-inputs.js'
import { enumerate, type KnownImage, planImage } from './plan-image.js'

const INPUTS: ImageInputs = {
  spec: { name: 'devenv/hello', dockerfile: '/Dockerfile', target: 'dev', args: {}, contexts: {} },
  dockerfile: 'FROM debian\n',
  files: [],
}
const digest = digestOf(INPUTS)
const reference = `devenv/hello:${tagOf(digest)}`
const HERE: KnownImage = { reference, digest, inputs: listInputs(INPUTS), standInsFrom: undefined }
const OLD: KnownImage = {
  reference: 'devenv/hello:inputs-0',
  digest: '0',
  inputs: { ...listInputs(INPUTS), Dockerfile: 'something else' },
  standInsFrom: undefined,
}

describe('the plan for an image', () => {
  testEach<{ title: string; known: KnownImage[]; mirror?: string; does: 'use' | 'build' }>([
    { title: 'uses the one that is here', known: [OLD, HERE], does: 'use' },
    { title: 'uses the real one also where a mirror is set', known: [HERE], mirror: 'localhost:5000', does: 'use' },
    { title: 'builds where there is none', known: [], does: 'build' },
    { title: 'builds where others are', known: [OLD], does: 'build' },
    {
      title: 'does not take one that was built on stand-ins for a real one',
      known: [{ ...HERE, standInsFrom: 'localhost:5000' }],
      does: 'build',
    },
    {
      title: 'does not take one that was built on the stand-ins of another registry',
      known: [{ ...HERE, standInsFrom: 'localhost:5000' }],
      mirror: 'mirror.example.com',
      does: 'build',
    },
    {
      title: 'does not take one on stand-ins of which nobody knows from where',
      known: [{ ...HERE, standInsFrom: '' }],
      does: 'build',
    },
    {
      title: 'uses one on stand-ins where the same ones are asked for',
      known: [{ ...HERE, standInsFrom: 'localhost:5000' }],
      mirror: 'localhost:5000',
      does: 'use',
    },
    {
      title: 'does not trust a tag whose image says another digest',
      known: [{ ...HERE, digest: 'f'.repeat(64) }],
      does: 'build',
    },
  ])('$title', ({ known, mirror, does }) => {
    expect(planImage(INPUTS, known, mirror)).toMatchObject({ do: does, reference, digest })
  })

  test('says which input changed since the newest image', () => {
    expect(planImage(INPUTS, [OLD, { ...OLD, inputs: {} }], undefined).because).toBe('Dockerfile changed')
  })

  test('always has a cause', () => {
    for (const known of [[], [HERE], [OLD], [{ ...HERE, standInsFrom: 'x' }]])
      expect(planImage(INPUTS, known, undefined).because).not.toBe('')
  })
})

test.each([
  [['a changed'], 'a changed'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d, e'],
  [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'a, b, c, d, e and 2 more'],
])('enumerate names at most five of %j', (changes, text) => {
  expect(enumerate(changes)).toBe(text)
})
