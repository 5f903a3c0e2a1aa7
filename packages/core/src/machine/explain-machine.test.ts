import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import { explainMachine, type Finding } from './explain-machine.js'
import type { MachineFacts } from './machine-facts.js'

const GIB = 2 ** 30
const WELL: MachineFacts = {
  disks: [{ folder: '/home/dev/hello/.dev', free: 20 * GIB }],
  memory: 16 * GIB,
  limits: {
    'vm.max_map_count': 1_048_576,
    'fs.inotify.max_user_watches': 65_536,
    'fs.inotify.max_user_instances': 128,
  },
  images: undefined,
  clocks: { here: 1_000_000, engine: 1_000_400 },
  localhost: ['::1', '127.0.0.1'],
  proxies: { HTTPS_PROXY: 'http://user:secret@proxy:3128', NO_PROXY: 'localhost' },
}
const unwell = (facts: Partial<MachineFacts>): Finding[] =>
  explainMachine({ ...WELL, ...facts }).filter(({ problem, advice }) => problem ?? advice)

test('a machine that is well is told what it has, without its passwords', () => {
  expect(explainMachine(WELL)).toEqual([
    { looked: 'disk', found: '20.0 GiB free for /home/dev/hello/.dev' },
    { looked: 'memory', found: '16.0 GiB for containers' },
    { looked: 'vm.max_map_count', found: '1048576' },
    { looked: 'fs.inotify.max_user_watches', found: '65536' },
    { looked: 'fs.inotify.max_user_instances', found: '128' },
    { looked: 'clock', found: 'the same as the engine’s' },
    { looked: 'localhost', found: '::1, 127.0.0.1' },
    { looked: 'proxy', found: 'HTTPS_PROXY=http://…@proxy:3128 NO_PROXY=localhost' },
  ])
})

test('what cannot be seen from here is no fault', () => {
  const limits = { 'vm.max_map_count': undefined }
  const disks = [{ folder: '/a', free: undefined }]
  expect(unwell({ memory: undefined, clocks: undefined, limits, disks })).toEqual([])
})

test('vm.max_map_count is looked at where something needs it, and where no environment is at hand', () => {
  const limits = { 'vm.max_map_count': 65_530 }
  const asked = (images: MachineFacts['images']) => unwell({ limits, images }).map(({ looked }) => looked)
  expect(asked(['devenv/hello', 'docker.io/library/redis:8'])).toEqual([])
  for (const image of ['docker.io/library/elasticsearch:7.17.23', 'docker.io/opensearchproject/opensearch:3'])
    expect(asked(['devenv/hello', image])).toEqual(['vm.max_map_count'])
  expect(asked(undefined)).toEqual(['vm.max_map_count'])
})

describe('is found:', () => {
  testEach<{ what: string; facts: Partial<MachineFacts>; finding: Partial<Finding> }>([
    {
      what: 'a full disk',
      facts: { disks: [{ folder: '/a', free: GIB / 2 }] },
      finding: { problem: { code: 'disk-full', folder: '/a', free: GIB / 2, least: GIB } },
    },
    {
      what: 'little memory',
      facts: { memory: 2 * GIB },
      finding: { advice: { code: 'memory-low', has: 2 * GIB, least: 4 * GIB } },
    },
    ...[
      ['vm.max_map_count', 65_530, 262_144] as const,
      ['fs.inotify.max_user_watches', 8192, 65_536] as const,
      ['fs.inotify.max_user_instances', 64, 128] as const,
    ].map(([name, found, least]) => ({
      what: `a low ${name}`,
      facts: { limits: { ...WELL.limits, [name]: found } },
      finding: {
        advice: expect.objectContaining({ code: 'limit-low', name, found, least }),
        mend: ['sysctl', '-w', `${name}=${least}`] as const,
      },
    })),
    {
      what: 'an engine whose clock is behind',
      facts: { clocks: { here: 100_000, engine: 70_000 } },
      finding: { found: 'the engine’s is 30 s behind', advice: { code: 'clocks-apart', seconds: -30 } },
    },
    {
      what: 'a localhost that is IPv6 only',
      facts: { localhost: ['::1'] },
      finding: { problem: { code: 'localhost-elsewhere', addresses: ['::1'] } },
    },
    {
      what: 'a proxy on loopback',
      facts: { proxies: { HTTP_PROXY: 'http://127.0.0.1:3128', NO_PROXY: 'a' } },
      finding: { advice: { code: 'proxy-unreachable', names: ['HTTP_PROXY'] } },
    },
  ])('$what, and nothing else', ({ facts, finding }) => {
    expect(unwell(facts)).toEqual([expect.objectContaining(finding)])
  })
})
