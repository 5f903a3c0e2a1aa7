import { describe, expect, test } from 'vitest'
import { memoryOf, parseListed } from './containers.js'
import { LABELS } from './labels.js'

const LISTED: Parameters<typeof parseListed>[0] = {
  Id: '0123',
  Names: ['/devenv-hello-0-mysql-1'],
  Image: 'sha256:4567',
  ImageID: 'sha256:4567',
  State: 'running',
  Status: 'Up 5 seconds (healthy)',
  Labels: { 'com.docker.compose.service': 'mysql', [LABELS.image]: 'docker.io/library/mysql:8.4.9' },
  Ports: [],
}

describe('a listed container', () => {
  test('has the name of its service, and its own without the slash', () => {
    expect(parseListed(LISTED)).toMatchObject({ service: 'mysql', name: 'devenv-hello-0-mysql-1', state: 'running' })
  })

  test('shows its image as the project names it, also after its tag has moved on', () => {
    expect(parseListed(LISTED)).toMatchObject({ image: 'docker.io/library/mysql:8.4.9', imageId: 'sha256:4567' })
    expect(parseListed({ ...LISTED, Labels: {} }).image).toBe('sha256:4567')
  })

  test.each([
    ['Up 5 seconds (healthy)', 'healthy'],
    ['Up 2 minutes (unhealthy)', 'unhealthy'],
    ['Up Less than a second (health: starting)', 'starting'],
    ['Up 5 seconds', 'none'],
    ['Up 5 minutes (Paused)', 'none'],
    ['Exited (0) 3 seconds ago', 'none'],
    ['Created', 'none'],
  ])('with the status %j has the health %s', (Status, health) => {
    expect(parseListed({ ...LISTED, Status }).health).toBe(health)
  })

  test('has the ports that are published, once, and no other', () => {
    const Ports = [
      { PrivatePort: 3306, PublicPort: 23001, IP: '127.0.0.1' },
      { PrivatePort: 3306, PublicPort: 23001, IP: '::1' },
      { PrivatePort: 33060 },
    ]
    expect(parseListed({ ...LISTED, Ports }).ports).toEqual({ 3306: 23001 })
  })

  test.each([
    ['is on it', 'hello_default', { hello_default: {} }, 'connected'],
    ['was taken off it', 'hello_default', {}, 'disconnected'],
    ['is on another only', 'hello_default', { other: {} }, 'disconnected'],
    ['is on that of the machine', 'host', { host: {} }, 'connected'],
    ['shares that of another container', 'container:0123', {}, 'connected'],
    ['has the usual one', 'default', { bridge: {} }, 'connected'],
  ])('tells whether it is on its network: one that %s', (_which, NetworkMode, Networks, network) => {
    expect(parseListed({ ...LISTED, HostConfig: { NetworkMode }, NetworkSettings: { Networks } })).toMatchObject({
      network,
    })
  })

  test('may lack what an engine leaves out', () => {
    const { Ports: _, ...without } = LISTED
    expect(parseListed({ ...without, Names: [] })).toMatchObject({ name: '0123', ports: {} })
  })
})

describe('what a container holds in memory', () => {
  test.each([
    ['with cgroup v2', { usage: 100, stats: { inactive_file: 30 } }, 70],
    ['with cgroup v1', { usage: 100, stats: { inactive_file: 30, total_inactive_file: 40 } }, 60],
    ['whose cache is all there is', { usage: 100, stats: { inactive_file: 100 } }, 100],
    ['without a word of caches', { usage: 100 }, 100],
    ['that has ended', {}, undefined],
  ])('is counted without the cache of files, for one %s', (_which, memory, bytes) => {
    expect(memoryOf({ memory_stats: memory })).toBe(bytes)
  })
})
