import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { dockerIs, problemsOf, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import type { Problem } from '../problem/problem.js'
import {
  type BakeFile,
  type Builder,
  type BuildOutput,
  parseBuilder,
  pullImage,
  renderBakeArgs,
  renderBakeFile,
  runBake,
} from './buildx.js'

describe('a call of bake', () => {
  testEach<{ output: BuildOutput; words: string[] }>([
    { output: 'load', words: ['--load'] },
    { output: 'push', words: ['--push'] },
    { output: 'cache', words: ['--set', '*.output=type=cacheonly'] },
  ])('with the output $output is told file, output and targets, each as one word', ({ output, words }) => {
    expect(renderBakeArgs('/a b/bake.json', ['image-0', 'image-1'], output, undefined)).toEqual([
      ...['buildx', 'bake', '--file', '/a b/bake.json'],
      ...words,
      ...['image-0', 'image-1'],
    ])
  })

  test('names the builder only where one is named', () => {
    expect(renderBakeArgs('f', ['a'], 'load', 'farm').join(' ')).toContain('bake --builder farm --file f ')
    expect(renderBakeArgs('f', ['a'], 'load', undefined)).not.toContain('--builder')
  })
})

test('what could not be built is named as a person knows it, with the builder that was asked', async () => {
  const docker = '#!/bin/sh\ntest "$2" = version\n'
  const folder = writeFiles(temporaryFolder(), { docker: { text: docker, mode: 0o755 } })
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  const targets = [{ name: 'image-0', reference: 'devenv/hello:inputs-0' }]
  expect(await problemsOf(() => runBake({ folder, file: 'f', builder: 'farm' }, targets, 'push'))).toMatchObject([
    { code: 'build-failed', images: ['devenv/hello:inputs-0'], doing: 'push', builder: 'farm' },
  ])
})

test('a pull that shows nothing is not waited for for ever, however slowly a registry gives', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  dockerIs('exec sleep 600')
  const pulled = problemsOf(() => pullImage('localhost:1/library/mysql:8.4', 'linux/amd64'))
  await vi.advanceTimersByTimeAsync(1_800_000)
  expect(await pulled).toMatchObject([{ code: 'program-silent', program: 'docker pull' }])
})

const fileWith = (args: { [name: string]: string }): BakeFile => ({
  group: { default: { targets: ['image'] } },
  target: {
    image: {
      context: '/staged',
      contexts: { core: '/core' },
      dockerfile: '/staged/Dockerfile',
      args,
      labels: { 'a.b': `{"c":"\${d}"}` },
      tags: ['devenv/hello:inputs-0'],
      secret: [],
    },
  },
})

/** What a person or a list of inputs may hold: to HCL some of it is a template. */
const TEXTS = [
  ...['', 'plain', '5$', '$', '$$', '$HOME', '100%', '%', 'two\n"lines"', '\\', 'größe 🚀', '%{', '$%{', '%%{a}'],
  ...[`\${X}`, `$\${X}`, `$$\${X}`, `\${`, `\${\${X}}`, `\\\${X}`, `%\${a`, '%{ if true }a%{ endif }'],
]
const ARGS = Object.fromEntries(TEXTS.map((text, at) => [`A${at}`, text]))

describe('a bake file', () => {
  test('is JSON in which every template of HCL is escaped, and nothing else is changed', () => {
    const { target } = JSON.parse(renderBakeFile(fileWith({ A: `\${X} %{X} $X 5$ 5%`, B: `$\${X}` })))
    expect(target.image.args).toEqual({ A: `$\${X} %%{X} $X 5$ 5%`, B: `$$\${X}` })
    expect(JSON.parse(renderBakeFile(fileWith({ A: 'plain' }))).target.image).toMatchObject({
      context: '/staged',
      tags: ['devenv/hello:inputs-0'],
    })
  })

  test.skipIf(spawnSync('docker', ['buildx', 'version']).status !== 0)('is read by Buildx as what was written', () => {
    const file = join(writeFiles(temporaryFolder(), { 'bake.json': renderBakeFile(fileWith(ARGS)) }), 'bake.json')
    const printed = execFileSync('docker', [...renderBakeArgs(file, ['image'], 'cache', undefined), '--print'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(JSON.parse(printed).target.image).toMatchObject({ args: ARGS, labels: fileWith({}).target.image?.labels })
  })
})

/** As `docker buildx inspect` prints. */
const DEFAULT = `Name:          default
Driver:        docker
Last Activity: 2025-11-24 14:00:00 +0000 UTC

Nodes:
Name:             default
Endpoint:         default
Status:           running
BuildKit version: v0.13.2
Platforms:        linux/amd64, linux/amd64/v2, linux/amd64/v3, linux/386
Labels:
 org.mobyproject.buildkit.worker.moby.host-gateway-ip: 172.17.0.1
`
const FARM = `Name:          farm
Driver:        docker-container
Last Activity: 2025-11-24 14:00:00 +0000 UTC

Nodes:
Name:                  farm0
Endpoint:              unix:///var/run/docker.sock
Driver Options:        network="host"
Status:                running
Platforms:             linux/amd64*, linux/amd64/v2
Features:
 Docker exporter: true

Name:      farm1
Endpoint:  ssh://arm
Status:    running
Platforms: linux/arm64*, linux/arm/v7, linux/amd64
`

describe('a builder', () => {
  testEach<{ title: string; text: string; builder: Builder }>([
    {
      title: 'of the engine',
      text: DEFAULT,
      builder: {
        name: 'default',
        driver: 'docker',
        platforms: ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v3', 'linux/386'],
      },
    },
    {
      title: 'of several nodes has what any of them has, once, preferred ones too',
      text: FARM,
      builder: {
        name: 'farm',
        driver: 'docker-container',
        platforms: ['linux/amd64', 'linux/amd64/v2', 'linux/arm64', 'linux/arm/v7'],
      },
    },
    {
      title: 'that does not run has no platforms yet',
      text: 'Name:   far\nDriver: remote\n\nNodes:\nName:      far0\nEndpoint:  tcp://far:1234\nStatus:    inactive\nPlatforms: \nLabels:\n a: b\n',
      builder: { name: 'far', driver: 'remote', platforms: [] },
    },
    { title: 'of which nothing is known', text: '', builder: { name: '', driver: '', platforms: [] } },
  ])('$title', ({ text, builder }) => {
    expect(parseBuilder(text)).toEqual(builder)
  })
})

describe('a pull', () => {
  test('that the registry does not serve ends with the client’s last words', async () => {
    dockerIs('echo one >&2; echo manifest unknown >&2; exit 1')
    expect(await pullImage('mysql:8.4.9', 'linux/amd64')).toBe('manifest unknown')
  })

  testEach<{ title: string; says: string; means: Problem }>([
    { title: 'has no room for', says: 'write /x: no space left on device', means: { code: 'engine-full' } },
    {
      title: 'finds for other platforms',
      says: 'no matching manifest for linux/amd64 in the manifest list entries',
      means: { code: 'image-foreign', image: 'mysql:8.4.9', is: undefined, wants: 'linux/amd64' },
    },
  ])('is not the registry’s fault of an image that the engine $title', async ({ says, means }) => {
    dockerIs(`echo '${says}' >&2; exit 1`)
    expect(await problemsOf(() => pullImage('mysql:8.4.9', 'linux/amd64'))).toEqual([means])
  })
})
