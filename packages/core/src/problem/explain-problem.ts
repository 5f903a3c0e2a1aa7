import { basename } from 'node:path'
import { meant } from './nearest.js'
import type { Place, Problem } from './problem.js'
import { quoted } from './quoted.js'

/** What happened, why it matters or came to be, and the command or edit that mends it. */
export type Explanation = { what: string; why: string; fix: string }

/** The words for every problem. Pure. */
export function explainProblem(problem: Problem): Explanation {
  switch (problem.code) {
    case 'package-missing':
      return {
        what: `There is no environment package in ${problem.looked}.`,
        why: 'An environment package is a folder with a package.json and a compose.yaml.',
        fix: 'Name one: --package PATH, or DEVENV_PACKAGE=PATH.',
      }
    case 'package-unknown':
      return {
        what: `devenv cannot tell which environment package ${problem.checkout} uses.`,
        why:
          problem.dependencies.length === 0
            ? 'A checkout names its environment package in devenv/package.json; this one has no such file.'
            : `devenv/package.json names ${problem.dependencies.join(', ')}, but npm has installed no environment package there.`,
        fix:
          problem.dependencies.length === 0
            ? 'Run this in a checkout that has devenv/package.json (`devenv init` writes it),\nor name the package: --package PATH'
            : 'npm ci --prefix devenv',
      }
    case 'definition-unreadable':
      return {
        what: `${placed(problem.place)} cannot be read.`,
        why: problem.detail,
        fix: 'Correct the file at that place.',
      }
    case 'definition-invalid':
      return {
        what: `${placed(problem.place)}: ${problem.at} ${problem.detail}.`,
        why: 'x-devenv has a JSON Schema, and editors can use it too: @devenv/core/schema/x-devenv.schema.json.',
        fix: 'docs/add-a-service.md shows how to write it.',
      }
    case 'compose-refused':
      return {
        what: `Docker Compose refuses ${problem.files.join(' with ')}.`,
        why: problem.detail,
        fix: `docker compose ${problem.files.map((file) => `-f ${quoted(file)}`).join(' ')} config   prints the same error.`,
      }
    case 'overlay-misnamed':
      return {
        what: `devenv does not read ${problem.files.join(' and ')}.`,
        why: `Over the package's Compose file it lays one file of the checkout, ${problem.wanted}.`,
        fix: `mv ${quoted(problem.files[0] ?? '')} ${quoted(problem.wanted)}   or give the file another name, if it is not for devenv.`,
      }
    case 'mounts-missing':
      return {
        what: problem.mounts.map(({ what, source }) => `${what} is ${source}, which is not there.`).join('\n'),
        why: 'The engine would make an empty folder of it, which belongs to root.',
        fix: `Make it, or correct its path. Relative paths, also those in ${problem.overlay}, count from ${problem.checkout}.`,
      }
    case 'rule-broken':
      return {
        what: `${placed(problem.place)}: ${problem.what}`,
        why: `${problem.why} (${problem.clause}, ${problem.rule})`,
        fix: problem.fix,
      }
    case 'checkout-missing':
      return {
        what: `${problem.service} has no source code to mount: ${problem.looked} is not there.`,
        why: 'The environment runs your checkout, not a copy inside the image (OEP-5 rule 5).',
        fix: `${problem.repository === undefined ? 'Clone it there' : `git clone ${problem.repository} ${quoted(problem.looked)}`}\nor name another: --checkout=PATH`,
      }
    case 'checkout-no-folder':
      return {
        what: `${problem.looked} is a file, not a folder.`,
        why: 'A checkout is the folder that holds the source code.',
        fix: 'Name the folder: --checkout=PATH',
      }
    case 'checkout-unrecognised':
      return {
        what: `${problem.checkout} is not a checkout of ${problem.service}: it has no ${problem.missing.join(', no ')}.`,
        why: 'With another folder mounted, the environment would run nothing, or the wrong code.',
        fix: 'Name the checkout: --checkout=PATH, or run this in its top folder.',
      }
    case 'checkout-unmountable':
      return {
        what: `Docker cannot mount ${problem.checkout}: its path contains a colon.`,
        why: 'In a Compose file a colon ends the path of a volume.',
        fix: 'Move the checkout to a path without one.',
      }
    case 'variant-unknown':
      return {
        what: `${problem.checkout} is a checkout of ${problem.service}, but it fits no variant of the environment package.`,
        why: problem.variants
          .map(({ variant, missing }) => `${variant}: it has no ${missing.join(', no ')}`)
          .join('\n'),
        fix: 'Update the environment package, or add a variant to it: `variants` in x-devenv.',
      }
    case 'makefile-unreadable':
      return {
        what: `make cannot read ${placed(problem.place)}.`,
        why: `${problem.detail}\n\`devenv init\` adds a line at the end of the Makefile, and make would not read it.`,
        fix: 'Correct the file, then run `devenv init` again. It has changed nothing.',
      }
    case 'init-unmade':
      return {
        what: `npm could not install the environment package into ${problem.checkout}/devenv.`,
        why: problem.detail,
        fix: 'Once npm can reach its registry, run `devenv init` again. With packages on disk: devenv init ./core.tgz ./service.tgz',
      }
    case 'engine-missing':
      return {
        what: `No Docker engine answers at ${problem.endpoint}.`,
        why: `It is not running, or not installed (${problem.detail}).`,
        fix: 'Start Docker Desktop, or: sudo systemctl start docker\nTo install one: https://docs.docker.com/engine/install/ ; then `devenv doctor`.',
      }
    case 'engine-forbidden':
      return {
        what: `You may not use the Docker engine at ${problem.endpoint}.`,
        why: 'Its socket belongs to another user or group.',
        fix: 'sudo usermod -aG docker "$USER", then log in again (or: newgrp docker).',
      }
    case 'endpoint-invalid':
      return {
        what: `${JSON.stringify(problem.endpoint)} does not say where a Docker engine listens.`,
        why: 'DOCKER_HOST, or the context of Docker’s client, says it in one of these forms: unix:///PATH, npipe:////./pipe/NAME, tcp://localhost:PORT.',
        fix: 'unset DOCKER_HOST   or, for example: DOCKER_HOST=unix:///var/run/docker.sock',
      }
    case 'engine-remote':
      return {
        what: `The Docker engine is on another machine: ${problem.endpoint}.`,
        why: 'An environment mounts the checkout, which that machine does not have.',
        fix: 'Use the local engine: docker context use default, and unset DOCKER_HOST.',
      }
    case 'engine-encrypted':
      return {
        what: `devenv does not speak TLS to the Docker engine at ${problem.endpoint}.`,
        why: 'It speaks to an engine on this machine: through its socket, or on loopback without TLS.',
        fix: 'Use its socket: docker context use default, and unset DOCKER_HOST, DOCKER_TLS and DOCKER_TLS_VERIFY.',
      }
    case 'engine-silent':
      return {
        what: `The Docker engine at ${problem.endpoint} does not answer: devenv waited ${problem.seconds} s (${problem.asked}).`,
        why: 'It takes connections, but it hangs, it is suspended, or the machine is overloaded.',
        fix: 'docker version   shows when it answers again; then run the same command again.\nTo restart it: restart Docker Desktop, or: sudo systemctl restart docker',
      }
    case 'engine-gone':
      return {
        what: `The Docker engine at ${problem.endpoint} ended the connection before it had answered.`,
        why: 'It has stopped, or it is restarting.',
        fix: 'docker version   shows when it answers again; then run the same command again: devenv goes on from what is done.',
      }
    case 'engine-old':
      return {
        what: `The Docker engine is ${problem.found}; devenv needs ${problem.wanted} or later.`,
        why: 'Engine 25 brought health checks with `start_interval`; without them every start waits half a minute.',
        fix: 'Update it: https://docs.docker.com/engine/install/',
      }
    case 'compose-missing':
      return {
        what: 'devenv cannot find Docker Compose.',
        why: problem.detail,
        fix: 'Install the Compose plugin: https://docs.docker.com/compose/install/',
      }
    case 'compose-old':
      return {
        what: `Docker Compose is ${problem.found}; devenv needs ${problem.wanted} or later.`,
        why: 'Older versions resolve `extends` and health checks differently.',
        fix: 'Update the Compose plugin: https://docs.docker.com/compose/install/',
      }
    case 'buildx-missing':
      return {
        what: 'devenv cannot find Docker Buildx.',
        why: problem.detail,
        fix: 'Install the Buildx plugin: https://docs.docker.com/build/install-buildx/',
      }
    case 'engine-refused':
      return {
        what: `The engine would not ${problem.doing}.`,
        why: problem.detail,
        fix: 'Fix the cause and run the same command again. The engine’s own log says more: journalctl --unit=docker, or Troubleshoot in Docker Desktop.',
      }
    case 'engine-full':
      return {
        what: 'The disk of the Docker engine is full.',
        why: 'Images, containers and the cache of builds share it.',
        fix: 'docker system df   shows what takes the space. To free some: devenv prune --images; docker buildx prune; docker image prune',
      }
    case 'networks-exhausted':
      return {
        what: 'The engine has no addresses left for one more network.',
        why: 'Each environment has a network of its own, a stopped one too, and the engine has given away all its address pools.',
        fix: 'docker network prune   removes the networks of everything that does not run (a start makes them again); devenv list   lists the environments, and devenv prune removes those whose checkout is gone.\nOr give the engine more, smaller pools: default-address-pools in its daemon.json.',
      }
    case 'name-taken':
      return {
        what: `The engine already has a container or a network with the name ${problem.name}.`,
        why: 'Another command has made it meanwhile, or another program uses this name.',
        fix: `Run the same command again. If it is still there: docker inspect ${problem.name}   shows whose it is, and docker rm (or docker network rm) removes it.`,
      }
    case 'input-missing':
      return {
        what: `${problem.file} is not there.`,
        why: `It is ${problem.needed}.`,
        fix: 'Restore it, or correct the build section of compose.yaml.',
      }
    case 'input-unreadable':
      return {
        what: `${problem.file} cannot be read.`,
        why: problem.detail,
        fix: 'Give yourself permission to read it, or leave it out: Dockerfile.dockerignore lists the files that go into the image.',
      }
    case 'folder-unusable':
      return {
        what: `devenv cannot create a folder in ${problem.folder}.`,
        why: problem.detail,
        fix: `Name another: ${problem.variable}=PATH`,
      }
    case 'file-unwritable':
      return {
        what: `devenv cannot write ${problem.file}. It built and published nothing.`,
        why: problem.detail,
        fix: `Name another: ${problem.option} FILE`,
      }
    case 'base-unclear':
      return {
        what: `${placed(problem.place)}: devenv cannot tell, before the build, which image ${problem.word} is.`,
        why: 'devenv needs the name of a base image to lock its digest and to recognise a stand-in.',
        fix: `Write it with $NAME, \${NAME}, \${NAME:-default} or \${NAME:+instead}, and declare the arguments before the first FROM.`,
      }
    case 'input-changed':
      return {
        what: `${problem.file} changed while devenv read it (${problem.tree}).`,
        why: 'The image would not match its digest.',
        fix: 'Run the same command again.',
      }
    case 'build-failed':
      return problem.doing === 'push'
        ? {
            what: `Not pushed: ${problem.images.join(', ')}.`,
            why: `The end of Buildx’s output is above. devenv moved no tag.`,
            fix: `Run the same command again: it continues from the images that the registry has. To log in: docker login${problem.builder === undefined ? '' : `\nThe builder ${problem.builder} talks to the registry itself: from its own network, with its own certificates and buildkitd.toml.`}`,
          }
        : {
            what: `Not built: ${problem.images.join(', ')}.`,
            why: 'The end of Buildx’s output is above. devenv started, replaced and published nothing.',
            fix: 'Fix the cause and run the same command again: Buildx keeps the finished steps.',
          }
    case 'builder-unknown':
      return {
        what: `Buildx cannot use the builder ${problem.name}.`,
        why: problem.detail,
        fix: 'docker buildx ls   lists the builders.',
      }
    case 'digests-unreadable':
      return {
        what: `${problem.file} cannot be read.`,
        why: `DEVENV_DIGESTS names it: ${problem.detail}`,
        fix: 'devenv publish --digests FILE   writes such a file; or unset DEVENV_DIGESTS.',
      }
    case 'authorities-unreadable':
      return {
        what: `${problem.file} cannot be read.`,
        why: `DEVENV_CA_BUNDLE names it: ${problem.detail}`,
        fix: 'Name a file (PEM) with the certificate authorities of this machine, or unset DEVENV_CA_BUNDLE.',
      }
    case 'digest-unfit':
      return {
        what: `DEVENV_DIGESTS names ${problem.image}, but this checkout needs another image.`,
        why: problem.detail,
        fix: 'Name the file that belongs to these inputs (`devenv publish --digests FILE` writes it), or unset DEVENV_DIGESTS.',
      }
    case 'image-foreign': {
      const emulate = `to run it under emulation, add to its service in the Compose file: platform: ${problem.is}`
      return {
        what: `${problem.image} is ${problem.is === undefined ? 'for another platform' : `for ${problem.is}`}; this machine needs ${problem.wants}.`,
        why: 'Its programs would not run here, or only slowly, under emulation.',
        fix: `Name a version that exists for ${problem.wants}${problem.is === undefined ? '' : `\nor, ${emulate}`}`,
      }
    }
    case 'platform-unavailable':
      return {
        what: `The builder ${problem.builder} (driver ${problem.driver}) cannot make images for ${problem.platforms.join(', ')}. It built nothing.`,
        why: problem.has.length === 0 ? 'It lists no platform.' : `It supports ${problem.has.join(', ')}.`,
        fix: 'Name other platforms: --platform\nor create another builder and name it with --builder: docker buildx create --driver docker-container, with QEMU’s emulation (docker run --privileged tonistiigi/binfmt --install all) or one node for each platform',
      }
    case 'base-lacks-platform':
      return {
        what: `${problem.base} exists only for ${problem.has.join(', ') || 'no platform'}, not for ${problem.platforms.join(', ')}. devenv built nothing.`,
        why: 'An image for another platform would contain programs that do not run there.',
        fix:
          problem.has.length === 0
            ? 'Name another base image.'
            : `devenv publish --platform ${problem.has.join(',')}\nor name a base image that exists for all of them.`,
      }
    case 'pull-failed':
      return {
        what: `The engine could not pull ${problem.image}, although the registry has it.`,
        why: problem.detail,
        fix: 'Run the same command again: the engine keeps the layers that have arrived. To build the image here instead, put DEVENV_REGISTRY= before the command.',
      }
    case 'host-unreachable':
      return {
        what: `${problem.host} does not answer.`,
        why: `${problem.detail}\nThe image has to be built, and ${problem.because}.`,
        fix:
          (UNTRUSTED.test(problem.detail)
            ? 'DEVENV_CA_BUNDLE=PATH   names a file (PEM) with the certificate authority of that host.'
            : 'devenv doctor   shows the proxy. Once the host answers, run the same command again.') +
          (problem.instead === undefined ? '' : `\nOr build without it: ${problem.instead}   before the same command`),
      }
    case 'offline-lacks':
      return {
        what: `devenv is offline, and this machine does not have ${problem.images.join(', ')}.`,
        why: `Offline, devenv asks no other machine (${problem.because}).`,
        fix: 'Run the same command once without --offline (and with DEVENV_OFFLINE unset).',
      }
    case 'program-missing':
      return {
        what: `devenv cannot find ${problem.program}.`,
        why: 'It is not on the PATH.',
        fix: `Install ${problem.program}.`,
      }
    case 'program-silent':
      return {
        what: `${problem.program} did not finish within ${problem.seconds} s. devenv ended it.`,
        why: 'It waits for something that does not answer: the Docker engine, a registry, or a person.',
        fix: 'devenv doctor   shows whether the engine answers; then run the same command again.',
      }
    case 'git-failed':
      return {
        what: `Git could not ${problem.doing}.`,
        why: problem.detail,
        fix: 'Fix the cause and run the same command again.',
      }
    case 'repository-around':
      return {
        what: `${problem.checkout} is not a repository of its own: it lies inside the repository ${problem.around}.`,
        why: 'A commit of that repository is not a commit of the service.',
        fix: 'Name a clone of the service: --checkout=PATH\nor name no commit: devenv then takes the files as they are.',
      }
    case 'commit-unknown':
      return {
        what: `${problem.repository} has no commit ${problem.commit}.`,
        why: problem.detail || 'There is no commit, branch or tag of that name.',
        fix: `git -C ${quoted(problem.repository)} fetch --all --tags   and run the same command again.`,
      }
    case 'commit-incomplete':
      return {
        what: `${problem.repository} does not have every file of the commit.`,
        why: `${problem.detail}\nIt is a partial clone, or damaged. devenv does not fetch into it, because its configuration may run commands.`,
        fix: `git -C ${quoted(problem.repository)} fetch --refetch --no-filter   and run the same command again.`,
      }
    case 'commits-unavailable':
      return {
        what: `devenv cannot get the source of ${problem.service} at ${problem.commits.join(', ')}.`,
        why: problem.detail,
        fix: `Name a clone that has ${problem.commits.length === 1 ? 'it' : 'them'}: --checkout=PATH${problem.url === undefined ? '' : `\nor make sure that git can reach ${problem.url}`}`,
      }
    case 'refs-missing':
      return {
        what: `${problem.url} has no ${problem.refs.join(', no ')}.`,
        why: 'The package declares releases with these refs. devenv wrote nothing.',
        fix: 'Correct `releases` in x-devenv.',
      }
    case 'lock-unreadable':
      return {
        what: `${problem.file} cannot be read.`,
        why: problem.detail,
        fix: `Restore it: git checkout -- ${quoted(problem.file)}\nor move it away; then devenv lock   writes another, with the digests of today.`,
      }
    case 'lock-lacks':
      return {
        what: `${problem.file} has no commit for ${problem.releases.join(', ')}.`,
        why: 'devenv publishes a release at the commit that the lock names for its ref.',
        fix: 'devenv lock   looks the refs up and writes the file. Commit it.',
      }
    case 'release-unknown':
      return {
        what: `The package declares no release ${problem.release}.${meant([problem.release], problem.known)}`,
        why: `It declares ${problem.known.join(', ') || 'none'}.`,
        fix: 'Name one of these, or `all`; or add it to `releases` in x-devenv.',
      }
    case 'registry-unset':
      return {
        what: `There is no registry to ${problem.doing}.`,
        why: 'Nobody has set one: neither DEVENV_REGISTRY nor the published package.',
        fix: 'DEVENV_REGISTRY=ghcr.io/<organisation>   (a host, and a path where you may push)',
      }
    case 'settings-invalid':
      return {
        what: `${placed(problem.place)}: ${problem.detail}.`,
        why: 'devenv reads settings from this file (docs/settings.md).',
        fix: problem.fix,
      }
    case 'registry-invalid':
      return {
        what: `${problem.variable} is ${JSON.stringify(problem.registry)}. That does not name a registry.`,
        why: 'A registry is a host and maybe a path, in lower case, as in the name of an image; without https://.',
        fix: `${problem.variable}=${problem.variable === 'DEVENV_MIRROR' ? 'registry.example.com' : 'ghcr.io/<organisation>'}   or unset it.`,
      }
    case 'tag-taken':
      return {
        what: `${problem.tag} already names another image. devenv did not change it.`,
        why: `It holds ${problem.holds}; this is ${problem.wants}. A published version never changes.`,
        fix: 'Publish a new version of the package: nx release\nor, until then, only its images: devenv publish --unreleased',
      }
    case 'stand-ins-published':
      return {
        what: `devenv published nothing to ${problem.registry}: ${problem.images.join(', ')} ${problem.images.length === 1 ? 'contains' : 'contain'} stand-ins for official images.`,
        why: 'devenv pushes such images only to a registry on loopback.',
        fix: 'Unset DEVENV_MIRROR, or set it to a mirror of Docker Hub.',
      }
    case 'push-incomplete':
      return {
        what: `devenv pushed ${problem.image}, but the registry does not return the same image.`,
        why: 'Somebody has removed or replaced it since, or the registry has lost it.',
        fix: `Run the same command again: it continues from the images that the registry has. ${problem.left}`,
      }
    case 'registry-unreachable':
      return {
        what: `The registry ${problem.registry} does not answer.`,
        why: problem.detail,
        fix: UNTRUSTED.test(problem.detail)
          ? 'DEVENV_CA_BUNDLE=PATH   names a file (PEM) with the certificate authority of that registry.'
          : NO_TLS.test(problem.detail)
            ? `If it speaks http, add it to the engine’s daemon.json, and restart the engine: "insecure-registries": ["${problem.registry}"]\nThe engine needs that to pull, too.`
            : 'devenv doctor   shows the proxy. Once the registry answers, run the same command again.',
      }
    case 'registry-forbidden':
      return {
        what: `You may not ${problem.doing} ${problem.registry}/${problem.repository}.`,
        why:
          problem.doing === 'read'
            ? `${problem.detail}\nMany registries give this answer for a repository that does not exist.`
            : problem.detail,
        fix: `docker login ${problem.registry}${problem.doing === 'read' ? '' : '   as somebody who may push to it'}`,
      }
    case 'registry-read-only':
      return {
        what: `The registry ${problem.registry} takes no images.`,
        why: `It is a mirror, or under maintenance: ${problem.detail}`,
        fix: 'Name the registry that it mirrors, or run the same command again once it accepts images.',
      }
    case 'registry-refused':
      return {
        what: `The registry ${problem.registry} would not ${problem.doing}.`,
        why: problem.detail,
        fix: 'Fix the cause, or wait if the registry is busy, and run the same command again.',
      }
    case 'docker-config-unreadable':
      return {
        what: `${problem.file} cannot be read.`,
        why: `${problem.detail}\nDocker keeps your registry logins in this file.`,
        fix: `Correct it, or start a new one: mv ${quoted(problem.file)} ${quoted(`${problem.file}.old`)}, then docker login`,
      }
    case 'image-unavailable':
      return {
        what: `devenv cannot get ${problem.images.join(', ')}.`,
        why: problem.detail,
        fix:
          problem.mirror === undefined
            ? 'If this machine cannot reach Docker Hub, name a mirror of it: DEVENV_MIRROR=registry.example.com'
            : `DEVENV_MIRROR is ${problem.mirror}: that registry must have these images under these names.`,
      }
    case 'image-unpublished':
      return {
        what: `devenv cannot get ${problem.images.join(', ')}.`,
        why: `${problem.detail}\nAnother service’s package publishes this image; devenv cannot build it here.`,
        fix:
          problem.registry === undefined
            ? 'Name the registry that has it: DEVENV_REGISTRY=ghcr.io/<organisation>'
            : `DEVENV_REGISTRY is ${problem.registry}: publish the image there (\`devenv publish\`, with that service’s package), name another registry, or log in: docker login`,
      }
    case 'port-taken':
      return {
        what: `${problem.holder ?? 'Another program'} already uses port ${problem.port}.`,
        why: 'The Compose file fixes this port, so devenv cannot choose another.',
        fix: 'Stop the other program, or leave out the port’s host part: devenv then finds a free port.',
      }
    case 'address-silent':
      return {
        what: `${problem.url} does not answer on this machine: ${problem.detail}.`,
        why: 'The service answers its health check inside its container. Something between it and this machine keeps others out: another program at this port, a proxy or a firewall.',
        fix: `curl --verbose ${problem.url}   shows more; then start again. The containers run on.`,
      }
    case 'memory-low':
      return {
        what: `The engine has ${(problem.has / 2 ** 30).toFixed(1)} GiB of memory.`,
        why: `An environment with its databases takes up to ${Math.round(problem.least / 2 ** 30)} GiB; the kernel kills programs once nothing is left.`,
        fix: 'Docker Desktop gives more under Settings, Resources. Elsewhere: `devenv stop` ends other environments; DEVENV_PROGRAMS and DEVENV_WITHOUT start less.',
      }
    case 'limit-low':
      return {
        what: `${problem.name} is ${problem.found}, less than ${problem.least}.`,
        why: problem.because,
        fix: `sudo sysctl -w ${problem.name}=${problem.least}   until the next boot; \`devenv doctor --fix\` does it as root\necho ${problem.name}=${problem.least} | sudo tee -a /etc/sysctl.d/60-devenv.conf   for good`,
      }
    case 'clocks-apart':
      return {
        what: `The clock of the engine is ${Math.abs(problem.seconds)} seconds ${problem.seconds < 0 ? 'behind' : 'ahead of'} this machine’s.`,
        why: 'make rebuilds too much or too little, certificates are not valid yet, and logs are out of order.',
        fix: 'Restart Docker Desktop, or set the clock: sudo timedatectl set-ntp true',
      }
    case 'localhost-elsewhere':
      return {
        what: `localhost is ${problem.addresses.join(', ') || 'unknown'} here, not 127.0.0.1.`,
        why: 'Addresses of environments begin with localhost, and containers answer at 127.0.0.1.',
        fix: 'Add this line to /etc/hosts: 127.0.0.1 localhost',
      }
    case 'proxy-unreachable':
      return {
        what: `${problem.names.join(', ')} ${problem.names.length === 1 ? 'names a proxy' : 'name proxies'} on this machine’s loopback.`,
        why: 'Inside a container loopback is the container itself, so devenv does not hand that on to containers and builds.',
        fix: 'Let the proxy listen on an address that containers reach, and name that: HTTPS_PROXY=http://<address of this machine>:<port>',
      }
    case 'disk-full':
      return {
        what: `The disk that holds ${problem.folder} has ${Math.round(problem.free / 2 ** 20)} MiB left.`,
        why: `A start needs some ${Math.round(problem.least / 2 ** 20)} MiB for databases, and more for images; a database on a full disk may break.`,
        fix: FREE_SPACE,
      }
    case 'ports-exhausted':
      return {
        what: `No port from ${problem.from} to ${problem.to} is free.`,
        why: 'devenv takes the ports of environments from this range.',
        fix: 'Stop the programs that hold these ports, or: devenv prune   removes the containers of environments whose checkout is gone.',
      }
    case 'store-in-use':
      return {
        what: `The environment of ${problem.holder} is using ${problem.data}.`,
        why: 'Two servers that write to one store destroy it. Environments may share a data directory, but only one at a time.',
        fix: `devenv stop --checkout=${quoted(problem.holder)}\nor use another data directory: DEVENV_DIR=PATH`,
      }
    case 'store-foreign':
      return {
        what: `${problem.wrote} wrote ${problem.store}; this environment runs ${problem.wants}.`,
        why: 'A server cannot read the files of another server or of another major version; trying may destroy them.',
        fix: `Keep them, and use another data directory: DEVENV_DIR=PATH\nIf you need them no more: devenv clean ${basename(problem.store)}   removes them, and the next start fills new ones.`,
      }
    case 'data-unusable':
      return {
        what: `devenv cannot use the data directory ${problem.path}.`,
        why: problem.detail,
        fix: 'Make it a folder that you can write to, or name another: DEVENV_DIR=PATH',
      }
    case 'container-exited':
      return {
        what: `${problem.container} ended with exit code ${problem.exitCode} during the start.`,
        why: `Its last lines:\n${indent(problem.log)}`,
        fix: `Fix the cause and run the same command again. ${problem.left}`,
      }
    case 'not-healthy':
      return {
        what: `${problem.container} does not pass its health check after ${Math.round(problem.seconds)} s.`,
        why: `Its probe ${problem.test.map(quoted).join(' ')} answered: ${problem.probe}\nThe last lines of its log:\n${indent(problem.log)}`,
        fix: `Fix the cause and run the same command again. ${problem.left}`,
      }
    case 'container-gone':
      return {
        what: `The container ${problem.container} ended, or was removed, while devenv needed it.`,
        why: 'Somebody stops, cleans or replaces the environment: with another devenv command, or with docker.',
        fix: 'Run the same command again once that has ended: it starts any container that it needs.',
      }
    case 'program-waiting': {
      const names = problem.programs.map(({ name }) => name)
      return {
        what: `${names.join(', ')} ${names.length === 1 ? 'ends with an error, and does' : 'end with an error, and do'} not run.`,
        why: problem.programs.map(({ name, fault = 'its log shows the reason' }) => `${name}: ${fault}`).join('\n'),
        fix: `Correct the cause: when you save a file, the program starts again. Everything else runs on.\ndevenv logs ${names.join(' ')}   shows more.`,
      }
    }
    case 'not-ready':
      return {
        what: `${problem.container} started, but its entrypoint did not finish.`,
        why: `Its last lines:\n${indent(problem.log)}`,
        fix: 'devenv doctor   looks for the cause.',
      }
    case 'provision-failed':
      return {
        what: `The provisioning step ${problem.step} failed with exit code ${problem.exitCode}.`,
        why:
          problem.log === 'above'
            ? 'Its output above shows the cause.'
            : problem.log.length === 0
              ? 'It printed nothing.'
              : `Its last lines:\n${indent(problem.log)}`,
        fix: [
          'Fix the cause and start again: devenv repeats this step; the steps before it stay done.',
          ...(problem.stores.length === 0
            ? []
            : [`If it left half a change in its data, empty them first: devenv clean ${problem.stores.join(' ')}`]),
        ].join('\n'),
      }
    case 'not-running':
      return {
        what: `${problem.service} is not running.`,
        why: `It is a container of ${problem.project}.`,
        fix: 'devenv start',
      }
    case 'busy':
      return {
        what: `Another devenv has been working in ${problem.data} for an hour.`,
        why: 'Only one devenv at a time may change this folder.',
        fix: 'End the other devenv and run the same command again.',
      }
    case 'service-unknown':
      return {
        what: `There is no service ${problem.name}.${meant([problem.name], problem.known)}`,
        why: `There are: ${problem.known.join(', ')}.`,
        fix: 'Name one of these: devenv exec SERVICE -- COMMAND',
      }
    case 'program-unknown':
      return {
        what: `There is no program or service ${problem.name}.${meant([problem.name], problem.known)}`,
        why: `There are: ${problem.known.join(', ') || 'none yet'}.`,
        fix: 'devenv status   lists them.',
      }
    case 'publish-unknown':
      return {
        what: `There is no third-party service ${problem.names.join(', ')} to publish.${meant(problem.names, problem.known)}`,
        why: `DEVENV_PUBLISH names them, and devenv remembers it. There are: ${problem.known.join(', ') || 'none'}.`,
        fix: 'DEVENV_PUBLISH=LIST   with some of these, separated by commas; DEVENV_PUBLISH=none   publishes none.',
      }
    case 'service-required':
      return {
        what: `This environment does not work without ${problem.names.join(', ')}.${meant(problem.names, problem.optional)}`,
        why: `DEVENV_WITHOUT can leave out only optional third-party services: ${problem.optional.join(', ') || 'there are none here'}.`,
        fix: 'DEVENV_WITHOUT=none   starts them all again.',
      }
    case 'programs-unknown':
      return {
        what: `There is no program ${problem.names.join(', ')}.${meant(problem.names, problem.known)}`,
        why: `--programs or DEVENV_PROGRAMS chooses the programs, and devenv remembers the choice. There are: ${problem.known.join(', ') || 'none'}.`,
        fix: 'devenv start --programs LIST   with some of these, separated by commas; or: devenv start --programs all',
      }
    case 'store-unknown':
      return {
        what: `This environment has no store ${problem.names.join(', ')}.${meant(problem.names, problem.known)}`,
        why: `It has: ${problem.known.join(', ') || 'none yet'}.`,
        fix: 'devenv clean STORE, with one of these; devenv clean   removes the whole environment',
      }
    case 'steps-unknown':
      return {
        what: `This environment has no provisioning step ${problem.names.join(', ')}.${meant(problem.names, problem.known)}`,
        why: `It has: ${problem.known.join(', ') || 'none'}.`,
        fix: 'devenv provision STEP, with one of these; devenv provision   carries out all of them',
      }
    case 'program-left-out':
      return {
        what: `The program ${problem.name} does not run here.`,
        why: `The choice of programs leaves it out. These run: ${problem.running.join(', ')}.`,
        fix: `devenv start --programs ${[...problem.running, problem.name].sort().join(',')}   or: devenv start --programs all`,
      }
    case 'target-missing':
      return {
        what: 'You named no make target.',
        why: '`devenv make` runs a target in the environment.',
        fix: 'devenv make TARGET [VAR=value…]\ndevenv make --list   prints the targets.',
      }
    case 'no-terminal':
      return {
        what: `\`${problem.command}\` needs a terminal.`,
        why: 'A debugger asks questions and waits for answers.',
        fix: 'Run it in a terminal, with nothing piped in or out.',
      }
    case 'file-unusable':
      return {
        what: `devenv cannot ${DOING[problem.doing] ?? 'use'} ${problem.path ?? 'a file'}.`,
        why: problem.detail,
        fix: mendingFile(problem.errno, problem.path),
      }
    case 'output-unwritable':
      return {
        what: 'devenv cannot write its output where you sent it.',
        why: problem.detail,
        fix: 'Send it to another file, or free space on that disk.',
      }
    case 'connection-lost':
      return {
        what: 'A connection broke before the answer was complete.',
        why: `${problem.detail}\nThe Docker engine, or a registry, has ended it.`,
        fix: 'Run the same command again; it continues from what is done. devenv doctor   looks at the engine.',
      }
    case 'fault':
      return {
        what: 'devenv made a mistake; you did not. What was done stays, and the next command continues from there.',
        why: problem.detail,
        fix: 'Report the line above. With DEVENV_DEBUG=1 before the same command, devenv also prints the stack.',
      }
    case 'unconfirmed':
      return {
        what: 'devenv removed nothing: it asks before it removes, and here it can ask nobody.',
        why: 'A question needs a terminal.',
        fix: `${problem.command}   removes what is listed above.`,
      }
    case 'usage':
      return { what: problem.detail, why: 'devenv does not understand this command line.', fix: problem.see }
    default:
      return problem satisfies never
  }
}

