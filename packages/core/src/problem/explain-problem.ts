import { basename } from 'node:path'
import type { Place, Problem } from './problem.js'

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
        what: `Nothing says which environment ${problem.checkout} runs in.`,
        why:
          problem.dependencies.length === 0
            ? 'A checkout names its environment package in devenv/package.json, and this one has none.'
            : `devenv/package.json names ${problem.dependencies.join(', ')}, and none of that is installed as an environment package.`,
        fix:
          problem.dependencies.length === 0
            ? 'npx @devenv/<service> init   (once, in the checkout)\nor run this in the folder of a service, or name the package: --package PATH'
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
        what: `${placed(problem.place)}: ${problem.at} ${problem.detail.startsWith('it ') ? `is not understood: ${problem.detail}` : problem.detail}.`,
        why: 'The extension x-devenv has a schema, which editors can use as well: @devenv/core/schema/x-devenv.schema.json.',
        fix: 'Write it as docs/add-a-service.md shows.',
      }
    case 'compose-refused':
      return {
        what: `Docker Compose refuses ${problem.files.join(' with ')}.`,
        why: problem.detail,
        fix: `docker compose ${problem.files.map((file) => `-f ${quoted(file)}`).join(' ')} config   shows the same.`,
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
    case 'checkout-unrecognised':
      return {
        what: `${problem.checkout} is no checkout of ${problem.service}: it has no ${problem.missing.join(', no ')}.`,
        why: 'Mounting another folder would run nothing, or something else.',
        fix: 'Name the checkout: --checkout=PATH, or run this in its top folder.',
      }
    case 'checkout-unmountable':
      return {
        what: `${problem.checkout} cannot be mounted: its path holds a colon.`,
        why: 'In a Compose file a colon ends the path of a volume.',
        fix: 'Move the checkout to a path without one.',
      }
    case 'variant-unknown':
      return {
        what: `${problem.checkout} is a checkout of ${problem.service} of no shape that its environment knows.`,
        why: problem.variants
          .map(({ variant, missing }) => `${variant}: it has no ${missing.join(', no ')}`)
          .join('\n'),
        fix: 'Update the environment package, or add the shape to it: `variants` in x-devenv.',
      }
    case 'init-unmade':
      return {
        what: `The environment package could not be installed into ${problem.checkout}/devenv.`,
        why: problem.detail,
        fix: 'Once npm can reach its registry, run `devenv init` again. A package on disk: devenv init ./core.tgz ./service.tgz',
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
    case 'engine-remote':
      return {
        what: `The Docker engine is on another machine: ${problem.endpoint}.`,
        why: 'An environment mounts the checkout, which that machine does not have.',
        fix: 'Use the local engine: docker context use default, and unset DOCKER_HOST.',
      }
    case 'engine-old':
      return {
        what: `The Docker engine is ${problem.found}; ${problem.wanted} or later is needed.`,
        why: 'Health checks with `start_interval` came with engine 25; without them every start waits for half a minute.',
        fix: 'Update it: https://docs.docker.com/engine/install/',
      }
    case 'compose-missing':
      return {
        what: 'Docker Compose is not there.',
        why: problem.detail,
        fix: 'Install the Compose plugin: https://docs.docker.com/compose/install/',
      }
    case 'compose-old':
      return {
        what: `Docker Compose is ${problem.found}; ${problem.wanted} or later is needed.`,
        why: 'Older ones resolve `extends` and health checks differently.',
        fix: 'Update the Compose plugin: https://docs.docker.com/compose/install/',
      }
    case 'buildx-missing':
      return {
        what: 'Docker Buildx is not there.',
        why: problem.detail,
        fix: 'Install the Buildx plugin: https://docs.docker.com/build/install-buildx/',
      }
    case 'engine-refused':
      return {
        what: `The engine would not ${problem.doing}.`,
        why: problem.detail,
        fix: 'devenv doctor   looks for the cause.',
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
        fix: 'Make it readable for you, or leave it out: Dockerfile.dockerignore says which files count.',
      }
    case 'folder-unusable':
      return {
        what: `No folder can be made in ${problem.folder}.`,
        why: problem.detail,
        fix: `Name another: ${problem.variable}=PATH`,
      }
    case 'file-unwritable':
      return {
        what: `${problem.file} cannot be written. Nothing was built or published.`,
        why: problem.detail,
        fix: `Name another: ${problem.option} FILE`,
      }
    case 'base-unclear':
      return {
        what: `${placed(problem.place)}: which image ${problem.word} is cannot be told before it is built.`,
        why: 'The digest of a base image is locked, and stand-ins are known, by its name.',
        fix: `Write it with $NAME, \${NAME}, \${NAME:-default} or \${NAME:+instead}, and arguments before the first FROM.`,
      }
    case 'input-changed':
      return {
        what: `${problem.file} changed while it was read (${problem.tree}).`,
        why: 'The image would not be what its digest says.',
        fix: 'Run the same again.',
      }
    case 'build-failed':
      return problem.doing === 'push'
        ? {
            what: `Not pushed: ${problem.images.join(', ')}.`,
            why: `Buildx’s last words stand above. No tag was moved.`,
            fix: `Run the same again: it goes on with what the registry has. To log in: docker login${problem.builder === undefined ? '' : `\nThe builder ${problem.builder} speaks to the registry itself: from its own network, with its own certificates and buildkitd.toml.`}`,
          }
        : {
            what: `Not built: ${problem.images.join(', ')}.`,
            why: 'Buildx’s last words stand above. Nothing was started, replaced or published.',
            fix: 'Correct what it names and run the same again: what was built is kept.',
          }
    case 'builder-unknown':
      return {
        what: `Buildx cannot use the builder ${problem.name}.`,
        why: problem.detail,
        fix: 'docker buildx ls   lists the builders there are.',
      }
    case 'digests-unreadable':
      return {
        what: `${problem.file} cannot be read.`,
        why: `DEVENV_DIGESTS names it: ${problem.detail}`,
        fix: 'devenv publish --digests FILE   writes one; or unset DEVENV_DIGESTS.',
      }
    case 'digest-unfit':
      return {
        what: `DEVENV_DIGESTS names ${problem.image}, which is not what this checkout asks for.`,
        why: problem.detail,
        fix: 'Name the file that was written for these inputs (devenv publish --digests FILE), or unset DEVENV_DIGESTS.',
      }
    case 'image-foreign':
      return {
        what: `${problem.image} is for ${problem.is}, and ${problem.wants} is needed.`,
        why: 'Its programs do not run there, or only slowly, emulated.',
        fix: `Name a version that is there for ${problem.wants}\nor, to have it emulated, say so in its service of the Compose file: platform: ${problem.is}`,
      }
    case 'platform-unavailable':
      return {
        what: `The builder ${problem.builder} (driver ${problem.driver}) cannot make images of ${problem.platforms.join(', ')}. Nothing was built.`,
        why: problem.has.length === 0 ? 'It names no platform.' : `It has ${problem.has.join(', ')}.`,
        fix: 'Name others: --platform\nor another builder: docker buildx create --driver docker-container, with QEMU’s emulation (docker run --privileged tonistiigi/binfmt --install all) or a node for each platform; then --builder',
      }
    case 'base-lacks-platform':
      return {
        what: `${problem.base} is there for ${problem.has.join(', ') || 'no platform'} only, not for ${problem.platforms.join(', ')}. Nothing was built.`,
        why: 'What is built on it for another platform would hold programs that do not run there.',
        fix:
          problem.has.length === 0
            ? 'Name another base image.'
            : `devenv publish --platform ${problem.has.join(',')}\nor name a base image that is there for all of them.`,
      }
    case 'pull-failed':
      return {
        what: `${problem.image} could not be pulled, although the registry has it.`,
        why: problem.detail,
        fix: 'Run the same again: what has arrived is kept. To build it here instead: DEVENV_REGISTRY= before the command.',
      }
    case 'offline-lacks':
      return {
        what: `Offline, and not on this machine: ${problem.images.join(', ')}.`,
        why: `No call is made that leaves this machine (${problem.because}).`,
        fix: 'Run the same once without --offline (and DEVENV_OFFLINE unset).',
      }
    case 'program-missing':
      return {
        what: `${problem.program} is not there.`,
        why: 'It is looked for on the PATH.',
        fix: `Install ${problem.program}.`,
      }
    case 'git-failed':
      return {
        what: `Git could not ${problem.doing}.`,
        why: problem.detail,
        fix: 'Correct what it names and run the same again.',
      }
    case 'repository-around':
      return {
        what: `${problem.checkout} is no repository of its own: it lies in that of ${problem.around}.`,
        why: 'A commit of that one is no commit of the service.',
        fix: 'Name a clone of the service: --checkout=PATH\nor leave the commit out: the files are taken as they are.',
      }
    case 'commit-unknown':
      return {
        what: `${problem.repository} has no commit ${problem.commit}.`,
        why: problem.detail || 'It is neither a commit, a branch nor a tag there.',
        fix: `git -C ${quoted(problem.repository)} fetch --all --tags   and the same again.`,
      }
    case 'commits-unavailable':
      return {
        what: `The source of ${problem.service} is not to be had at ${problem.commits.join(', ')}.`,
        why: problem.detail,
        fix: `Name a clone that has ${problem.commits.length === 1 ? 'it' : 'them'}: --checkout=PATH${problem.url === undefined ? '' : `\nor see that git can reach ${problem.url}`}`,
      }
    case 'refs-missing':
      return {
        what: `${problem.url} has no ${problem.refs.join(', no ')}.`,
        why: 'The package declares releases by these refs. Nothing was written.',
        fix: 'Correct `releases` in x-devenv.',
      }
    case 'lock-unreadable':
      return {
        what: `${problem.file} cannot be read.`,
        why: problem.detail,
        fix: 'devenv lock   writes it anew; remove the file first.',
      }
    case 'lock-lacks':
      return {
        what: `${problem.file} has no commit for ${problem.releases.join(', ')}.`,
        why: 'A release is published at the commit that the lock names for its ref.',
        fix: 'devenv lock   looks the refs up. Commit what it writes.',
      }
    case 'release-unknown':
      return {
        what: `The package declares no release ${problem.release}.`,
        why: `It declares ${problem.known.join(', ') || 'none'}.`,
        fix: 'Name one of these, or `all`; or add it to `releases` in x-devenv.',
      }
    case 'registry-unset':
      return {
        what: `There is no registry to ${problem.doing}.`,
        why: 'None is set, so none is asked.',
        fix: 'DEVENV_REGISTRY=ghcr.io/<organisation>   (a host, and a path where you may push)',
      }
    case 'registry-invalid':
      return {
        what: `DEVENV_REGISTRY is ${JSON.stringify(problem.registry)}, which names no registry.`,
        why: 'It is a host and maybe a path, in lower case, as in the name of an image; without https://.',
        fix: 'DEVENV_REGISTRY=ghcr.io/<organisation>',
      }
    case 'tag-taken':
      return {
        what: `${problem.tag} already names another image. It was not changed.`,
        why: `It holds ${problem.holds}; this is ${problem.wants}. A published version stays what it is.`,
        fix: 'Publish a new version of the package: nx release\nor, until there is one, its images alone: devenv publish --unreleased',
      }
    case 'stand-ins-published':
      return {
        what: `Nothing was published to ${problem.registry}: ${problem.images.join(', ')} only stand${problem.images.length === 1 ? 's' : ''} in for official images.`,
        why: 'What is built on a stand-in never leaves a registry on loopback.',
        fix: 'Unset DEVENV_MIRROR, or set it to a mirror of Docker Hub.',
      }
    case 'push-incomplete':
      return {
        what: `${problem.image} was pushed, and the registry does not give it back as it was.`,
        why: 'Somebody removed or replaced it meanwhile, or the registry lost it.',
        fix: `Run the same again: it goes on with what the registry has. ${problem.left}`,
      }
    case 'registry-unreachable':
      return {
        what: `The registry ${problem.registry} does not answer.`,
        why: problem.detail,
        fix: UNTRUSTED.test(problem.detail)
          ? 'DEVENV_CA_BUNDLE=PATH   names a file with the certificate authority that signed for it (PEM).'
          : 'devenv doctor   shows which proxy is used. Once the registry answers, run the same again.',
      }
    case 'registry-forbidden':
      return {
        what: `You may not ${problem.doing} ${problem.registry}/${problem.repository}.`,
        why:
          problem.doing === 'read'
            ? `${problem.detail}\nMany registries answer the same where there is no such repository.`
            : problem.detail,
        fix: `docker login ${problem.registry}${problem.doing === 'read' ? '' : '   as somebody who may push to it'}`,
      }
    case 'registry-read-only':
      return {
        what: `The registry ${problem.registry} takes no images.`,
        why: `It is a mirror, or under maintenance: ${problem.detail}`,
        fix: 'Name the registry that it mirrors, or run the same again when it is writable.',
      }
    case 'registry-refused':
      return {
        what: `The registry ${problem.registry} would not ${problem.doing}.`,
        why: problem.detail,
        fix: 'Correct what it names, or give it time where it is busy, and run the same again.',
      }
    case 'docker-config-unreadable':
      return {
        what: `${problem.file} cannot be read.`,
        why: `${problem.detail}\nDocker keeps there how you log in to registries.`,
        fix: `Correct it, or begin a new one: mv ${quoted(problem.file)} ${quoted(`${problem.file}.old`)}, then docker login`,
      }
    case 'image-unavailable':
      return {
        what: `Not to be had: ${problem.images.join(', ')}.`,
        why: problem.detail,
        fix:
          problem.mirror === undefined
            ? 'Where Docker Hub cannot be reached, name a mirror of it: DEVENV_MIRROR=registry.example.com'
            : `DEVENV_MIRROR is ${problem.mirror}: it must serve these, under these names.`,
      }
    case 'image-unpublished':
      return {
        what: `Not to be had: ${problem.images.join(', ')}.`,
        why: `${problem.detail}\nIt is the image of another service, which its own package publishes; nothing here can build it.`,
        fix:
          problem.registry === undefined
            ? 'Name the registry that it is published in: DEVENV_REGISTRY=ghcr.io/<organisation>'
            : `DEVENV_REGISTRY is ${problem.registry}: publish it there (devenv publish, with the package of that service), name another registry, or log in: docker login`,
      }
    case 'port-taken':
      return {
        what: `Port ${problem.port} is taken${problem.holder === undefined ? '' : ` by ${problem.holder}`}.`,
        why: 'The Compose file fixes that port, so that no other can be used.',
        fix: 'Stop what holds it, or leave the port’s host part out: devenv then finds a free one.',
      }
    case 'address-silent':
      return {
        what: `${problem.url} does not answer on this machine: ${problem.detail}.`,
        why: 'The service answers its health check inside its container. Something between it and this machine keeps others out: another program at this port, a proxy or a firewall.',
        fix: `curl --verbose ${problem.url}   shows more; then start again. The containers run on.`,
      }
    case 'disk-full':
      return {
        what: `The disk that holds ${problem.folder} has ${Math.round(problem.free / 2 ** 20)} MiB left.`,
        why: `A start needs some ${Math.round(problem.least / 2 ** 20)} MiB for databases, and more for images; a database on a full disk may break.`,
        fix: 'Free some space: devenv prune --images; docker buildx prune. Or name a folder on another disk: DEVENV_DIR=PATH',
      }
    case 'ports-exhausted':
      return {
        what: `No port from ${problem.from} to ${problem.to} is free.`,
        why: 'Environments get theirs from that range.',
        fix: 'devenv prune, or stop what holds them.',
      }
    case 'store-in-use':
      return {
        what: `${problem.data} is in use by the environment of ${problem.holder}.`,
        why: 'Two servers writing one store destroy it. Environments may share a data directory one at a time.',
        fix: `devenv stop --checkout=${quoted(problem.holder)}\nor use another data directory: DEVENV_DIR=PATH`,
      }
    case 'store-foreign':
      return {
        what: `${problem.store} was written by ${problem.wrote}; this environment runs ${problem.wants}.`,
        why: 'A server cannot read what another one, or another major version, wrote; trying may destroy it.',
        fix: `devenv clean ${basename(problem.store)}   removes these data, and the next start fills new ones\nor keep them, and use another data directory: DEVENV_DIR=PATH`,
      }
    case 'data-unusable':
      return {
        what: `The data directory ${problem.path} cannot be used.`,
        why: problem.detail,
        fix: 'Make it a folder that you may write, or name another: DEVENV_DIR=PATH',
      }
    case 'container-exited':
      return {
        what: `${problem.container} ended with exit code ${problem.exitCode} while it was started.`,
        why: `Its last lines:\n${indent(problem.log)}`,
        fix: `Correct what it names and run the same again. ${problem.left}`,
      }
    case 'not-healthy':
      return {
        what: `${problem.container} does not answer its health check after ${Math.round(problem.seconds)} s.`,
        why: `Its probe ${problem.test.map(quoted).join(' ')} said: ${problem.probe}\nThe last lines of its log:\n${indent(problem.log)}`,
        fix: `Correct what it names and run the same again. ${problem.left}`,
      }
    case 'container-gone':
      return {
        what: `${problem.container} was removed while it was waited for.`,
        why: 'Somebody removed its container: another `devenv clean`, or `docker rm`.',
        fix: 'Run the same again: what is missing is created.',
      }
    case 'not-ready':
      return {
        what: `${problem.container} started, and its entrypoint did not get ready.`,
        why: `Its last lines:\n${indent(problem.log)}`,
        fix: 'devenv doctor   looks for the cause.',
      }
    case 'provision-failed':
      return {
        what: `The provisioning step ${problem.step} failed with exit code ${problem.exitCode}.`,
        why: `Its last lines:\n${indent(problem.log)}`,
        fix: [
          'Correct what it names and start again: devenv repeats this step; the steps before it stay done.',
          ...(problem.stores.length === 0
            ? []
            : [`If it left half a change in its data, empty them first: devenv clean ${problem.stores.join(' ')}`]),
        ].join('\n'),
      }
    case 'not-running':
      return {
        what: `${problem.service} is not running.`,
        why: `It is a container of ${problem.project}.`,
        fix: 'make dev.watch, or: devenv start',
      }
    case 'busy':
      return {
        what: `Another devenv has been at work in ${problem.data} for an hour.`,
        why: 'Only one at a time may change it.',
        fix: 'End that one, and run this again.',
      }
    case 'service-unknown':
      return {
        what: `There is no service ${problem.name}.`,
        why: `There are: ${problem.known.join(', ')}.`,
        fix: 'devenv exec SERVICE -- COMMAND, with one of these.',
      }
    case 'program-unknown':
      return {
        what: `There is no program or service ${problem.name}.`,
        why: `There are: ${problem.known.join(', ') || 'none yet'}.`,
        fix: 'devenv status   lists them.',
      }
    case 'service-required':
      return {
        what: `This environment cannot do without ${problem.names.join(', ')}.`,
        why: `DEVENV_WITHOUT leaves out third-party services that are of use and not needed: ${problem.optional.join(', ') || 'here there are none'}.`,
        fix: 'DEVENV_WITHOUT=none   starts them all again.',
      }
    case 'programs-unknown':
      return {
        what: `No such program: ${problem.names.join(', ')}.`,
        why: `A choice of programs (--programs, DEVENV_PROGRAMS, remembered until it is made again) names those that run. There are: ${problem.known.join(', ') || 'none'}.`,
        fix: 'devenv start --programs LIST, with some of these and commas between; or: devenv start --programs all',
      }
    case 'store-unknown':
      return {
        what: `This environment has no store ${problem.names.join(', ')}.`,
        why: `It has: ${problem.known.join(', ') || 'none yet'}.`,
        fix: 'devenv clean STORE, with one of these; devenv clean   removes the whole environment',
      }
    case 'steps-unknown':
      return {
        what: `This environment has no provisioning step ${problem.names.join(', ')}.`,
        why: `It has: ${problem.known.join(', ') || 'none'}.`,
        fix: 'devenv provision STEP, with one of these; devenv provision   carries out all of them',
      }
    case 'program-left-out':
      return {
        what: `The program ${problem.name} does not run here.`,
        why: `Others were chosen: ${problem.running.join(', ')}.`,
        fix: `devenv start --programs ${[...problem.running, problem.name].sort().join(',')}   or: devenv start --programs all`,
      }
    case 'target-missing':
      return {
        what: 'No make target was named.',
        why: 'devenv make runs one in the environment.',
        fix: 'devenv make TARGET [VAR=value…]',
      }
    case 'no-terminal':
      return {
        what: `${problem.command} needs a terminal.`,
        why: 'A debugger asks and waits for an answer.',
        fix: 'Run it in a terminal, with nothing piped in or out.',
      }
    case 'usage':
      return { what: problem.detail, why: 'The command line could not be understood.', fix: problem.see }
    default:
      return problem satisfies never
  }
}

/** OpenSSL's codes for a certificate of an authority that is not known here. */
const UNTRUSTED = /SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE/

const placed = ({ file, line }: Place): string => (line === undefined ? file : `${file}:${line}`)
const indent = (lines: readonly string[]): string =>
  lines.length === 0 ? '  (none)' : lines.map((line) => `  ${line}`).join('\n')
/** As a shell needs it. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** A problem as it is printed: the code, and under it what, why and fix. Pure. */
export function renderProblem(problem: Problem): string {
  const { what, why, fix } = explainProblem(problem)
  const block = (name: string, text: string) => `  ${name.padEnd(4)} ${text.split('\n').join('\n       ')}`
  return [problem.code, block('what', what), block('why', why), block('fix', fix)].join('\n')
}
