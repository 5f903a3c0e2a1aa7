import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  problemsOf,
  SAMPLE_INPUTS,
  sampleDefinition,
  temporaryFolder,
  testEach,
  writeFiles,
} from '../../test/samples.js'
import type { BuildHost } from '../definition/definition.js'
import { folderTree } from '../tree/folder-tree.js'
import type { ServiceImage } from './image-source.js'
import type { ImagePlan } from './plan-image.js'
import { readNeededHosts, requireHosts } from './require-hosts.js'

const ONLINE = { network: 'online', access: { caBundle: undefined, proxies: {} } } as const
const planTo = (what: 'build' | 'pull' | 'use'): ImagePlan => ({ do: what, reference: 'a', digest: '0', because: 'x' })

const host = (name: string, change: Partial<BuildHost> = {}): BuildHost => ({
  host: name,
  because: 'packages come from there',
  where: [],
  unless: {},
  instead: undefined,
  ...change,
})

/** An image whose build needs hosts, of a checkout with these files and with these build arguments. */
function imageOf(hosts: readonly BuildHost[], files: { [path: string]: string } = {}, args = {}): ServiceImage {
  return {
    definition: { ...sampleDefinition(), hosts },
    inputs: { ...SAMPLE_INPUTS, spec: { ...SAMPLE_INPUTS.spec, args } },
    tree: folderTree(writeFiles(temporaryFolder(), files)),
  }
}

describe('a build needs a host', () => {
  const where = ['bower.json', { file: 'uv.lock', matches: 'git = "https://github' }]
  const unless = { GITHUB: 'skip' }
  testEach<{
    what: string
    change?: Partial<BuildHost>
    files?: { [path: string]: string }
    args?: object
    needs: boolean
  }>([
    { what: 'where the package names no condition', needs: true },
    { what: 'where a file is there', change: { where }, files: { 'bower.json': '' }, needs: true },
    { what: 'where a line matches', change: { where }, files: { 'uv.lock': 'a\ngit = "https://github' }, needs: true },
    { what: 'but not without a mark', change: { where }, files: { 'uv.lock': 'a' }, needs: false },
    { what: 'but not with an argument', change: { unless }, args: { GITHUB: 'skip' }, needs: false },
    { what: 'with the argument otherwise', change: { unless }, args: { GITHUB: 'install' }, needs: true },
  ])('$what', async ({ change, files, args, needs }) => {
    const found = await readNeededHosts(imageOf([host('github.com', change)], files, args))
    expect(found.length > 0).toBe(needs)
  })
})

describe('before a build', () => {
  test('each host that gives no answer is told', async () => {
    const image = imageOf([host('localhost:1', { instead: 'A=skip' }), host('127.0.0.1:1')])
    expect(await problemsOf(() => requireHosts(planTo('build'), image, ONLINE))).toEqual([
      {
        code: 'host-unreachable',
        host: 'localhost:1',
        because: 'packages come from there',
        instead: 'A=skip',
        detail: expect.stringContaining('ECONNREFUSED'),
      },
      expect.objectContaining({ code: 'host-unreachable', host: '127.0.0.1:1', instead: undefined }),
    ])
  })

  test('a host that gives any answer is well', async () => {
    const asked: string[] = []
    const server = createServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`)
      response.writeHead(403).end()
    })
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await requireHosts(planTo('build'), imageOf([host(`127.0.0.1:${port}`)]), ONLINE)
    expect(asked).toEqual(['HEAD /'])
  })

  test('nobody is asked offline, nor where nothing is built', async () => {
    const image = imageOf([host('localhost:1')])
    for (const call of [
      requireHosts(planTo('build'), image, { ...ONLINE, network: 'offline' }),
      requireHosts(planTo('pull'), image, ONLINE),
      requireHosts(planTo('use'), image, ONLINE),
    ])
      await expect(call).resolves.toBeUndefined()
  })
})
