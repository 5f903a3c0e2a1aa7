import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import type { Problem } from '../problem/problem.js'
import { EngineRefusal } from './engine.js'
import { isGone, parseRefusal } from './parse-refusal.js'

const DAEMON = 'Error response from daemon:'

describe('what the engine refuses', () => {
  testEach<{ title: string; says: string; means: Problem }>([
    {
      title: 'one more network',
      says: `failed to create network devenv-hello-1_default: ${DAEMON} could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network`,
      means: { code: 'networks-exhausted' },
    },
    {
      title: 'one more network, since engine 27',
      says: `${DAEMON} all predefined address pools have been fully subnetted`,
      means: { code: 'networks-exhausted' },
    },
    {
      title: 'an image of another platform',
      says: `${DAEMON} image with reference mysql:8.4.9 was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64`,
      means: { code: 'image-foreign', image: 'mysql:8.4.9', is: 'linux/amd64', wants: 'linux/arm64' },
    },
    {
      title: 'an image of another platform, since engine 27',
      says: `${DAEMON} image with reference mysql:8.4.9 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)`,
      means: { code: 'image-foreign', image: 'mysql:8.4.9', is: 'linux/amd64', wants: 'linux/arm64' },
    },
    {
      title: 'an image that containerd has for other platforms',
      says: `${DAEMON} image with reference mysql:8.4.9 was found but does not provide the specified platform (linux/arm64)`,
      means: { code: 'image-foreign', image: 'mysql:8.4.9', is: undefined, wants: 'linux/arm64' },
    },
    {
      title: 'a network that somebody has removed meanwhile',
      says: ` Network devenv-hello-1_default  Created\n${DAEMON} network devenv-with-c165dd2bb2cabe99 not found`,
      means: { code: 'network-gone', network: 'devenv-with-c165dd2bb2cabe99' },
    },
    {
      title: 'a name twice',
      says: `${DAEMON} Conflict. The container name "/devenv-hello-1" is already in use by container "0a1b". You have to remove (or rename) that container`,
      means: { code: 'name-taken', name: 'devenv-hello-1' },
    },
    {
      title: 'a network twice',
      says: `${DAEMON} network with name devenv-hello_default already exists`,
      means: { code: 'name-taken', name: 'devenv-hello_default' },
    },
    {
      title: 'a port that another container has',
      says: 'driver failed programming external connectivity on endpoint hello (0a1b): Bind for 127.0.0.1:23350 failed: port is already allocated',
      means: { code: 'port-taken', port: 23350, holder: undefined },
    },
    {
      title: 'a port that a program has',
      says: 'Error starting userland proxy: listen tcp4 127.0.0.1:8000: bind: address already in use',
      means: { code: 'port-taken', port: 8000, holder: undefined },
    },
    {
      title: 'what is asked of a container that was removed',
      says: 'No such container: 95652f9d9089a6f1d149f2eb0beb8ac9862dfbbf9e9816a0c46222e584ca80fe',
      means: { code: 'container-gone', container: '95652f9d9089' },
    },
    {
      title: 'a command in a container that has ended',
      says: 'container 95652f9d9089a6f1d149f2eb0beb8ac9862dfbbf9e9816a0c46222e584ca80fe is not running',
      means: { code: 'container-gone', container: '95652f9d9089' },
    },
    {
      title: 'a command whose container has ended',
      says: 'No such exec instance: 007647f62b7f05d854bf883f44cee1ea008b5925c461f8190cc5bbbe6e0b462c',
      means: { code: 'container-gone', container: '007647f62b7f' },
    },
    {
      title: 'a container that somebody removes',
      says: `${DAEMON} removal of container 95652f9d9089a6f1d149 is already in progress`,
      means: { code: 'container-gone', container: '95652f9d9089' },
    },
    {
      title: 'what does not fit on its disk',
      says: `${DAEMON} mkdir /var/lib/docker/overlay2/x: no space left on device`,
      means: { code: 'engine-full' },
    },
    {
      title: 'everything, because it is not there',
      says: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      means: {
        code: 'engine-missing',
        endpoint: 'unix:///var/run/docker.sock',
        detail: 'Docker’s client cannot connect',
      },
    },
    {
      title: 'everything, to who may not ask',
      says: 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://x": dial unix',
      means: { code: 'engine-forbidden', endpoint: 'unix:///var/run/docker.sock' },
    },
    {
      title: 'anything else, in its own words',
      says: `${DAEMON} invalid mount config`,
      means: { code: 'engine-refused', doing: 'create it', detail: `${DAEMON} invalid mount config` },
    },
  ])('$title', ({ says, means }) => {
    expect(parseRefusal('create it', says)).toEqual(means)
  })
})

test('what was stopped or removed since somebody looked is gone; an image that is not there is not', () => {
  expect(isGone(new EngineRefusal(404, 'No such container: 0a1b'))).toBe(true)
  expect(isGone(new EngineRefusal(409, 'Container 0a1b is not running'))).toBe(true)
  expect(isGone(new EngineRefusal(404, 'No such image: mysql:8.4.9'))).toBe(false)
  expect(isGone(new Error('No such container: 0a1b'))).toBe(false)
})
