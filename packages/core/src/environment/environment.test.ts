import { mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SAMPLE_PACKAGE, temporaryFolder } from '../../test/samples.js'
import { folderIdentity, identify, PORT_RANGE, portCandidates } from './environment.js'

const named = (service: string) => ({ ...SAMPLE_PACKAGE, service })
const first = (service: string, checkout: string, index = 0) => portCandidates(service, checkout, index).next().value

describe('an environment', () => {
  test('of a second clone with the same folder name shares nothing with the first', () => {
    const [one, other] = ['/home/a/hello', '/home/b/hello'].map((checkout) =>
      identify(SAMPLE_PACKAGE, checkout, undefined),
    )
    expect(one?.project).not.toBe(other?.project)
    expect(one?.paths.home).not.toBe(other?.paths.home)
  })

  test('of a second clone in one data directory shares its stores and not its record', () => {
    const [one, other] = ['/home/a/hello', '/home/b/hello'].map((checkout) =>
      identify(SAMPLE_PACKAGE, checkout, '/data'),
    )
    expect(one?.paths.stores).toBe(other?.paths.stores)
    expect(one?.paths.record).not.toBe(other?.paths.record)
    expect(one?.paths.composeFile).not.toBe(other?.paths.composeFile)
  })

  test('of another service of the same checkout is another', () => {
    const [one, other] = ['lms', 'cms'].map((service) => identify(named(service), '/home/a/platform', undefined))
    expect(one?.project).not.toBe(other?.project)
  })

  test('is always the same for the same checkout', () => {
    expect(identify(SAMPLE_PACKAGE, '/home/dev/hello', undefined).project).toBe(
      identify(SAMPLE_PACKAGE, '/home/dev/hello', '/data').project,
    )
  })

  test.each(['hello', 'edx-platform', 'edx_notes', 'Course.Discovery', 'Ünïcode', 'a b'])(
    'of the service %j has a project name that Compose takes',
    (service) => {
      expect(identify(named(service), '/home/dev/x', undefined).project).toMatch(/^[a-z0-9][a-z0-9_-]*$/)
    },
  )

  test('keeps everything in .dev/devenv of the checkout', () => {
    const { paths } = identify(SAMPLE_PACKAGE, '/home/dev/hello', undefined)
    expect(paths.dataDirectory).toBe('/home/dev/hello/.dev')
    for (const path of [paths.stores, paths.logs, paths.record, paths.composeFile])
      expect(path.startsWith('/home/dev/hello/.dev/devenv/')).toBe(true)
  })

  test('keeps everything in a folder of its service below another data directory', () => {
    const { paths } = identify(SAMPLE_PACKAGE, '/home/dev/hello', '/data')
    for (const path of Object.values(paths)) expect(path.startsWith('/data/hello')).toBe(true)
  })
})

describe('the ports of an environment', () => {
  test('are the same every time', () => {
    const list = () => [...portCandidates('hello', '/home/dev/hello', 0)]
    expect(list()).toEqual(list())
  })

  test('never change by accident: people keep them as bookmarks', () => {
    expect([0, 1, 2].map((index) => first('hello', '/home/dev/hello', index))).toEqual([25610, 25611, 25612])
  })

  test('stay in a range below ephemeral ports and apart from devstack, each once', () => {
    const candidates = [...portCandidates('hello', '/home/dev/hello', 3)]
    expect(Math.min(...candidates)).toBeGreaterThanOrEqual(PORT_RANGE.from)
    expect(Math.max(...candidates)).toBeLessThanOrEqual(PORT_RANGE.to)
    expect(new Set(candidates).size).toBe(candidates.length)
    expect(PORT_RANGE.from).toBeGreaterThan(19_999)
    const wanted = [0, 7].flatMap((index) => [...portCandidates('hello', '/home/dev/hello', index)])
    expect(wanted).not.toEqual(expect.arrayContaining([25_900]))
    expect(wanted).not.toEqual(expect.arrayContaining([27_017]))
    expect(PORT_RANGE.to).toBeLessThan(32_768)
  })

  test('of different wishes are different', () => {
    const ports = Array.from({ length: 10 }, (_, index) => first('hello', '/home/dev/hello', index))
    expect(new Set(ports).size).toBe(10)
  })

  test('of different checkouts are mostly different', () => {
    const ports = Array.from({ length: 20 }, (_, index) => first('hello', `/home/dev/${index}/hello`))
    expect(new Set(ports).size).toBeGreaterThan(15)
  })
})

describe('the identity of a folder', () => {
  test('is the same by whatever path, and after it was moved', () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'stores'))
    symlinkSync('stores', join(root, 'link'))
    const identity = folderIdentity(join(root, 'stores'))
    expect(folderIdentity(join(root, 'link'))).toBe(identity)
    renameSync(join(root, 'stores'), join(root, 'moved'))
    expect(folderIdentity(join(root, 'moved'))).toBe(identity)
  })

  test('is another one for another folder', () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'a'))
    mkdirSync(join(root, 'b'))
    expect(folderIdentity(join(root, 'a'))).not.toBe(folderIdentity(join(root, 'b')))
  })
})
