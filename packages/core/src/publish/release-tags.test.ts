import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import {
  compareEditions,
  type Edition,
  floatingTagsOf,
  highestOf,
  isImmutable,
  parseEdition,
  tagOfEdition,
} from './release-tags.js'

const edition = (tag: string): Edition => {
  const parsed = parseEdition(tag)
  if (parsed === undefined) throw new Error(`${tag} is no edition`)
  return parsed
}
const editions = (...tags: string[]) => tags.map(edition)

describe('the tag of an edition', () => {
  test.each(['ulmo.4-1.4.2', 'main-0.1.0', 'teak.10-10.20.30', 'ulmo.4-1.0.0-rc.1', 'ulmo.4-1.0.0-alpha-x.2'])(
    'is read as it was written: %s',
    (tag) => {
      expect(tagOfEdition(edition(tag))).toBe(tag)
    },
  )

  test('names the release of the service, then the version of the package', () => {
    expect(parseEdition('ulmo.4-1.4.2-rc.1')).toEqual({ release: 'ulmo.4', version: '1.4.2-rc.1' })
    expect(parseEdition('main-1.4.2')).toEqual({ release: 'main', version: '1.4.2' })
  })

  test.each([
    ...['main', 'ulmo', 'ulmo.4', 'latest', 'inputs-0123456789abcdef0123', ''],
    ...['ulmo.4-', 'ulmo.4-1', 'ulmo.4-1.0', 'ulmo.4-v1.0.0', 'ulmo.4-01.0.0', 'ulmo.4-1.0.0.0', 'ulmo.4-latest'],
    ...['ulmo-1.0.0', 'Ulmo.4-1.0.0', 'ulmo.x-1.0.0', 'master-1.0.0', 'x-ulmo.4-1.0.0', '1.0.0', '-1.0.0'],
  ])('is not %j', (tag) => {
    expect(parseEdition(tag)).toBeUndefined()
  })

  test('stays what it is, but for that of main, whose commit moves', () => {
    expect(isImmutable(edition('ulmo.4-1.0.0'))).toBe(true)
    expect(isImmutable(edition('ulmo.4-1.0.0-rc.1'))).toBe(true)
    expect(isImmutable(edition('main-1.0.0'))).toBe(false)
  })
})

describe('the tags that follow an edition', () => {
  test('are its release, the name of that, and latest', () => {
    expect(floatingTagsOf(edition('ulmo.4-1.0.0'))).toEqual(['ulmo.4', 'ulmo', 'latest'])
  })

  test('are, of main, main alone', () => {
    expect(floatingTagsOf(edition('main-1.0.0'))).toEqual(['main'])
  })
})

describe('of two editions', () => {
  testEach<{ lower: string; higher: string; by: string }>([
    { lower: 'teak.9-9.0.0', higher: 'ulmo.1-1.0.0', by: 'the name of the release, whatever the numbers' },
    { lower: 'maple.1-1.0.0', higher: 'nutmeg.1-1.0.0', by: 'the next letter' },
    { lower: 'ulmo.2-9.0.0', higher: 'ulmo.3-1.0.0', by: 'the number of the release, whatever the version' },
    { lower: 'ulmo.9-1.0.0', higher: 'ulmo.10-1.0.0', by: 'the number as a number' },
    { lower: 'ulmo.4-1.9.0', higher: 'ulmo.4-1.10.0', by: 'the version as a version' },
    { lower: 'ulmo.4-1.0.9', higher: 'ulmo.4-1.0.10', by: 'its last part too' },
    { lower: 'ulmo.4-1.0.0-rc.1', higher: 'ulmo.4-1.0.0', by: 'the version after its prereleases' },
    { lower: 'ulmo.4-1.0.0-rc.2', higher: 'ulmo.4-1.0.0-rc.10', by: 'prereleases as semver counts them' },
    { lower: 'main-1.9.0', higher: 'main-1.10.0', by: 'the version, for main' },
  ])('$higher is higher than $lower, by $by', ({ lower, higher }) => {
    expect(compareEditions(edition(lower), edition(higher))).toBeLessThan(0)
    expect(compareEditions(edition(higher), edition(lower))).toBeGreaterThan(0)
  })

  test('that are the same none is higher', () => {
    for (const tag of ['ulmo.4-1.0.0', 'main-1.0.0']) expect(compareEditions(edition(tag), edition(tag))).toBe(0)
  })
})

describe('a floating tag belongs to', () => {
  const ALL = editions('teak.3-1.2.0', 'ulmo.1-1.2.0', 'ulmo.3-2.0.0', 'ulmo.4-1.0.0', 'ulmo.4-1.1.0', 'main-1.1.0')

  testEach<{ floating: string; among?: Edition[]; highest: string | undefined }>([
    { floating: 'ulmo.4', highest: 'ulmo.4-1.1.0' },
    { floating: 'ulmo.3', highest: 'ulmo.3-2.0.0' },
    { floating: 'ulmo', highest: 'ulmo.4-1.1.0' },
    { floating: 'teak', highest: 'teak.3-1.2.0' },
    { floating: 'latest', highest: 'ulmo.4-1.1.0' },
    { floating: 'main', highest: 'main-1.1.0' },
    { floating: 'verawood', highest: undefined },
    { floating: 'latest', among: editions('main-1.0.0'), highest: undefined },
    { floating: 'latest', among: [], highest: undefined },
    { floating: 'ulmo.4', among: editions('ulmo.4-1.0.0', 'ulmo.4-2.0.0-rc.1'), highest: 'ulmo.4-1.0.0' },
    { floating: 'ulmo.4', among: editions('ulmo.4-2.0.0-rc.1', 'ulmo.4-2.0.0-rc.2'), highest: undefined },
    { floating: 'ulmo', among: editions('ulmo.4-1.0.0-rc.1', 'ulmo.3-1.0.0'), highest: 'ulmo.3-1.0.0' },
    { floating: 'main', among: editions('main-1.0.0', 'main-1.1.0-rc.1'), highest: 'main-1.0.0' },
  ])('the highest edition there is, never a prerelease: $floating to $highest', ({ floating, among, highest }) => {
    const found = highestOf(floating, among ?? ALL)
    expect(found && tagOfEdition(found)).toBe(highest)
  })

  test('the same whatever the order in which a registry lists them', () => {
    for (const floating of ['latest', 'ulmo', 'ulmo.4', 'main'])
      expect(highestOf(floating, ALL.toReversed())).toEqual(highestOf(floating, ALL))
  })
})