/** System calls, as Node names them. */
const DOING: { readonly [call: string]: string } = {
  open: 'open',
  read: 'read',
  write: 'write',
  scandir: 'list',
  mkdir: 'create',
  mkdtemp: 'create a folder like',
  rename: 'write',
  rmdir: 'remove',
  rm: 'remove',
  unlink: 'remove',
  chown: 'give to its owner',
  lchown: 'give to its owner',
  stat: 'look at',
  lstat: 'look at',
  access: 'look at',
  spawn: 'start',
}

function mendingFile(errno: string, path = 'PATH'): string {
  switch (errno) {
    case 'EACCES':
    case 'EPERM':
      return `If it is yours, take it back: sudo chown "$USER" ${quoted(path)}\nOr run this as its owner.`
    case 'ENOSPC':
    case 'EDQUOT':
      return FREE_SPACE
    case 'EROFS':
      return 'Its disk is read-only. For the data of environments, name a folder on another: DEVENV_DIR=PATH'
    case 'EISDIR':
    case 'ERR_FS_EISDIR':
    case 'EFTYPE':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ENOTEMPTY':
    case 'ELOOP':
      return `Something else is in its place. Move ${quoted(path)} away and run the same command again.`
    case 'EMFILE':
    case 'ENFILE':
      return 'Allow more open files: ulimit -n 4096   then run the same command again.'
    default:
      return 'Fix the cause and run the same command again.'
  }
}

const FREE_SPACE =
  'Free some space: devenv prune --images; docker buildx prune; devenv clean   in a checkout whose data you need no more. Or name a folder on another disk: DEVENV_DIR=PATH'

/** OpenSSL's codes for a certificate of an authority that is not known here. */
const UNTRUSTED = /SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE/

/** In the words of `registry/transport.ts`. */
const NO_TLS = /does not speak https/

const placed = ({ file, line }: Place): string => (line === undefined ? file : `${file}:${line}`)
const indent = (lines: readonly string[]): string =>
  lines.length === 0 ? '  (none)' : lines.map((line) => `  ${line}`).join('\n')

/** A problem as it is printed: the code, and under it what, why and fix. Pure. */
export function renderProblem(problem: Problem): string {
  const { what, why, fix } = explainProblem(problem)
  const block = (name: string, text: string) => `  ${name.padEnd(4)} ${text.split('\n').join('\n       ')}`
  return [problem.code, block('what', what), block('why', why), block('fix', fix)].join('\n')
}
