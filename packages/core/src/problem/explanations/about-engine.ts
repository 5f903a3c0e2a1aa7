import type { Explanations } from '../explanation.js'
import type { EngineProblem } from '../problem.js'

/** The words for problems of the engine, its client and its plugins. */
export const ENGINE: Explanations<EngineProblem> = {
  'engine-missing': ({ endpoint, detail }) => ({
    what: `No Docker engine answers at ${endpoint}.`,
    why: `It is not running, or not installed (${detail}).`,
    fix: 'Start Docker Desktop, or: sudo systemctl start docker\nTo install one: https://docs.docker.com/engine/install/ ; then `devenv doctor`.',
  }),
  'engine-forbidden': ({ endpoint }) => ({
    what: `You may not use the Docker engine at ${endpoint}.`,
    why: 'Its socket belongs to another user or group.',
    fix: 'sudo usermod -aG docker "$USER", then log in again (or: newgrp docker).',
  }),
  'endpoint-invalid': ({ endpoint }) => ({
    what: `${JSON.stringify(endpoint)} does not say where a Docker engine listens.`,
    why: 'DOCKER_HOST, or the context of Docker’s client, says it in one of these forms: unix:///PATH, npipe:////./pipe/NAME, tcp://localhost:PORT.',
    fix: 'unset DOCKER_HOST   or, for example: DOCKER_HOST=unix:///var/run/docker.sock',
  }),
  'engine-remote': ({ endpoint }) => ({
    what: `The Docker engine is on another machine: ${endpoint}.`,
    why: 'An environment mounts the checkout, which that machine does not have.',
    fix: 'Use the local engine: docker context use default, and unset DOCKER_HOST.',
  }),
  'engine-encrypted': ({ endpoint }) => ({
    what: `devenv does not speak TLS to the Docker engine at ${endpoint}.`,
    why: 'It speaks to an engine on this machine: through its socket, or on loopback without TLS.',
    fix: 'Use its socket: docker context use default, and unset DOCKER_HOST, DOCKER_TLS and DOCKER_TLS_VERIFY.',
  }),
  'engine-silent': ({ endpoint, seconds, asked }) => ({
    what: `The Docker engine at ${endpoint} does not answer: devenv waited ${seconds} s (${asked}).`,
    why: 'It takes connections, but it hangs, it is suspended, or the machine is overloaded.',
    fix: 'docker version   shows when it answers again; then run the same command again.\nTo restart it: restart Docker Desktop, or: sudo systemctl restart docker',
  }),
  'engine-gone': ({ endpoint }) => ({
    what: `The Docker engine at ${endpoint} ended the connection before it had answered.`,
    why: 'It has stopped, or it is restarting.',
    fix: 'docker version   shows when it answers again; then run the same command again: devenv goes on from what is done.',
  }),
  'engine-old': ({ found, wanted }) => ({
    what: `The Docker engine is ${found}; devenv needs ${wanted} or later.`,
    why: 'Engine 25 brought health checks with `start_interval`; without them every start waits half a minute.',
    fix: 'Update it: https://docs.docker.com/engine/install/',
  }),
  'compose-missing': ({ detail }) => ({
    what: 'devenv cannot find Docker Compose.',
    why: detail,
    fix: 'Install the Compose plugin: https://docs.docker.com/compose/install/',
  }),
  'compose-old': ({ found, wanted }) => ({
    what: `Docker Compose is ${found}; devenv needs ${wanted} or later.`,
    why: 'Older versions resolve `extends` and health checks differently.',
    fix: 'Update the Compose plugin: https://docs.docker.com/compose/install/',
  }),
  'buildx-missing': ({ detail }) => ({
    what: 'devenv cannot find Docker Buildx.',
    why: detail,
    fix: 'Install the Buildx plugin: https://docs.docker.com/build/install-buildx/',
  }),
  'engine-refused': ({ doing, detail }) => ({
    what: `The engine would not ${doing}.`,
    why: detail,
    fix: 'Fix the cause and run the same command again. The engine’s own log says more: journalctl --unit=docker, or Troubleshoot in Docker Desktop.',
  }),
  'engine-full': () => ({
    what: 'The disk of the Docker engine is full.',
    why: 'Images, containers and the cache of builds share it.',
    fix: 'docker system df   shows what takes the space. To free some: devenv prune --images; docker buildx prune; docker image prune',
  }),
  'networks-exhausted': () => ({
    what: 'The engine has no addresses left for one more network.',
    why: 'Each environment has a network of its own, a stopped one too, and the engine has given away all its address pools.',
    fix: 'docker network prune   removes the networks of everything that does not run (a start makes them again); devenv list   lists the environments, and devenv prune removes those whose checkout is gone.\nOr give the engine more, smaller pools: default-address-pools in its daemon.json.',
  }),
  'name-taken': ({ name }) => ({
    what: `The engine already has a container or a network with the name ${name}.`,
    why: 'Another command has made it meanwhile, or another program uses this name.',
    fix: `Run the same command again. If it is still there: docker inspect ${name}   shows whose it is, and docker rm (or docker network rm) removes it.`,
  }),
  'network-gone': ({ network }) => ({
    what: `The network ${network} was removed while containers were made for it.`,
    why: 'Another program has removed it meanwhile: another devenv, or `docker network prune`.',
    fix: 'Run the same command again: it makes the network again.',
  }),
  'container-gone': ({ container }) => ({
    what: `The container ${container} ended, or was removed, while devenv needed it.`,
    why: 'Somebody stops, cleans or replaces the environment: with another devenv command, or with docker.',
    fix: 'Run the same command again once that has ended: it starts any container that it needs.',
  }),
}
