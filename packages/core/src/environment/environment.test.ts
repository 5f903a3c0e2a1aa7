import { describe, expect, test } from 'vitest'
import { SAMPLE_PACKAGE, temporaryFolder, writeFiles } from '../../test/samples.js'
import { identify } from './environment.js'

const named = (service: string) => ({ ...SAMPLE_PACKAGE, service })

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

  test('of a package for many services is called as its checkout says, in every name', () => {
    const checkoutSays = [{ file: 'package.json', matches: '"name": "(app-[a-z]+)"' }]
    const checkout = writeFiles(temporaryFolder(), { 'package.json': '{ "name": "app-learning" }' })
    const { service, project, paths } = identify({ ...SAMPLE_PACKAGE, checkoutSays }, checkout, '/data')
    expect({ service, home: paths.home }).toEqual({ service: 'app-learning', home: '/data/app-learning/devenv' })
    expect(project).toMatch(/^devenv-app-learning-[0-9a-f]{8}$/)
  })

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
