import { describe, expect } from 'vitest'
import { testEach } from '../../test/samples.js'
import { tagOf } from '../image/image-inputs.js'
import type { WantedPublication } from './plan-publish.js'
import { tagsThatMatter } from './read-held.js'
import { parseEdition } from './release-tags.js'

const INPUTS = tagOf('a'.repeat(64))
const wanted = (...tags: (string | undefined)[]): WantedPublication[] =>
  tags.map((tag) => {
    const edition = parseEdition(tag ?? '')
    return {
      image: { name: 'ghcr.io/openedx/hello', digest: 'a'.repeat(64), inputs: {} },
      release: edition?.release,
      edition,
    }
  })

describe('of the tags that a repository holds, those matter', () => {
  const RELEASES = ['teak.1', 'teak.2', 'teak.3', 'ulmo.1', 'ulmo.2', 'ulmo.3', 'ulmo.10', 'main']
  const ALL = [
    ...RELEASES,
    ...['teak', 'ulmo', 'latest', 'buildcache', 'inputs-0', 'inputs-1'],
    ...['teak.3-1.0.0', 'ulmo.3-1.0.0', 'ulmo.10-0.9.0', 'ulmo.10-1.0.0', 'ulmo.11-1.0.0-rc.1', 'main-1.0.0'],
  ]

  testEach<{ title: string; wants: WantedPublication[]; tags: string[]; matter: string[] }>([
    { title: 'none of an empty one', wants: wanted('ulmo.10-1.0.0'), tags: [], matter: [] },
    { title: 'none where nothing is wanted', wants: [], tags: ALL, matter: [] },
    {
      title: 'the image itself, and nothing to compare it with',
      wants: wanted(undefined),
      tags: [...ALL, INPUTS],
      matter: [INPUTS],
    },
    {
      title: 'the newest releases and main, where the image is not there',
      wants: wanted(undefined),
      tags: ALL,
      matter: ['teak.2', 'teak.3', 'ulmo.1', 'ulmo.2', 'ulmo.3', 'ulmo.10', 'main'],
    },
    {
      title: 'of an edition that is there itself and the tags that follow it',
      wants: wanted('ulmo.10-1.0.0'),
      tags: [...ALL, INPUTS],
      matter: [INPUTS, 'ulmo.10-1.0.0', 'ulmo.10', 'ulmo', 'latest'],
    },
    {
      title: 'of an older edition also what those tags belong to',
      wants: wanted('ulmo.3-1.1.0'),
      tags: [...ALL, INPUTS],
      matter: [INPUTS, 'ulmo.3', 'ulmo', 'latest', 'ulmo.3-1.0.0', 'ulmo.10-1.0.0'],
    },
    {
      title: 'of main itself and main',
      wants: wanted('main-1.0.0'),
      tags: [...ALL, INPUTS],
      matter: [INPUTS, 'main-1.0.0', 'main'],
    },
    {
      title: 'of several editions each tag once',
      wants: wanted('ulmo.10-1.0.0', 'ulmo.3-1.0.0', 'main-1.0.0'),
      tags: [...ALL, INPUTS],
      matter: [
        INPUTS,
        ...['ulmo.10-1.0.0', 'ulmo.3-1.0.0', 'main-1.0.0'],
        ...['ulmo.10', 'ulmo', 'latest', 'ulmo.3', 'main'],
      ],
    },
  ])('$title', ({ wants, tags, matter }) => {
    expect(tagsThatMatter(wants, tags)).toEqual(matter)
  })
})
